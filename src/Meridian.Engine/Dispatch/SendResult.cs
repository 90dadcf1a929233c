using Meridian.Domain.Touches;

namespace Meridian.Engine.Dispatch;

/// <summary>Whose fault a proved non-delivery is; decides whether it costs an attempt.</summary>
public enum NotSentBecause
{
    /// <summary>DNS, connect, TLS, 429, 503 with an error body. E-mail and texts get up to 3 new attempts with back-off; a call gets none.</summary>
    Transient,

    /// <summary>Key, plan, credit, concurrency, a sender the provider does not know: nobody's attempt; the sender is paused.</summary>
    Account,

    /// <summary>The permit ran out before the request left: nobody's attempt.</summary>
    PermitExpired,
}

/// <summary>What a provider made of one wire request, classed by what may have happened.</summary>
public abstract record SendResult
{
    /// <summary>The provider took it. <paramref name="ProviderRef"/> is its id of the message or call.</summary>
    public sealed record Accepted(string? ProviderRef, string? ControlUrl = null) : SendResult;

    /// <summary>The provider said no to this request for good.</summary>
    public sealed record Refused(string Reason, Disposition? Disposition = null) : SendResult;

    /// <summary>It is proved that nothing was sent.</summary>
    public sealed record NotSent(NotSentBecause Because, string Reason, TimeSpan? RetryAfter = null) : SendResult;

    /// <summary>Timeout, broken pipe after the request left, 500/502/504, SMTP drop after end-of-data: nobody knows.</summary>
    public sealed record Unknown(string Reason) : SendResult;
}
