using Meridian.Domain.Time;
using NodaTime;

namespace Meridian.Engine;

/// <summary>
/// The owner's days are those of a place. <c>EST</c>, <c>EST5EDT</c> or <c>Etc/GMT+5</c> are offsets and names of old: most forget the summer, so that
/// budgets, hours and reports would be an hour off for half the year.
/// </summary>
public static class OwnersZone
{
    /// <summary>What is wrong with it and the fix, to stand after its name; null: nothing.</summary>
    public static string? Problem(string zone) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null && CanonicalZone.Of(zone) is not null
        ? null
        : $"give the IANA zone of a place, such as {Meant(zone.Trim())}";

    private static string Meant(string zone) => zone.ToUpperInvariant() switch
    {
        "CST" or "CST6CDT" or "CDT" or "ETC/GMT+6" => "America/Chicago",
        "MST7MDT" or "MDT" => "America/Denver",
        "MST" or "ETC/GMT+7" => "America/Phoenix (America/Denver where clocks change)",
        "PST" or "PST8PDT" or "PDT" or "ETC/GMT+8" => "America/Los_Angeles",
        "AKST" or "AKDT" or "ETC/GMT+9" => "America/Anchorage",
        "HST" or "ETC/GMT+10" => "Pacific/Honolulu",
        _ => "America/New_York",
    };
}
