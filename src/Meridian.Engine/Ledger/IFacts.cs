using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Leads;
using Meridian.Domain.Senders;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Engine.Ledger;

/// <summary>What the judge reads. Each verb reads the revision first and the facts that hang on it after: facts may be newer, never older.</summary>
public interface IFacts
{
    /// <summary>A sender's row first, then what it has begun. Null: no such sender.</summary>
    Task<SenderFacts?> SenderAsync(string senderId, Instant now);

    /// <summary>A lead's row first, then its addresses, consents and touches. Null: no such lead.</summary>
    Task<LeadFacts?> LeadAsync(string leadId);

    /// <summary>Settings, pauses, the campaign and its pools. These hang on the senders' revisions.</summary>
    Task<CampaignFacts?> CampaignAsync(string campaignId);

    Task<Touch?> TouchAsync(string touchId);

    Task<EnrollmentRow?> EnrollmentAsync(string enrollmentId);

    /// <summary>Enrollments of a campaign that want planning at <paramref name="now"/>, oldest first.</summary>
    Task<IReadOnlyList<string>> WantingPlanAsync(string campaignId, Instant now, int limit);

    /// <summary>When planning of this campaign is wanted next; null: never unless woken.</summary>
    Task<Instant?> NextPlanAsync(string campaignId);

    /// <summary>Windows of a pool that have offers, with the earliest due time of each priority, by a loose index scan.</summary>
    Task<IReadOnlyList<WindowOffers>> WindowsWithOffersAsync(string poolId);

    /// <summary>Due offers of one window and priority, earliest first.</summary>
    Task<IReadOnlyList<OfferHint>> DueAsync(string poolId, string windowKey, int priority, Instant now, int limit);

    /// <summary>People with an offer due before <paramref name="before"/>, by zone group.</summary>
    Task<IReadOnlyList<ZoneDue>> DueByZoneAsync(string poolId, Instant before);

    Task<IReadOnlyList<ZoneDay>> ZoneDaysAsync(string poolId, LocalDate day);

    Task KeepZoneDaysAsync(string poolId, LocalDate day, IReadOnlyList<ZoneDay> shares);

    Task<IReadOnlyList<string>> SendersOfPoolAsync(string poolId);

    /// <summary>Moves a sender's next slot later, never earlier.</summary>
    Task PushSlotAsync(string senderId, Instant slot);

    /// <summary>Calls in the air.</summary>
    Task<IReadOnlyList<OpenCall>> OpenCallsAsync();

    /// <summary>Calls that ended after <paramref name="since"/> and whose cost nobody has told; the earliest first.</summary>
    Task<IReadOnlyList<OpenCall>> UnreportedCallsAsync(Instant since, int limit);

    /// <summary>Touches nobody knows the outcome of; whoever was not looked for yet first, then whoever was longest ago.</summary>
    Task<IReadOnlyList<UnconfirmedTouch>> UnconfirmedAsync(int limit);

    /// <summary>It is looked for now: others come before it is again.</summary>
    Task KeepLookAsync(string touchId, Instant now);

    /// <summary>An offer rests because the CRM could not be asked about its person.</summary>
    Task KeepUnaskedAsync(string touchId, string why, Instant now);

    /// <summary>The CRM could be asked about them.</summary>
    Task KeepAskedAsync(string touchId);

    /// <summary>Offers that rest because the CRM could not be asked when it was last tried.</summary>
    Task<IReadOnlyList<Unasked>> UnaskedAsync();

    /// <summary>Has the CRM been asked about somebody since then, with an answer?</summary>
    Task<bool> WasAskedAsync(string source, Instant since);

    /// <summary>The earliest instant at which upkeep has something to do; null: nothing.</summary>
    Task<Instant?> NextUpkeepAsync(int ringSeconds, int longestCallSeconds);

    /// <summary>Leads not yet enrolled in a campaign that enrols by itself.</summary>
    Task<int> EnrollNewAsync(string campaignId, Instant now, int limit);

    Task<IReadOnlyList<string>> EnrollingCampaignsAsync();

    Task<IReadOnlyList<OwnerCopyRow>> OwnerCopiesDueAsync(Instant now, int limit);

    Task<Instant?> NextOwnerCopyAsync();

    Task OwnerCopySentAsync(string touchId, Instant now);

    Task OwnerCopyFailedAsync(string touchId, string error, Instant retryAt);

    /// <summary>Remembers a provider's id of a lead.</summary>
    Task KeepRefAsync(string source, string externalId, string leadId);

    /// <summary>A provider's ids of a lead; more than one where people turned out to be the same.</summary>
    Task<IReadOnlyList<string>> RefsAsync(string source, string leadId);
}

/// <summary>A sender as read: <see cref="Sender.Revision"/> before everything else.</summary>
public sealed record SenderFacts(Sender Sender, LocalDate Today, long BegunToday, IReadOnlyList<Instant> BegunLastHour);

/// <summary>A person as read: the revision before everything else.</summary>
public sealed record LeadFacts(
    Lead Lead, IReadOnlyList<LeadAddress> Addresses, IReadOnlyList<Consent> Consents, IReadOnlyList<Touch> Touches, Instant? CompanyNextCallAt, Instant? CompanyStoppedAt)
{
    /// <summary>Touches to the company's people on its last days with any, by day of the campaign's zone.</summary>
    public IReadOnlyDictionary<LocalDate, long> CompanyDays { get; init; } = new Dictionary<LocalDate, long>();

    /// <summary>Calls a person made by hand: they count like any other.</summary>
    public IReadOnlyList<PastContact> HumanCalls { get; init; } = [];
}

/// <summary>What is true for everybody in a campaign.</summary>
/// <param name="Pools">Pool id by channel, for channels that have at least one sender.</param>
/// <param name="LinkSecret">Signs opt-out links; null: none are made.</param>
public sealed record CampaignFacts(
    string Id, string Name, Sequence Sequence, string Zone, long DailyCap, Instant? PausedAt, Instant? EnginePausedAt, OwnerSettings Owner,
    IReadOnlyDictionary<Channel, string> Pools, IReadOnlySet<Channel> ChannelsWithSender, string? LinkSecret = null);

/// <summary>An enrollment and how often it was woken.</summary>
public sealed record EnrollmentRow(Enrollment Enrollment, long Wakes);

public sealed class OfferHint
{
    public string Id { get; init; } = "";
    public string LeadId { get; init; } = "";
    public string ZoneGroup { get; init; } = "";
}

/// <summary>A window that has offers, and when the first of each priority is due.</summary>
public sealed class WindowOffers
{
    public string WindowKey { get; init; } = "";
    public Instant? Due0 { get; init; }
    public Instant? Due1 { get; init; }
    public Instant? Due2 { get; init; }
    public Instant? Due3 { get; init; }
    public Instant? Due4 { get; init; }

    public IEnumerable<(int Priority, Instant Due)> Dues()
    {
        if (Due0 is { } d0) yield return (0, d0);
        if (Due1 is { } d1) yield return (1, d1);
        if (Due2 is { } d2) yield return (2, d2);
        if (Due3 is { } d3) yield return (3, d3);
        if (Due4 is { } d4) yield return (4, d4);
    }
}

public sealed class ZoneDue
{
    public string ZoneGroup { get; init; } = "";
    public long Due { get; init; }
}

public sealed class ZoneDay
{
    public string ZoneGroup { get; init; } = "";
    public long Share { get; init; }
    public long Begun { get; init; }
}

public sealed class OpenCall
{
    public string TouchId { get; init; } = "";
    public string PermitId { get; init; } = "";
    public string LeadId { get; init; } = "";
    public string SenderId { get; init; } = "";
    public Instant BegunAt { get; init; }
    public Instant? AcceptedAt { get; init; }
    public Instant? AnsweredAt { get; init; }
    public Instant? EndSeenAt { get; init; }

    /// <summary>The person said no while it lasts.</summary>
    public Instant? OptedOutAt { get; init; }

    /// <summary>The kill switch was thrown and not taken back.</summary>
    public string? KilledAt { get; init; }

    /// <summary>It is ended at once, also when it was under way to the provider as that was said.</summary>
    public bool MustEnd => (OptedOutAt is not null || KilledAt is not null) && EndSeenAt is null;
    public string? ProviderRef { get; init; }
    public string? ControlUrl { get; init; }
    public string State { get; init; } = "";
    public string? AddressId { get; init; }
    public Instant? ClosedAt { get; init; }
}

public sealed class UnconfirmedTouch
{
    public string TouchId { get; init; } = "";
    public string PermitId { get; init; } = "";
    public string Channel { get; init; } = "";
    public string SenderId { get; init; } = "";
    public string? ContactRef { get; init; }
    public Instant BegunAt { get; init; }
    public string? Body { get; init; }
    public string? FromAddress { get; init; }
    public string? ToAddress { get; init; }
    public string? Subject { get; init; }
    public string? MessageId { get; init; }
    public string? ProviderKey { get; init; }
}

/// <summary>An offer that rests because the CRM cannot be asked about its person.</summary>
public sealed class Unasked
{
    public string LeadId { get; init; } = "";

    /// <summary>The first look that came to nothing, of those close together.</summary>
    public Instant Since { get; init; }

    /// <summary>The last one: at night nobody is asked about.</summary>
    public Instant Last { get; init; }

    public string Why { get; init; } = "";
}

public sealed class OwnerCopyRow
{
    public string TouchId { get; init; } = "";
    public long Attempts { get; init; }
    public string State { get; init; } = "";
    public Instant BegunAt { get; init; }
    public string ToAddress { get; init; } = "";
    public string FromAddress { get; init; } = "";
    public string? Subject { get; init; }
    public string Body { get; init; } = "";
    public string? CompanyName { get; init; }
}
