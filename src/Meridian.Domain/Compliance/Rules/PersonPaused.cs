using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>A person paused this lead.</summary>
public sealed class PersonPaused : ContactRule
{
    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.Lead.PausedAt is { } at
            ? Park(ParkedReason.PersonPaused, $"paused by hand on {Say.Utc(at)}; `meridian resume` lifts it", "the owner's decision")
            : Allow("not paused", "the owner's decision");
}
