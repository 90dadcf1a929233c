using Meridian.Domain.Compliance.Rules;
using NodaTime;

namespace Meridian.Domain.Compliance;

/// <summary>Judges a touch by every rule; never stops at the first objection, so that a "no" is complete.</summary>
public static class ContactPolicy
{
    /// <summary>An allow without an end of its own is looked at again after this long.</summary>
    private static readonly Duration Longest = Duration.FromHours(1);

    /// <summary>All rules, in the order in which a person would ask.</summary>
    public static IReadOnlyList<IContactRule> Rules { get; } =
    [
        new OptedOut(),
        new Suppressed(),
        new StopConditions(),
        new OutsideUnitedStates(),
        new HasAddress(),
        new Deliverable(),
        new ExtensionForTexts(),
        new Held(),
        new PersonPaused(),
        new LegalBasis(),
        new VoiceAllowed(),
        new PermitHeld(),
        new VoiceToMobiles(),
        new Registered(),
        new ReassignedNumbers(),
        new TextCampaignAttested(),
        new ZoneKnown(),
        new StateKnown(),
        new NoEmergency(),
        new InsideWindow(),
        new OneInTheAir(),
        new StateAttemptCap(),
        new StateGap(),
        new PersonGap(),
        new SharedNumberGap(),
        new CompanyGap(),
        new CompanyPressure(),
        new TextComplete(),
        new EnginePaused(),
        new CampaignPaused(),
        new SenderPresent(),
        new SenderPaused(),
        new SenderPace(),
        new SenderDayCap(),
    ];

    /// <summary>The verdict at <paramref name="now"/>; the worst finding wins.</summary>
    public static Verdict Judge(ContactFacts facts, Instant now) => Judge(Rules, facts, now);

    internal static Verdict Judge(IReadOnlyList<IContactRule> rules, ContactFacts facts, Instant now)
    {
        var findings = rules.Select(r => r.Judge(facts, now)).ToList();
        var ruling = findings.Max(f => f.Ruling);
        var validUntil = findings.Where(f => f.Ruling == Ruling.Allow && f.Until is not null).Select(f => f.Until!.Value).Append(now + Longest).Min();
        return new Verdict(ruling, findings, now, validUntil);
    }
}
