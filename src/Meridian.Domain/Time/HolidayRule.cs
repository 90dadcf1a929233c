using NodaTime;

namespace Meridian.Domain.Time;

/// <summary>How a holiday finds its day in a year.</summary>
/// <param name="ShiftsFromWeekend">Also kept on Friday when it falls on Saturday, on Monday when it falls on Sunday.</param>
public sealed record HolidayRule(string Name, Func<int, LocalDate> In, bool ShiftsFromWeekend = true)
{
    /// <summary>The same date every year.</summary>
    public static HolidayRule Fixed(string name, int month, int day) => new(name, year => new LocalDate(year, month, day));

    /// <summary>The nth such weekday of a month, counted from 1.</summary>
    public static HolidayRule Nth(string name, int month, int n, IsoDayOfWeek weekday) =>
        new(name, year => LocalDate.FromYearMonthWeekAndDay(year, month, n, weekday));

    /// <summary>The last such weekday of a month.</summary>
    public static HolidayRule Last(string name, int month, IsoDayOfWeek weekday) =>
        new(name, year => LocalDate.FromYearMonthWeekAndDay(year, month, 5, weekday)); // week 5 means the last one there is
}
