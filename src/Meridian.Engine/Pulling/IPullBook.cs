using Meridian.Domain.Pulling;
using NodaTime;

namespace Meridian.Engine.Pulling;

/// <summary>The store of pulls: the confirmed filter, whom we looked at and why not, and the day's count.</summary>
public interface IPullBook
{
    /// <summary>Is anybody left, and how many were pulled today?</summary>
    /// <param name="zone">The owner's, by which the day begins.</param>
    Task<PullNeed> NeedAsync(LocalDate day, string zone, Instant now);

    /// <summary>What the owner saw last and what the owner confirmed; either may be missing.</summary>
    Task<PullSettings> SettingsAsync();

    /// <summary>Domains, addresses and tags that are never pulled, by the settings in force.</summary>
    Task<PullTerms> TermsAsync(OwnerSettings owner);

    /// <summary>Those of these contacts at whom it is time to look, in their order: an earlier "no" by another filter is none of this one.</summary>
    Task<IReadOnlyList<string>> ToLookAtAsync(IReadOnlyList<string> contactIds, string filterHash, Instant now);

    /// <summary>Why a contact brings nobody new: we know them, or an address of theirs asked us to stop. Null: nobody we know.</summary>
    Task<PullKnown?> KnownAsync(CrmContact contact);

    /// <summary>Remembers that a contact was not pulled, why, and when to look again. Somebody who was pulled stays so.</summary>
    Task KeepAsync(string contactId, PullState state, string why, Instant? lookAgain, string filterHash, Instant now);

    /// <summary>Takes one contact in by the door of an import and counts it on the owner's day, all or nothing.</summary>
    Task<PullTaken> TakeAsync(PullBatch batch, CrmContact contact, Instant now);

    /// <summary>How far the walk through those who match is; null: at its beginning. A walk that has ended begins anew a day later.</summary>
    Task<PullWalk> WalkAsync(string filterHash);

    Task MoveAsync(string filterHash, string? after, Instant? ended);
}

/// <summary>What has become of a contact.</summary>
public enum PullState
{
    /// <summary>A person of ours since then.</summary>
    Pulled,

    /// <summary>Somebody we knew before.</summary>
    Known,

    /// <summary>A rule says no; it is looked at again.</summary>
    Excluded,

    /// <summary>Asked for silence, there or here; never pulled.</summary>
    OptedOut,
}

/// <summary>What the zero-leads rule looks at.</summary>
/// <param name="ToEmail">Somebody can be e-mailed and has not been yet.</param>
/// <param name="Left">Nobody has contacted somebody yet, and somebody may, by e-mail or else; without those pulled today.</param>
/// <param name="EnabledSearches">Searches that are not paused.</param>
/// <param name="NotRun">Of these, those whose desk has not taken a turn within a day.</param>
/// <param name="Buyable">Found people whom the search desk may be about to buy.</param>
/// <param name="Refused">The search desk has said that it can buy nobody more just now.</param>
/// <param name="PulledToday">On the owner's day.</param>
/// <param name="HadPeople">Somebody was here once: an empty install has run out of nobody.</param>
/// <param name="IsTold">An incident says already that nobody is left.</param>
public sealed record PullNeed(bool ToEmail, bool Left, long EnabledSearches, long NotRun, long Buyable, bool Refused, int PulledToday, bool HadPeople, bool IsTold)
{
    /// <summary>Nobody is left to work but those pulled today, and no search can bring anybody now.</summary>
    public bool IsZero => !Left && (EnabledSearches == 0 || (NotRun == 0 && (Buyable == 0 || Refused)));

    public string WhyNot => Left ? "somebody is still to be contacted" : NotRun > 0 ? "a search has not run yet" : "a search is about to buy people";
}

/// <summary>A filter the owner saw a preview of.</summary>
/// <param name="Hash">Of the filter and the never-tags of that moment.</param>
/// <param name="Matching">By the CRM's count.</param>
public sealed record PreviewedPull(PullFilter Filter, string Hash, long Matching, int LookedAt, int WouldBePulled, Instant At);

/// <summary>A filter the owner stands by.</summary>
public sealed record ConfirmedPull(PullFilter Filter, string Hash, string ConfirmedBy, string Statement, Instant At);

public sealed record PullSettings(PreviewedPull? Previewed, ConfirmedPull? Confirmed);

/// <summary>Why a contact brings nobody new.</summary>
public sealed record PullKnown(PullState State, string Why);

/// <summary>One turn's pulls, an import batch that can be undone.</summary>
/// <param name="Zone">The owner's, by which the day begins.</param>
/// <param name="Most">On the owner's day.</param>
public sealed record PullBatch(string Id, ConfirmedPull Filter, LocalDate Day, string Zone, int Most);

/// <summary>What became of a contact at the door.</summary>
public enum PullTaken
{
    Pulled,

    /// <summary>Not new after all, or the door refused them; kept with the reason.</summary>
    NotNew,

    /// <summary>The day's count is full; nothing was written.</summary>
    DayFull,

    /// <summary>Somebody else is left by now, or a search may bring somebody; nothing was written.</summary>
    NoNeed,

    /// <summary>Another process took them at this very moment.</summary>
    Elsewhere,

    /// <summary>The owner took the filter back, or confirmed another one; nothing was written.</summary>
    Withdrawn,
}

/// <param name="After">The cursor of the next page.</param>
/// <param name="EndedAt">When the last page was read.</param>
public sealed record PullWalk(string? After, Instant? EndedAt);
