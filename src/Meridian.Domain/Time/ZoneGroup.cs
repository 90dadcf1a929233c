using NodaTime;

namespace Meridian.Domain.Time;

/// <summary>The zone a person counts under when a day's capacity is shared out: of the candidates, the one whose window closes first.</summary>
public static class ZoneGroup
{
    /// <summary>The group of those whose zone nobody knows.</summary>
    public const string Unknown = "unknown";

    /// <summary>
    /// The easternmost candidate by standard offset; of two with the same (Denver, Phoenix), the one whose summer clock runs ahead. Canonical, and the
    /// same all year round, so that a day's shares do not move under a touch.
    /// </summary>
    public static string Of(IReadOnlyList<string> zones, Instant at)
    {
        if (zones.Count == 0) return Unknown;
        return CanonicalZone.All(zones)
            .OrderByDescending(z => CanonicalZone.Rules(z).GetZoneInterval(at).StandardOffset)
            .ThenByDescending(z => FurthestAhead(z, at))
            .First(); // already in ordinal order, and the sort is stable
    }

    /// <summary>Groups from the one whose day ends first to the one whose day ends last.</summary>
    public static IReadOnlyList<string> EastToWest(IEnumerable<string> groups, Instant at) =>
        [.. groups.Order(StringComparer.Ordinal)
            .OrderBy(g => g == Unknown)
            .ThenByDescending(g => g == Unknown ? Offset.Zero : CanonicalZone.Rules(g).GetZoneInterval(at).StandardOffset)
            .ThenByDescending(g => g == Unknown ? Offset.Zero : FurthestAhead(g, at))];

    private static Offset FurthestAhead(string zone, Instant at) =>
        CanonicalZone.Rules(zone).GetZoneIntervals(at, at + Duration.FromDays(366)).Max(i => i.WallOffset);
}
