using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Engine.Ledger;

/// <summary>What Dispatch asks of the ledger: begin these touches, from this sender, at the revisions that were judged.</summary>
/// <param name="NextSlotAt">The sender's next slot once these have begun.</param>
/// <param name="SenderDayCap">Most begins on <paramref name="SenderDay"/>, warm-up counted in.</param>
/// <param name="CompanyDayCap">Most touches to one company on <paramref name="CampaignDay"/>.</param>
/// <param name="SpendCapMicro">The day's budget in millionths of a dollar: for the channel, and in all.</param>
public sealed record BeginOrder(
    string SenderId,
    long SenderRevision,
    string PolicyVersion,
    Instant Now,
    Instant NextSlotAt,
    LocalDate SenderDay,
    long SenderDayCap,
    string CampaignId,
    LocalDate CampaignDay,
    long CampaignDayCap,
    LocalDate SpendDay,
    Channel Channel,
    long ChannelSpendCapMicro,
    long SpendCapMicro,
    IReadOnlyList<BeginTouch> Touches,
    long CompanyDayCap = long.MaxValue);

/// <summary>One touch of a <see cref="BeginOrder"/>.</summary>
/// <param name="AddressFreeAt">Calls and texts: when the number may be reached again.</param>
/// <param name="CompanyFreeAt">Calls: when the company may be called again.</param>
/// <param name="Deadline">When an outcome that did not arrive makes it unconfirmed.</param>
/// <param name="ReserveMicro">Worst case cost, millionths of a dollar.</param>
/// <param name="SuccessorDueAt">Calls: the offer that follows this one moves to this instant.</param>
/// <param name="WithoutConsent">A call to a business' landline that nobody consented to: no do-not-call list may name it at the begin.</param>
public sealed record BeginTouch(
    string TouchId,
    string PermitId,
    string LeadId,
    long LeadRevision,
    string AddressId,
    Instant? AddressFreeAt,
    string? CompanyId,
    Instant? CompanyFreeAt,
    Instant Deadline,
    long ReserveMicro,
    string PoolId,
    string ZoneGroup,
    string? ContactRef,
    Instant? SuccessorDueAt,
    string VerdictJson,
    TouchContent Content,
    bool WithoutConsent = false);

/// <summary>Exactly what was said, from whom, to whom.</summary>
public sealed record TouchContent(string FromAddress, string ToAddress, string? Subject, string Body, string? MessageId);

/// <summary>Why a begin was lost. Each means: nothing was written, judge again.</summary>
public enum BeginLoss
{
    /// <summary>The sender's revision, slot or policy version moved.</summary>
    Sender,

    /// <summary>Somebody called the company in between.</summary>
    Company,

    /// <summary>Somebody used the number in between, or a do-not-call list that names it was loaded.</summary>
    Address,

    /// <summary>Every lead or touch moved in between.</summary>
    Leads,

    /// <summary>The sender's day is full.</summary>
    SenderDay,

    /// <summary>The campaign's day is full.</summary>
    CampaignDay,

    /// <summary>The company was reached often enough today.</summary>
    CompanyDay,

    /// <summary>The day's money is spent.</summary>
    Money,

    /// <summary>A deadlock or a unique index decided for somebody else.</summary>
    Race,
}

/// <summary>The touches that began (their permits), or why none did.</summary>
public sealed record BeginAnswer(IReadOnlyList<string> BegunTouchIds, BeginLoss? Loss)
{
    public static BeginAnswer Lost(BeginLoss loss) => new([], loss);
}
