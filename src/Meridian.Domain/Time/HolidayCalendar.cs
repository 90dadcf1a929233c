using System.Collections.Concurrent;
using System.Collections.Frozen;
using NodaTime;
using static NodaTime.IsoDayOfWeek;

namespace Meridian.Domain.Time;

/// <summary>The days on which nobody is called: each holiday itself and the day it is observed. Both are closed.</summary>
public sealed class HolidayCalendar(IEnumerable<HolidayRule> rules)
{
    private readonly HolidayRule[] _rules = [.. rules];
    private readonly ConcurrentDictionary<int, FrozenDictionary<LocalDate, Holiday>> _years = new();

    /// <summary>The eleven federal holidays (5 USC 6103(a)) and their observed days (6103(b), E.O. 11582).</summary>
    public static HolidayCalendar Federal { get; } = new(
    [
        HolidayRule.Fixed("New Year's Day", 1, 1),
        HolidayRule.Nth("Martin Luther King Jr. Day", 1, 3, Monday),
        HolidayRule.Nth("Washington's Birthday", 2, 3, Monday),
        HolidayRule.Last("Memorial Day", 5, Monday),
        HolidayRule.Fixed("Juneteenth", 6, 19),
        HolidayRule.Fixed("Independence Day", 7, 4),
        HolidayRule.Nth("Labor Day", 9, 1, Monday),
        HolidayRule.Nth("Columbus Day", 10, 2, Monday),
        HolidayRule.Fixed("Veterans Day", 11, 11),
        HolidayRule.Nth("Thanksgiving Day", 11, 4, Thursday),
        HolidayRule.Fixed("Christmas Day", 12, 25),
    ]);

    /// <summary>No holidays at all.</summary>
    public static HolidayCalendar None { get; } = new([]);

    /// <summary>The holiday on this day, actual or observed; null on an ordinary day. The actual one is named when both meet.</summary>
    public Holiday? On(LocalDate day) => _years.GetOrAdd(day.Year, DaysOf).GetValueOrDefault(day);

    private FrozenDictionary<LocalDate, Holiday> DaysOf(int year)
    {
        var days = new Dictionary<LocalDate, Holiday>();
        foreach (var rule in _rules.Where(r => r.IsKeptIn(year)))
        {
            var actual = rule.In(year);
            days[actual] = new Holiday(actual, rule.Name, false);
        }
        foreach (var rule in _rules)
        {
            if (rule.IsKeptIn(year)) Observe(rule, rule.In(year));
            if (rule.IsKeptIn(year + 1)) Observe(rule, rule.In(year + 1)); // a Saturday New Year is observed on the last day of this year
        }
        return days.ToFrozenDictionary();

        void Observe(HolidayRule rule, LocalDate actual)
        {
            var observed = ObservedDay(actual);
            if (observed != actual && observed.Year == year) days.TryAdd(observed, new Holiday(observed, rule.Name, true));
        }
    }

    private static LocalDate ObservedDay(LocalDate actual) => actual.DayOfWeek switch
    {
        Saturday => actual.PlusDays(-1),
        Sunday => actual.PlusDays(1),
        _ => actual,
    };
}
