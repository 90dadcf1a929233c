using NodaTime;

namespace Meridian.Domain.Time;

/// <summary>How a holiday finds its day in a year.</summary>
/// <param name="EvenYearsOnly">Kept in even years only.</param>
public sealed record HolidayRule(string Name, Func<int, LocalDate> In, bool EvenYearsOnly = false)
{
    /// <summary>True when the year has this day.</summary>
    public bool IsKeptIn(int year) => !EvenYearsOnly || year % 2 == 0;

    /// <summary>The same holiday so many days later.</summary>
    public HolidayRule Moved(int days) => this with { In = year => In(year).PlusDays(days) };

    /// <summary>So many days after Easter Sunday (Gregorian, by Meeus).</summary>
    public static HolidayRule Easter(string name, int offset) => new(name, year => EasterSunday(year).PlusDays(offset));

    /// <summary>The Tuesday after the first Monday of November.</summary>
    public static HolidayRule Election(string name, bool evenYearsOnly) =>
        new(name, year => LocalDate.FromYearMonthWeekAndDay(year, 11, 1, IsoDayOfWeek.Monday).PlusDays(1), EvenYearsOnly: evenYearsOnly);

    /// <summary>Utah keeps Juneteenth on a Monday: the one before when the 19th is Tuesday to Friday, the one after at a weekend (Utah Code 63G-1-301).</summary>
    public static HolidayRule UtahJuneteenth(string name) => new(name, year =>
    {
        var day = new LocalDate(year, 6, 19);
        return day.DayOfWeek >= IsoDayOfWeek.Saturday ? day.Next(IsoDayOfWeek.Monday) : day.PlusDays(-((int)day.DayOfWeek - 1));
    });

    /// <summary>The same date every year.</summary>
    public static HolidayRule Fixed(string name, int month, int day) => new(name, year => new LocalDate(year, month, day));

    /// <summary>The nth such weekday of a month, counted from 1.</summary>
    public static HolidayRule Nth(string name, int month, int n, IsoDayOfWeek weekday) =>
        new(name, year => LocalDate.FromYearMonthWeekAndDay(year, month, n, weekday));

    /// <summary>The last such weekday of a month.</summary>
    public static HolidayRule Last(string name, int month, IsoDayOfWeek weekday) =>
        new(name, year => LocalDate.FromYearMonthWeekAndDay(year, month, 5, weekday)); // week 5 means the last one there is

    private static LocalDate EasterSunday(int year)
    {
        var (golden, century, rest) = (year % 19, year / 100, year % 100);
        var epact = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
        var weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
        var late = (golden + 11 * epact + 22 * weekday) / 451;
        var days = epact + weekday - 7 * late + 114;
        return new LocalDate(year, days / 31, days % 31 + 1);
    }
}
