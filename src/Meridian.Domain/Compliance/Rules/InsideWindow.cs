using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Calls and texts only while the owner's hours and every state's law are open in every candidate zone.</summary>
public sealed class InsideWindow : ContactRule
{
    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel == Channel.Email) return Allow("e-mail has no hours", "15 USC 7704(a): no hours for e-mail");
        if (facts.Evidence.Zones.Count == 0) return Allow("asked once a zone is known", "47 CFR 64.1200(c)(1)");
        var source = string.Join(" | ", facts.Window.Sources);
        if (facts.Window.Closes(now) is { } closes) return Allow($"{facts.Window.Explain(now)}; open until {Say.Utc(closes)}", source, closes);
        return facts.Window.NextOpening(now) is { } opens
            ? WaitForPerson($"{facts.Window.Explain(now)}; opens {Say.Utc(opens)}", source, opens)
            : Park(ParkedReason.NoCommonHour, $"{string.Join(" and ", facts.Evidence.Zones)} share no open hour", source);
    }
}
