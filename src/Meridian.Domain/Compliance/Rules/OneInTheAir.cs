using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>One touch in the air per person.</summary>
public sealed class OneInTheAir : ContactRule
{
    private const string Source = "Meridian's promise: one touch in the air per person";

    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.Past.FirstOrDefault(p => p.InTheAir) is { } flying
            ? WaitForPerson($"{flying.Channel} {flying.TouchId} begun {Say.Utc(flying.BegunAt)} is still in the air", Source, Later(flying.Until, now))
            : Allow("nothing is in the air", Source);

    private static Instant Later(Instant? until, Instant now) => until is { } u && u > now ? u : now + Duration.FromSeconds(30);
}
