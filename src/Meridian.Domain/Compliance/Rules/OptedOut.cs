using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>An opt-out on any channel ends every channel, for the whole person.</summary>
public sealed class OptedOut : ContactRule
{
    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.Lead.OptedOutAt is { } at
            ? Refuse(SkippedReason.OptedOut, $"{Say.Name(facts.Lead)} opted out on {Say.Utc(at)}", "47 CFR 64.1200(a)(10), (d); 15 USC 7704(a)(4)")
            : Allow("has not opted out", "47 CFR 64.1200(a)(10), (d); 15 USC 7704(a)(4)");
}
