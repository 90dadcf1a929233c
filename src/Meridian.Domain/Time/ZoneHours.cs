using NodaTime;
using NodaTime.TimeZones;

namespace Meridian.Domain.Time;

/// <summary>Contact hours on one zone's clock. The strict reading wins where a clock is set: open at the later of two 01:30s, closed at the earlier.</summary>
internal sealed class ZoneHours(string zone, ContactHours hours, HolidayCalendar holidays)
{
    private static readonly ZoneLocalMappingResolver OpensAt = Resolvers.CreateMappingResolver(Resolvers.ReturnLater, Resolvers.ReturnStartOfIntervalAfter);
    private static readonly ZoneLocalMappingResolver ClosesAt = Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    private readonly DateTimeZone _rules = CanonicalZone.Rules(zone);

    /// <summary>The open stretch that holds <paramref name="at"/>, else the first one that begins by <paramref name="limit"/>; null when there is none.</summary>
    public (Instant Start, Instant End)? Stretch(Instant at, Instant limit)
    {
        for (var day = at.InZone(_rules).Date; _rules.AtStartOfDay(day).ToInstant() <= limit; day = day.PlusDays(1))
        {
            if (StretchOn(day) is { } stretch && stretch.End > at) return stretch.Start <= limit ? stretch : null;
        }
        return null;
    }

    public LocalHere Here(Instant at)
    {
        var local = at.InZone(_rules).LocalDateTime;
        return new LocalHere(zone, local, Stretch(at, at) is not null, holidays.On(local.Date), hours);
    }

    private (Instant Start, Instant End)? StretchOn(LocalDate day)
    {
        if (hours[day.DayOfWeek] is not { } open || holidays.On(day) is not null) return null;
        var start = open.From == LocalTime.Midnight ? _rules.AtStartOfDay(day) : (day + open.From).InZone(_rules, OpensAt);
        var end = open.To == LocalTime.Midnight ? _rules.AtStartOfDay(day.PlusDays(1)) : (day + open.To).InZone(_rules, ClosesAt);
        return start.ToInstant() < end.ToInstant() ? (start.ToInstant(), end.ToInstant()) : null;
    }
}
