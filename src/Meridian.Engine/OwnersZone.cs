using NodaTime;
using NodaTime.TimeZones;

namespace Meridian.Engine;

/// <summary>
/// The owner's days are those of a place, by any name that leads there: <c>Singapore</c>, <c>US/Eastern</c>. <c>EST</c>, <c>EST5EDT</c> or
/// <c>Etc/GMT+5</c> are offsets and names of old: most forget the summer, so that budgets, hours and reports would be an hour off for half the year.
/// </summary>
public static class OwnersZone
{
    /// <summary>Names of offsets of old that lead to a place whose clock never changes; whoever writes them means another place more often than not.</summary>
    private static readonly string[] Offsets = ["EST", "MST", "HST"];

    /// <summary>What is wrong with it and the fix, to stand after its name; null: nothing.</summary>
    public static string? Problem(string zone) => !Offsets.Contains(zone) && PlaceOf(zone) is not null ? null : $"give the IANA zone of a place, such as {Meant(zone.Trim())}";

    /// <summary>The place a name leads to; null: none.</summary>
    private static string? PlaceOf(string zone) =>
        TzdbDateTimeZoneSource.Default.CanonicalIdMap.TryGetValue(zone, out var id) && id.Contains('/') && !id.StartsWith("Etc/", StringComparison.Ordinal) ? id : null;

    private static string Meant(string zone) => zone.ToUpperInvariant() switch
    {
        "EST" or "EST5EDT" or "EDT" or "ETC/GMT+5" => "America/New_York",
        "CST" or "CST6CDT" or "CDT" or "ETC/GMT+6" => "America/Chicago",
        "MST7MDT" or "MDT" => "America/Denver",
        "MST" or "ETC/GMT+7" => "America/Phoenix (America/Denver where clocks change)",
        "PST" or "PST8PDT" or "PDT" or "ETC/GMT+8" => "America/Los_Angeles",
        "AKST" or "AKDT" or "ETC/GMT+9" => "America/Anchorage",
        "HST" or "ETC/GMT+10" => "Pacific/Honolulu",
        _ => Like(zone.Replace(' ', '_')) ?? "America/New_York",
    };

    /// <summary>The place whose name this is but for capitals, or but for what stands before it: <c>berlin</c>, <c>america/chicago</c>.</summary>
    private static string? Like(string zone)
    {
        var places = DateTimeZoneProviders.Tzdb.Ids.Select(id => (Id: id, Place: PlaceOf(id))).Where(p => p.Place is not null).ToList();
        return places.Find(p => p.Id.Equals(zone, StringComparison.OrdinalIgnoreCase)).Place
            ?? places.Find(p => p.Id.EndsWith($"/{zone}", StringComparison.OrdinalIgnoreCase)).Place;
    }
}
