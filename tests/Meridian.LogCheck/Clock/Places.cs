using System.Text.Json;
using Meridian.LogCheck.Crm;

namespace Meridian.LogCheck.Clock;

/// <summary>Every zone an address or a number may lie in, from the two packs.</summary>
internal sealed class Places
{
    private readonly Dictionary<string, Zone[]> _areaCodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _areaStates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StateLaw> _laws = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Zone[]> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Zone[]> _zip3 = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Zone[]> _zip5 = new(StringComparer.Ordinal);

    public bool IsGeographic(string areaCode) => _areaCodes.ContainsKey(areaCode);

    public static Places Read(string rulesPath, string zipsPath)
    {
        var places = new Places();
        using var rules = JsonDocument.Parse(File.ReadAllBytes(rulesPath));
        foreach (var code in rules.RootElement.GetProperty("area_codes").GetProperty("codes").EnumerateObject())
        {
            if (code.Value.GetProperty("kind").GetString() != "geographic") continue;
            places._areaCodes[code.Name] = Zones(code.Value.GetProperty("zones"));
            places._areaStates[code.Name] = [.. code.Value.GetProperty("states").EnumerateArray().Select(s => s.GetString()!)];
        }
        var holidays = rules.RootElement.GetProperty("holidays");
        foreach (var state in rules.RootElement.GetProperty("jurisdictions").EnumerateArray())
        {
            var zones = Zones(state.GetProperty("iana_zones"));
            places._states[state.GetProperty("code").GetString()!] = zones;
            var law = StateLaw.Read(state, holidays);
            places._laws[law.Code] = law;
            if (!state.TryGetProperty("name", out var name)) continue;
            places._states.TryAdd(name.GetString()!, zones);
            places._laws.TryAdd(name.GetString()!, law);
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

    /// <summary>Whose law a call or text to this number is under: the states of the addresses on the person's rows, and those of the area code.</summary>
    public IReadOnlyList<StateLaw> LawsOf(Person person, string number) =>
        [.. person.Rows.Select(r => r.State).Concat(number.Length == 12 ? _areaStates.GetValueOrDefault(number[2..5], []) : [])
            .Select(s => _laws.GetValueOrDefault(s)).OfType<StateLaw>().Distinct()];

    /// <summary>Why nobody may call or text there now: the owner's 8:00 to 18:00 of a working day in every zone, and the law of every state; null when one may.</summary>
    public string? WhyClosed(bool call, Person person, string number, DateTimeOffset at)
    {
        var zones = Candidates(person, number);
        if (zones.Count == 0) return "no zone is known, so no hour is allowed";
        foreach (var zone in zones)
        {
            var local = zone.Local(at);
            var holiday = Holidays.On(DateOnly.FromDateTime(local.DateTime));
            if (holiday is not null || local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || local.Hour is < 8 or >= 18)
                return $"{local:ddd yyyy-MM-dd HH:mm:ss} in {zone}{(holiday is null ? "" : $", {holiday}")}";
        }
        return LawsOf(person, number).Select(law => law.WhyClosed(call, at, zones)).FirstOrDefault(w => w is not null);
    }

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
