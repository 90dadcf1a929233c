using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Http;

/// <summary>What became of one HTTP request, before anyone asks what the provider meant.</summary>
internal abstract record Exchange
{
    /// <summary>The provider answered. <paramref name="Body"/> is null when the status came and the rest could not be read.</summary>
    internal sealed record Answered(int Status, string? Body, TimeSpan? RetryAfter) : Exchange
    {
        public bool Succeeded => Status is >= 200 and < 300;

        public RateHeaders? Rate { get; init; }
    }

    /// <summary>The body was never handed to a connection, so nothing can have been done: DNS, connect, TLS, or we were stopped. Or it was a plain read, which does nothing anyway.</summary>
    internal sealed record NeverLeft(string Reason, bool Stopped) : Exchange;

    /// <summary>Turned away at the door, by us or by them: nothing was done there.</summary>
    /// <param name="Elsewhere">What we may show is for another place than the settings name.</param>
    internal sealed record TurnedAway(NotSentBecause Because, string Reason, bool Elsewhere = false) : Exchange;

    /// <summary>The permit had expired or was used before; nothing left.</summary>
    internal sealed record NotPermitted : Exchange;

    /// <summary>It left, or may have, and no answer came back.</summary>
    internal sealed record Lost(string Reason) : Exchange;

    /// <summary>Why there is no answer.</summary>
    public string Why => Unanswered() switch
    {
        SendResult.NotSent notSent => notSent.Reason,
        SendResult.Unknown unknown => unknown.Reason,
        var other => other.ToString()!,
    };

    /// <summary>The result of everything that is not an answer; the same for every provider.</summary>
    public SendResult Unanswered() => this switch
    {
        NotPermitted => new SendResult.NotSent(NotSentBecause.PermitExpired, "the permit had expired or was used before; nothing was sent"),
        TurnedAway away => new SendResult.NotSent(away.Because, away.Reason),
        NeverLeft { Stopped: true } left => new SendResult.NotSent(NotSentBecause.PermitExpired, left.Reason),
        NeverLeft left => new SendResult.NotSent(NotSentBecause.Transient, left.Reason),
        Lost lost => new SendResult.Unknown(lost.Reason),
        _ => throw new InvalidOperationException("an answer is classified by its provider"),
    };
}
