using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>No e-mail to an address its source or the mailbox's own server calls dead: bounces cost every later e-mail its place in the inbox.</summary>
public sealed class Deliverable : ContactRule
{
    private const string Source = "bulk-sender rules of Gmail, Yahoo and Microsoft; e-mail status of the source";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel != Channel.Email || facts.Address is null) return Allow("only asked of e-mail", Source);
        var status = facts.Address.Deliverability;
        return status is not null && (status.Equals("Unavailable", StringComparison.OrdinalIgnoreCase) || status.Equals("Invalid", StringComparison.OrdinalIgnoreCase))
            ? Refuse(SkippedReason.NotDeliverable, $"{facts.Address.AddressId} is {status}", Source)
            : Allow($"the e-mail status is {status ?? "not given"}", Source);
    }
}
