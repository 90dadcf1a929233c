using Meridian.Domain.Compliance.Rules;
using NodaTime;

namespace Meridian.Domain.Compliance;

/// <summary>
/// Judges a call that a person would make by hand. No consent is needed for a live call to a business, so the do-not-call lists stand where the
/// written consent stands for an AI voice. What a state asks of artificial voices alone (permits, gaps, bans) does not reach a person; its registers, checks of reassigned numbers, live-call hours and caps do. Hours, caps and every "no" of the person hold as for any call.
/// </summary>
public static class HumanCallPolicy
{
    /// <summary>What concerns the person, whatever their number is.</summary>
    private static readonly IReadOnlyList<IContactRule> OfThePerson =
    [
        new OptedOut(),
        new StopConditions(),
        new OutsideUnitedStates(),
        new Held(),
        new PersonPaused(),
        new Registered(),
        new ReassignedNumbers(),
        new ZoneKnown(),
        new StateKnown(),
        new NoEmergency(),
        new InsideWindow(),
        new OneInTheAir(),
        new StateAttemptCap(),
        new PersonGap(),
        new CompanyGap(),
        new CompanyPressure(),
        new EnginePaused(),
        new CampaignPaused(),
    ];

    /// <summary>And what concerns the number it would ring.</summary>
    public static IReadOnlyList<IContactRule> Rules { get; } = [.. OfThePerson, new Suppressed(), new HasAddress(), new DoNotCallLists(), new MobileBan(), new SharedNumberGap()];

    /// <summary>May a person dial this number now?</summary>
    public static Verdict Judge(ContactFacts facts, Instant now) => ContactPolicy.Judge(Rules, facts, now);

    /// <summary>
    /// Would a call be permitted if only their number were known? Waits do not count against it; a number is bought for a person whose call is
    /// otherwise permitted, and for nobody else.
    /// </summary>
    /// <param name="facts">With the lists of the area codes of the person's states as <see cref="ContactFacts.Number"/>.</param>
    public static Verdict JudgeBeforeBuying(ContactFacts facts, Instant now) =>
        ContactPolicy.Judge([.. OfThePerson, new Suppressed(), new DoNotCallLists(), new MobileBan()], facts, now);
}
