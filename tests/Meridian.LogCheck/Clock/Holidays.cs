namespace Meridian.LogCheck.Clock;

/// <summary>The eleven federal holidays of 5 USC 6103, on the day itself and on the day it is observed (Friday for a Saturday, Monday for a Sunday).</summary>
public static class Holidays
{
    public static string? On(DateOnly date)
    {
        foreach (var (name, day) in Of(date.Year).Concat(Of(date.Year + 1)))
            if (day == date || Observed(day) == date) return day == date ? name : name + ", observed";
        return null;
    }

    internal static DateOnly Observed(DateOnly day) => day.DayOfWeek switch
    {
        DayOfWeek.Saturday => day.AddDays(-1),
        DayOfWeek.Sunday => day.AddDays(1),
        _ => day,
    };

    private static IEnumerable<(string Name, DateOnly Day)> Of(int year) =>
    [
        ("New Year's Day", new(year, 1, 1)),
        ("Birthday of Martin Luther King, Jr.", Nth(year, 1, DayOfWeek.Monday, 3)),
        ("Washington's Birthday", Nth(year, 2, DayOfWeek.Monday, 3)),
        ("Memorial Day", Last(year, 5, DayOfWeek.Monday)),
        ("Juneteenth", new(year, 6, 19)),
        ("Independence Day", new(year, 7, 4)),
        ("Labor Day", Nth(year, 9, DayOfWeek.Monday, 1)),
        ("Columbus Day", Nth(year, 10, DayOfWeek.Monday, 2)),
        ("Veterans Day", new(year, 11, 11)),
        ("Thanksgiving Day", Nth(year, 11, DayOfWeek.Thursday, 4)),
        ("Christmas Day", new(year, 12, 25)),
    ];

    internal static DateOnly Nth(int year, int month, DayOfWeek weekday, int n)
    {
        var first = new DateOnly(year, month, 1);
        return first.AddDays(((int)weekday - (int)first.DayOfWeek + 7) % 7 + 7 * (n - 1));
    }

    internal static DateOnly Last(int year, int month, DayOfWeek weekday)
    {
        var last = new DateOnly(year, month, DateTime.DaysInMonth(year, month));
        return last.AddDays(-(((int)last.DayOfWeek - (int)weekday + 7) % 7));
    }
}
