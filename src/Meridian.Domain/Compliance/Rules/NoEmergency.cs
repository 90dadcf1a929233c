using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Nobody is called or texted in a state whose declared emergency the owner has entered.</summary>
public sealed class NoEmergency : StateRule
{
    private const string Source = "owner's emergencies; N.Y. GBL 399-z(5-a), La. PSC General Order R-29617 (secondary source)";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        var struck = Laws(facts).SelectMany(l => facts.Law.EmergenciesOf(l.Code).Select(e => (Row: l, Emergency: e)))
            .Where(s => !(Over(s.Row, s.Emergency) <= now)).ToList();
        if (struck.Count == 0) return Allow("no emergency is entered", Source);
        var rows = struck.Select(s => s.Row).DistinctBy(r => r.Code).ToList();
        var (source, names) = (Sources(rows, Source), Names(rows, "is", "are"));
        return struck.All(s => s.Emergency.LastDay is not null)
            ? WaitForPerson($"{names} under a declared emergency until {string.Join(" and ", struck.Select(s => s.Emergency.Until))}", source, struck.Max(s => Over(s.Row, s.Emergency)!.Value))
            : Park(ParkedReason.NoLegalBasis, $"{names} under a declared emergency; take it out of owner.law.emergencies when it is over", source);
    }

    /// <summary>When its last day has ended everywhere in the state; null while nobody knows.</summary>
    private static Instant? Over(Jurisdiction row, DeclaredEmergency emergency) =>
        emergency.LastDay is { } day ? row.Zones.Max(z => CanonicalZone.Rules(z).AtStartOfDay(day.PlusDays(1)).ToInstant()) : null;
}
