using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>There must be an address for the channel.</summary>
public sealed class HasAddress : ContactRule
{
    public override Finding Judge(ContactFacts facts, Instant now)
    {
        var what = facts.Channel == Channel.Email ? "e-mail address" : "phone number of their own";
        return facts.Address is null
            ? Refuse(SkippedReason.NoAddress, $"there is no {what}", "the lead's addresses")
            : Allow($"would go to {facts.Address.AddressId}", "the lead's addresses");
    }
}
