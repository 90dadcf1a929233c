using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Calls and texts need at least one candidate time zone; unknown is "hold", never UTC.</summary>
public sealed class ZoneKnown : ContactRule
{
    private const string Source = "47 CFR 64.1200(c)(1): local time at the called party's location";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel == Channel.Email) return Allow("e-mail has no hours", Source);
        return facts.Evidence.Zones.Count == 0
            ? Park(ParkedReason.ZoneUnknown, "nothing says in which time zone they are", Source)
            : Allow($"candidate zones: {string.Join(", ", facts.Evidence.Zones)}", Source);
    }
}
