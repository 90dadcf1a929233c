using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>
/// A call by a person needs the national do-not-call list, and the state's where it keeps its own, drawn at most 31 days ago and not naming the
/// number. Without fresh lists only a line that a carrier lookup confirms as a business' own may be called.
/// </summary>
public sealed class DoNotCallLists : ContactRule
{
    /// <summary>The safe harbour of 47 CFR 64.1200(c)(2)(i)(D).</summary>
    public const int MostDaysOld = 31;

    internal const string Source = "47 USC 227(c)(5); 47 CFR 64.1200(c)(2), (e); state do-not-call lists";

    /// <summary>States that keep a list of their own, as the pack names it; ordinal order.</summary>
    public static IReadOnlySet<string> StatesWithTheirOwn { get; } = new SortedSet<string>(
        ContactRulesPack.Current.Jurisdictions.Values.Where(j => j.KeepsOwnDoNotCallList).Select(j => j.Code), StringComparer.Ordinal);

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Number.ListedOn.Count > 0) return Refuse(SkippedReason.Suppressed, $"the number is on the do-not-call list: {string.Join(", ", facts.Number.ListedOn)}", Source);
        var today = now.InUtc().Date;
        var stale = Needed(facts).Where(list => !facts.Number.Loaded.Any(l => l.Name == list && Period.DaysBetween(l.AsOf, today) is >= -1 and <= MostDaysOld)).ToList();
        if (stale.Count == 0) return Allow($"on none of the do-not-call lists, drawn at most {MostDaysOld} days ago: {string.Join(", ", Needed(facts))}", Source);
        if (facts.Number.Line is { } line && line.ConfirmsBusinessLine(now)) return Allow($"a carrier lookup of {Say.Utc(line.At)} says it is a business' own landline", Source, line.At + LineLookup.Life);
        return Park(ParkedReason.NoLegalBasis, $"no do-not-call list under {MostDaysOld} days old: {string.Join(", ", stale)}; load it with `meridian dnc import`", Source);
    }

    private static IEnumerable<string> Needed(ContactFacts facts) => facts.Evidence.States.Where(StatesWithTheirOwn.Contains).Order(StringComparer.Ordinal).Prepend("national");
}
