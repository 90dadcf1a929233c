using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>There must be an address for the channel. A number may still come, with a written consent or bought: its step waits for it.</summary>
public sealed class HasAddress : ContactRule
{
    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Address is null && facts.Channel == Channel.Email) return Refuse(SkippedReason.NoAddress, "there is no e-mail address", "the lead's addresses");
        return facts.Address is null
            ? Park(ParkedReason.NoLegalBasis, "there is no phone number of their own; one that comes with a written consent makes it due", "the lead's addresses")
            : Allow($"would go to {facts.Address.AddressId}", "the lead's addresses");
    }
}
