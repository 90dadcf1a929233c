using NodaTime;

namespace Meridian.Domain.Time;

/// <summary>What the clock says where the person may be.</summary>
/// <param name="Holiday">The holiday on that local day, if it is one.</param>
public sealed record LocalHere(string Zone, LocalDateTime Time, bool IsOpen, Holiday? Holiday, ContactHours Hours)
{
    /// <summary>The laws that bar this moment, beside the owner's own hours.</summary>
    public required IReadOnlyList<HoursRule> BarredBy { get; init; }

    /// <summary>Why it is closed here, in one clause; null when it is open.</summary>
    public string? ClosedBecause =>
        IsOpen ? null
        : Holiday is not null ? $"{ContactHours.Short(Time.DayOfWeek)} {Time.Date:uuuu-MM-dd} is {Holiday} in {CanonicalZone.Place(Zone)}{Law}"
        : $"it is {this}; hours are {Hours}{Law}";

    private string Law => BarredBy.Count == 0 ? "" : $" ({string.Join("; ", BarredBy)})";

    /// <summary>For people: <c>07:40 Mon in Honolulu</c>.</summary>
    public override string ToString() => $"{Time:HH:mm} {ContactHours.Short(Time.DayOfWeek)} in {CanonicalZone.Place(Zone)}";
}
