using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>A call or a text needs a state: a time zone alone does not say whose law applies.</summary>
public sealed class StateKnown : ContactRule
{
    private const string Source = "state contact laws reach the called party's state and several the number's area code (FL, OK, CT, MD, OR, VA, SC)";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel == Channel.Email) return Allow("e-mail asks for no state", "15 USC 7707(b)");
        if (facts.Evidence.Zones.Count == 0) return Allow("asked once a zone is known", Source);
        return facts.Evidence.States.Count > 0
            ? Allow($"the law of {string.Join(" and ", facts.Evidence.States)} applies", Source)
            : Park(ParkedReason.ZoneUnknown, "no state is known, so nobody knows whose law applies; give the person's or the company's state", Source);
    }
}
