using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Engine.Crm;

/// <summary>In which form something is shown.</summary>
public enum CrmItem
{
    Tag,
    Note,
    Opportunity,
}

/// <summary>Something that happened and is not shown yet.</summary>
/// <param name="ContactId">The CRM's id of them; null: it does not know them.</param>
/// <param name="Subject">A tag's meaning, a note's touch, an opportunity's reason: what makes it once.</param>
/// <param name="AskedAt">When it was asked for last, and not taken; null: never.</param>
public sealed record CrmNews(string LeadId, string? ContactId, CrmItem Item, string Subject, Instant? AskedAt = null);

/// <summary>How far a look for news goes.</summary>
/// <param name="Since">Touches planned and opt-outs heard since then.</param>
/// <param name="Everybody">Also people the CRM does not know.</param>
public sealed record CrmLook(Instant Since, Instant Now, bool Everybody, int Most);

/// <summary>A call as its note tells of it.</summary>
/// <param name="Reports">What the provider said about it, raw, the latest first.</param>
public sealed record CrmCall(Instant BegunAt, Instant? AnsweredAt, Instant? ClosedAt, Disposition? Disposition, IReadOnlyList<string> Reports);

/// <summary>What the CRM shows already. A row is written before it is asked for, and permits one request in five minutes, after four in vain one an hour.</summary>
public interface ICrmBook
{
    Task<IReadOnlyList<CrmNews>> TagsAsync(CrmTag tag, CrmLook look);

    Task<IReadOnlyList<CrmNews>> NotesAsync(CrmLook look);

    Task<IReadOnlyList<CrmNews>> OpportunitiesAsync(CrmLook look);

    Task<CrmCall?> CallAsync(string touchId);

    /// <summary>Takes the right to ask. How often it was taken before; null: not now, or it is shown.</summary>
    Task<long?> TryAskAsync(CrmNews news, Instant now);

    Task ShownAsync(CrmNews news, string? reference, Instant now);

    /// <summary>It is not asked for again; the reason is kept.</summary>
    Task RefusedAsync(CrmNews news, string reason, Instant now);
}
