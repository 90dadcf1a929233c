using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Engine.Ledger;

/// <summary>What became of one permit, to be recorded once.</summary>
public abstract record Outcome(string PermitId, Instant At)
{
    /// <summary>The provider took it. A call stays in the air until it has ended; at <paramref name="RingEndsAt"/> we look whether somebody answered.</summary>
    public sealed record Accepted(string PermitId, Instant At, string? ProviderRef, string? ControlUrl, Instant? RingEndsAt) : Outcome(PermitId, At);

    public sealed record Refused(string PermitId, Instant At, string Reason, Disposition? Disposition) : Outcome(PermitId, At);

    /// <summary>Proved not sent. Frees the company's and the number's gap again.</summary>
    public sealed record NotSent(string PermitId, Instant At, FailedBecause Because, string Reason) : Outcome(PermitId, At);

    /// <summary>Nobody knows. Counts as made until looking tells.</summary>
    public sealed record Unknown(string PermitId, Instant At, string Reason) : Outcome(PermitId, At);
}

/// <summary>The end of a call, from a webhook, a look or our own hang-up. Recorded once, whatever came first.</summary>
public sealed record CallEnd(string TouchId, string? ProviderRef, Instant At, Disposition Disposition, string Reason, decimal? CostUsd);
