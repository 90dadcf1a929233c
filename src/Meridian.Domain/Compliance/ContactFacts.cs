using Meridian.Domain.Leads;
using Meridian.Domain.Senders;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance;

/// <summary>Everything a verdict about one touch rests on. Facts may be newer than the revisions they were read at, never older.</summary>
public sealed record ContactFacts
{
    public required Channel Channel { get; init; }

    public required Lead Lead { get; init; }

    /// <summary>All addresses the person holds.</summary>
    public required IReadOnlyList<LeadAddress> Addresses { get; init; }

    /// <summary>The one this touch would go to; null when there is none for the channel.</summary>
    public required LeadAddress? Address { get; init; }

    /// <summary>Every consent of this person, complete or not.</summary>
    public required IReadOnlyList<Consent> Consents { get; init; }

    /// <summary>What was begun for this person before, this touch excepted.</summary>
    public required IReadOnlyList<PastContact> Past { get; init; }

    public required ZoneEvidence Evidence { get; init; }

    /// <summary>Hours in which this person may be reached by this channel.</summary>
    public required ContactWindow Window { get; init; }

    /// <summary>Papers and emergencies the owner has entered; none: every state that asks for a paper is closed.</summary>
    public LawSettings Law { get; init; } = new();

    /// <summary>The legal seller all consents must name.</summary>
    public required string Seller { get; init; }

    /// <summary>The first template variable without a value; null when the text is complete.</summary>
    public string? MissingVariable { get; init; }

    /// <summary>The earlier step whose end fulfilled its own stop condition; null when none did.</summary>
    public StepEnd? EndedBy { get; init; }

    /// <summary>What do-not-call lists and carrier lookups say of the number; asked only for calls by a person.</summary>
    public NumberStanding Number { get; init; } = NumberStanding.Unknown;

    public Instant? CompanyNextCallAt { get; init; }

    /// <summary>How often the company was reached today; null: no company is known, or nobody asked.</summary>
    public CompanyStanding? Company { get; init; }

    public Instant? CampaignPausedAt { get; init; }

    public Instant? EnginePausedAt { get; init; }

    /// <summary>False when the campaign has no sender at all for the channel.</summary>
    public bool HasSender { get; init; } = true;

    /// <summary>Null when judged ahead of choosing one: then no rule about senders speaks.</summary>
    public SenderStanding? Sender { get; init; }
}

/// <summary>A company's day, in the campaign's zone.</summary>
public sealed record CompanyStanding(long BegunToday, int Cap, Instant DayEnds);

/// <summary>How a step of this walk ended.</summary>
public sealed record StepEnd(string StepId, Disposition How);

/// <summary>One touch that was begun.</summary>
/// <param name="Until">While in the air: when it will be over at the latest.</param>
public sealed record PastContact(string TouchId, Channel Channel, Instant BegunAt, bool InTheAir, Instant? Until);

/// <summary>A sender and what it has done lately.</summary>
/// <param name="BegunToday">Begins in its current day.</param>
/// <param name="CapToday">Most begins today, warm-up counted in.</param>
/// <param name="BegunLastHour">Instants of its begins in the last rolling hour, ascending.</param>
public sealed record SenderStanding(Sender Sender, LocalDate Today, long BegunToday, int CapToday, Instant DayEnds, IReadOnlyList<Instant> BegunLastHour);
