using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>
/// The owner's hours once more, by <see cref="TimeZoneInfo"/> and a list of days written by hand: the laws of the simulator must not lean on the
/// code they judge.
/// </summary>
internal static class SimHours
{
    private static readonly HashSet<string> Holidays =
    [
        "2026-05-25", "2026-06-19", "2026-07-03", "2026-07-04", "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
        "2027-01-01", "2027-01-18", "2027-02-15", "2027-05-31", "2027-06-18", "2027-06-19", "2027-07-04", "2027-07-05", "2027-09-06", "2027-10-11", "2027-11-11", "2027-11-25", "2027-12-24", "2027-12-25", "2027-12-31",
    ];

    /// <summary>Null: open.</summary>
    public static string? Closed(Instant at, string zone)
    {
        var local = TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), TimeZoneInfo.FindSystemTimeZoneById(zone));
        if (local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) return $"{local:ddd HH:mm} in {zone}";
        if (Holidays.Contains(local.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture))) return $"{local:yyyy-MM-dd} is a holiday in {zone}";
        return local.Hour is >= 8 and < 18 ? null : $"{local:HH:mm:ss} in {zone}";
    }
}
