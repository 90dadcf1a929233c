using System.Text.Json;
using Meridian.LogCheck.Crm;

namespace Meridian.LogCheck.Clock;

/// <summary>Every zone an address or a number may lie in, from the two packs.</summary>
internal sealed class Places
{
    private readonly Dictionary<string, Zone[]> _areaCodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Zone[]> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Zone[]> _zip3 = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Zone[]> _zip5 = new(StringComparer.Ordinal);

    public bool IsGeographic(string areaCode) => _areaCodes.ContainsKey(areaCode);

    public static Places Read(string rulesPath, string zipsPath)
    {
        var places = new Places();
        using var rules = JsonDocument.Parse(File.ReadAllBytes(rulesPath));
        foreach (var code in rules.RootElement.GetProperty("area_codes").GetProperty("codes").EnumerateObject())
            if (code.Value.GetProperty("kind").GetString() == "geographic") places._areaCodes[code.Name] = Zones(code.Value.GetProperty("zones"));
        foreach (var state in rules.RootElement.GetProperty("jurisdictions").EnumerateArray())
        {
            var zones = Zones(state.GetProperty("iana_zones"));
            places._states[state.GetProperty("code").GetString()!] = zones;
            if (state.TryGetProperty("name", out var name)) places._states.TryAdd(name.GetString()!, zones);
        }
        using var zips = JsonDocument.Parse(File.ReadAllBytes(zipsPath));
        foreach (var zip in zips.RootElement.GetProperty("zip3").EnumerateObject()) places._zip3[zip.Name] = Zones(zip.Value);
        foreach (var zip in zips.RootElement.GetProperty("zip5_exceptions").EnumerateObject())
            places._zip5[zip.Name] = [Zone.Of(zip.Value.GetString()!)];
        if (zips.RootElement.TryGetProperty("informal_both_zones", out var both))
            foreach (var zip in both.EnumerateArray()) places._zip5[zip.GetString()!] = [Zone.NewYork, Zone.Of("America/Chicago")];
        return places;
    }

    /// <summary>Where a person reached at this number may be: every zone of the addresses on his rows, and every zone of the area code.</summary>
    public IReadOnlyList<Zone> Candidates(Person person, string number) =>
        [.. person.Rows.SelectMany(ZonesOf).Concat(_areaCodes.GetValueOrDefault(number.Length == 12 ? number[2..5] : "", [])).Distinct()];

    /// <summary>The ZIP's zones when its state knows at least one of them (all others fall away as another place's), else all of the state's.</summary>
    private IReadOnlyList<Zone> ZonesOf(CrmRow row)
    {
        var state = _states.GetValueOrDefault(row.State, []);
        if (row.Zip is null) return state;
        var zip = _zip5.GetValueOrDefault(row.Zip) ?? _zip3.GetValueOrDefault(row.Zip[..3], []);
        if (state.Length == 0) return zip;
        return zip.Any(state.Contains) ? [.. zip.Where(z => state.Contains(z) || _zip5.ContainsKey(row.Zip))] : state;
    }

    private static Zone[] Zones(JsonElement names) => [.. names.EnumerateArray().Select(n => Zone.Of(n.GetString()!)).Distinct()];
}
