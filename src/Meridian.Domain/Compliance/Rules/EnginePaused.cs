using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>The kill switch.</summary>
public sealed class EnginePaused : ContactRule
{
    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.EnginePausedAt is { } at
            ? WaitForSender($"everything is paused since {Say.Utc(at)}; `meridian resume` lifts it", "the owner's decision", null)
            : Allow("the engine is not paused", "the owner's decision");
}
