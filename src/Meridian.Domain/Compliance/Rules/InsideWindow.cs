using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Calls and texts only while the window is open in every candidate zone.</summary>
public sealed class InsideWindow : ContactRule
{
    private const string Source = "owner's hours; 47 CFR 64.1200(c)(1); 5 USC 6103 (holidays)";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel == Channel.Email) return Allow("e-mail has no hours", Source);
        if (facts.Evidence.Zones.Count == 0) return Allow("asked once a zone is known", Source);
        if (facts.Window.Closes(now) is { } closes) return Allow($"{facts.Window.Explain(now)}; open until {Say.Utc(closes)}", Source, closes);
        return facts.Window.NextOpening(now) is { } opens
            ? WaitForPerson($"{facts.Window.Explain(now)}; opens {Say.Utc(opens)}", Source, opens)
            : Park(ParkedReason.NoCommonHour, $"{string.Join(" and ", facts.Evidence.Zones)} share no open hour", Source);
    }
}
