using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>
/// Where a state asks solicitors to check the Reassigned Numbers Database before they call, by machine or by hand, nobody is called or texted without a fresh
/// check. Federal law asks for none: there it is a safe harbour.
/// </summary>
public sealed class ReassignedNumbers : StateRule
{
    private const string Source = "47 CFR 64.1200(m) (secondary source)";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel == Channel.Email) return Allow("only asked of calls and texts", Source);
        var asking = Laws(facts).Where(l => l.AsksReassignedNumbers).ToList();
        if (asking.Count == 0) return Allow("no state asks for a check of reassigned numbers; a check is a federal safe harbour", Source);
        var (check, source) = (facts.Law.ReassignedNumbers, Sources(asking, Source));
        if (check?.GoodUntil(now) is { } end && now < end) return Allow($"numbers checked by {check.CheckedBy} on {check.CheckedOn} ({Names(asking)})", source, end);
        return Park(
            ParkedReason.NoLegalBasis,
            $"{Names(asking, "asks", "ask")} to check numbers against the Reassigned Numbers Database before a call, and {(check is null ? "no check is entered" : $"the check of {check.CheckedOn} is not of the last {ReassignedNumbersCheck.MostDaysOld} days")}; enter a fresh one under owner.law.reassignedNumbers",
            source);
    }
}
