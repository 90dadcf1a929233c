using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Time;

namespace Meridian.Domain.Leads;

/// <summary>One sign of where a person is.</summary>
/// <param name="Source"><c>zip</c>, <c>state</c>, <c>company state</c>, <c>area code</c> or <c>crm zone</c>.</param>
/// <param name="Value">What it said.</param>
/// <param name="Zones">The zones that allows; empty when it names none.</param>
public sealed record ZoneClue(string Source, string Value, IReadOnlyList<string> Zones);

/// <summary>
/// Where a person may be, from everything that says so. Every candidate zone counts: a window is open only when it is open in all of them
/// (47 CFR 64.1200(c)(1) asks for the called party's location; several states ask by area code). Nothing known means unknown, never UTC.
/// </summary>
/// <param name="Zones">All candidates, canonical, ordinal order; empty when unknown.</param>
/// <param name="States">States whose rules apply: of the address (the company's when the person's is unknown) and of the area code; ordinal order.</param>
/// <param name="HasConflict">Two clues have no zone in common.</param>
public sealed record ZoneEvidence(IReadOnlyList<ZoneClue> Clues, IReadOnlyList<string> Zones, IReadOnlyList<string> States, bool HasConflict)
{
    /// <summary>Gathers the clues. A ZIP narrows the zones of the state it agrees with; one that contradicts its state is added to it.</summary>
    public static ZoneEvidence Of(string? streetAddress, string? postalCode, string? state, string? companyState, string? areaCode, string? statedZone = null)
    {
        var written = PostalCode.InAddress(streetAddress);
        string[] zips = Known(PostalCode.Zip5(postalCode), written?.Zip5);
        string[] homes = Known(Code(state), written?.State);
        string[] companies = Known(Code(companyState));

        var byZip = zips.Select(z => new ZoneClue("zip", z, ZipZones.Current.ZonesFor(z))).Where(c => c.Zones.Count > 0).ToArray();
        var zipZones = byZip.SelectMany(c => c.Zones).ToHashSet();
        var byState = homes.Select(s => StateClue("state", s)).ToArray();
        // When the street address and the state field name two states, the ZIP is the street's and says nothing about the other.
        string[] zipStates = homes.Length > 1 ? [written!.Value.State] : homes;
        // The company's state speaks of the ZIP's place only when it is the person's state too, or the only state there is.
        var byCompany = companies.Select(s => StateClue("company state", s)).ToArray();
        var rest = new[] { AreaCodeClue(areaCode), StatedClue(statedZone) }.OfType<ZoneClue>().ToArray();

        ZoneClue[] clues = [.. byZip, .. byState, .. byCompany, .. rest];
        var zones = clues.Except(byState.Concat(byCompany).Where(Narrowed)).SelectMany(c => c.Zones);
        var addressStates = homes.Length > 0 ? homes : companies;
        return new ZoneEvidence(clues, CanonicalZone.All(zones), Sorted(addressStates.Concat(StatesOf(areaCode))), Disagree(clues));

        bool Narrowed(ZoneClue clue) => (homes.Length == 0 || zipStates.Contains(clue.Value)) && clue.Zones.Any(zipZones.Contains);
    }

    private static ZoneClue StateClue(string source, string code) => new(source, code, ContactRulesPack.Current.Jurisdictions[code].Zones);

    private static ZoneClue? AreaCodeClue(string? areaCode) => Geographic(areaCode) is { } code ? new("area code", code.Code, code.Zones) : null;

    private static ZoneClue? StatedClue(string? zone) => CanonicalZone.Of(zone) is { } canonical ? new("crm zone", zone!.Trim(), [canonical]) : null;

    private static IReadOnlyList<string> StatesOf(string? areaCode) => Geographic(areaCode)?.States ?? [];

    private static AreaCode? Geographic(string? areaCode) =>
        ContactRulesPack.Current.AreaCodes.TryGetValue(areaCode?.Trim() ?? "", out var code) && code.Kind == AreaCodeKind.Geographic ? code : null;

    private static bool Disagree(ZoneClue[] clues) =>
        clues.Any(a => clues.Any(b => a.Zones.Count > 0 && b.Zones.Count > 0 && !a.Zones.Any(b.Zones.Contains)));

    private static string? Code(string? state) => UsState.TryParse(state, out var code) ? code : null;

    private static string[] Known(params IEnumerable<string?> values) => [.. values.OfType<string>().Distinct(StringComparer.Ordinal)];

    private static string[] Sorted(IEnumerable<string> values) => [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
