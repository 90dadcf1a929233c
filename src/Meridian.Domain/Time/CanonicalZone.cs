using System.Collections.Frozen;
using NodaTime;
using NodaTime.TimeZones;

namespace Meridian.Domain.Time;

/// <summary>
/// One name for every clock. Zones that have shown the same time since 2011 (Metlakatla since 2019) become one,
/// so that windows stay few. A test compares each pair for every day from 2024 to 2035.
/// </summary>
public static class CanonicalZone
{
    private static readonly FrozenDictionary<string, string> SameClock = new Dictionary<string, string>
    {
        ["America/Detroit"] = "America/New_York",
        ["America/Indiana/Indianapolis"] = "America/New_York",
        ["America/Indiana/Marengo"] = "America/New_York",
        ["America/Indiana/Petersburg"] = "America/New_York",
        ["America/Indiana/Vevay"] = "America/New_York",
        ["America/Indiana/Vincennes"] = "America/New_York",
        ["America/Indiana/Winamac"] = "America/New_York",
        ["America/Kentucky/Louisville"] = "America/New_York",
        ["America/Kentucky/Monticello"] = "America/New_York",
        ["America/Indiana/Knox"] = "America/Chicago",
        ["America/Indiana/Tell_City"] = "America/Chicago",
        ["America/Menominee"] = "America/Chicago",
        ["America/North_Dakota/Beulah"] = "America/Chicago",
        ["America/North_Dakota/Center"] = "America/Chicago",
        ["America/North_Dakota/New_Salem"] = "America/Chicago",
        ["America/Boise"] = "America/Denver",
        ["America/Juneau"] = "America/Anchorage",
        ["America/Metlakatla"] = "America/Anchorage",
        ["America/Nome"] = "America/Anchorage",
        ["America/Sitka"] = "America/Anchorage",
        ["America/Yakutat"] = "America/Anchorage",
        ["America/St_Thomas"] = "America/Puerto_Rico",
        ["Pacific/Saipan"] = "Pacific/Guam",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The zones that are folded into another, with the one that stands for them.</summary>
    public static IReadOnlyDictionary<string, string> Folded => SameClock;

    /// <summary>The name that stands for this zone's clock; null when the text is not a place's IANA zone (UTC and fixed offsets are nobody's place).</summary>
    public static string? Of(string? zone)
    {
        var id = zone?.Trim();
        if (string.IsNullOrEmpty(id) || !id.Contains('/') || id.StartsWith("Etc/", StringComparison.OrdinalIgnoreCase)) return null;
        if (SameClock.TryGetValue(id, out var folded)) return folded;
        if (!TzdbDateTimeZoneSource.Default.CanonicalIdMap.TryGetValue(id, out var canonical)) return null;
        return SameClock.GetValueOrDefault(canonical, canonical);
    }

    /// <summary>Distinct canonical names in ordinal order. Throws when a name is unknown: callers pass zones they were given by this domain.</summary>
    public static IReadOnlyList<string> All(IEnumerable<string> zones) =>
        [.. zones.Select(z => Of(z) ?? throw new ArgumentException($"'{z}' is not the IANA zone of a place", nameof(zones)))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The zone's rules, from NodaTime's own copy of tzdb: the host's does not matter.</summary>
    public static DateTimeZone Rules(string zone) => DateTimeZoneProviders.Tzdb[zone];

    /// <summary>The place's name for people: <c>America/New_York</c> → New York. A statute's fixed clock is no place: <c>Etc/GMT+6</c> → UTC-6.</summary>
    public static string Place(string zone) => zone.StartsWith("Etc/GMT+", StringComparison.Ordinal) ? $"UTC-{zone[8..]}" : zone[(zone.LastIndexOf('/') + 1)..].Replace('_', ' ');
}
