using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Two leads may share a number; the phone rings in one room.</summary>
public sealed class SharedNumberGap : ContactRule
{
    private const string Source = "owner's caps, counted by number";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        var free = facts.Channel switch { Channel.Call => facts.Address?.NextCallAt, Channel.Text => facts.Address?.NextTextAt, _ => null };
        return free is { } at && at > now
            ? WaitForPerson($"{facts.Address!.AddressId} was reached for somebody who shares it; free again {Say.Utc(at)}", Source, at)
            : Allow("the number is free", Source);
    }
}
