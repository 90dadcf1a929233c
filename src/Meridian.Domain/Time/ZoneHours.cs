using NodaTime;
using NodaTime.TimeZones;

namespace Meridian.Domain.Time;

/// <summary>
/// What all rules allow on one zone's clock. The strict reading wins where a clock is set: open at the later of two 01:30s, closed at the earlier.
/// </summary>
internal sealed class ZoneHours(string zone, IReadOnlyList<HoursRule> rules)
{
    private static readonly ZoneLocalMappingResolver OpensAt = Resolvers.CreateMappingResolver(Resolvers.ReturnLater, Resolvers.ReturnStartOfIntervalAfter);
    private static readonly ZoneLocalMappingResolver ClosesAt = Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnStartOfIntervalAfter);

    private readonly DateTimeZone _rules = CanonicalZone.Rules(zone);
    private readonly ContactHours _hours = rules.Select(r => r.Hours).Aggregate((a, b) => a.Intersect(b));
    private Day? _last; // the day asked about last: immutable and replaced whole, so any thread may

    /// <summary>The open stretch that holds <paramref name="at"/>, else the first one that begins by <paramref name="limit"/>; null when there is none.</summary>
    public (Instant Start, Instant End)? Stretch(Instant at, Instant limit)
    {
        for (var day = at.InZone(_rules).Date; ; day = day.PlusDays(1))
        {
            var here = DayOf(day);
            if (here.Begins > limit) return null;
            if (here.Open is { } stretch && stretch.End > at) return stretch.Start <= limit ? stretch : null;
        }
    }

    public LocalHere Here(Instant at)
    {
        var local = at.InZone(_rules).LocalDateTime;
        var holiday = rules.Where(Bars).Select(r => r.Holidays.On(local.Date)).FirstOrDefault(h => h is not null);
        return new LocalHere(zone, local, Stretch(at, at) is not null, holiday, _hours) { BarredBy = [.. rules.Skip(1).Where(Bars)] };

        bool Bars(HoursRule rule) => rule.On(local.Date)?.Contains(local.TimeOfDay) != true;
    }

    private Day DayOf(LocalDate date)
    {
        if (_last is { } last && last.Date == date) return last;
        return _last = new Day(date, _rules.AtStartOfDay(date).ToInstant(), StretchOn(date));
    }

    private (Instant Start, Instant End)? StretchOn(LocalDate day)
    {
        var open = rules[0].On(day);
        for (var i = 1; i < rules.Count && open is not null; i++) open = OpenHours.Intersect(open, rules[i].On(day));
        if (open is null) return null;
        var start = (day + open.From).InZone(_rules, OpensAt);
        var end = open.To == LocalTime.Midnight ? _rules.AtStartOfDay(day.PlusDays(1)) : (day + open.To).InZone(_rules, ClosesAt);
        return start.ToInstant() < end.ToInstant() ? (start.ToInstant(), end.ToInstant()) : null;
    }

    private sealed record Day(LocalDate Date, Instant Begins, (Instant Start, Instant End)? Open);
}
