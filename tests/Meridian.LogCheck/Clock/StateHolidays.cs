using System.Text.Json;

namespace Meridian.LogCheck.Clock;

/// <summary>The federal holidays and a state's own, from the rules file. A set this reader cannot compute is an error, not a set without holidays.</summary>
internal sealed class StateHolidays
{
    private readonly List<Func<int, (string Name, DateOnly Day)?>> _own = [];

    public StateHolidays(JsonElement set)
    {
        foreach (var day in set.GetProperty("extra").EnumerateArray()) _own.Add(Rule(day));
    }

    public string? On(DateOnly date) => Holidays.On(date)
        ?? _own.Select(rule => rule(date.Year)).FirstOrDefault(d => d is { } own && (own.Day == date || Holidays.Observed(own.Day) == date))?.Name;

    private static Func<int, (string, DateOnly)?> Rule(JsonElement json)
    {
        var name = json.GetProperty("name").GetString()!;
        int Of(string field) => json.GetProperty(field).GetInt32();
        var rule = json.GetProperty("rule").GetString();
        var weekday = json.TryGetProperty("weekday", out var w) ? Enum.GetValues<DayOfWeek>().Single(d => d.ToString().StartsWith(w.GetString()!, StringComparison.OrdinalIgnoreCase)) : default;
        switch (rule)
        {
            case "fixed": var (m, d) = (Of("month"), Of("day")); return y => (name, new DateOnly(y, m, d));
            case "nth": var (nm, nn) = (Of("month"), Of("n")); return y => (name, Holidays.Nth(y, nm, weekday, nn));
            case "nth_offset": var (om, on, oo) = (Of("month"), Of("n"), Of("offset")); return y => (name, Holidays.Nth(y, om, weekday, on).AddDays(oo));
            case "last": var lm = Of("month"); return y => (name, Holidays.Last(y, lm, weekday));
            case "easter": var eo = Of("offset"); return y => (name, Easter(y).AddDays(eo));
            case "election":
                var even = json.GetProperty("even_years_only").GetBoolean();
                return y => even && y % 2 == 1 ? null : (name, Holidays.Nth(y, 11, DayOfWeek.Monday, 1).AddDays(1));
            case "ut_juneteenth":
                return y => (name, new DateOnly(y, 6, 19) is var j && j.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday
                    ? j.AddDays(j.DayOfWeek == DayOfWeek.Saturday ? 2 : 1) : j.AddDays(1 - (int)j.DayOfWeek));
            default: throw new FormatException($"the rules file computes {name} by '{rule}', which this reader does not know");
        }
    }

    /// <summary>By the anonymous Gregorian algorithm.</summary>
    private static DateOnly Easter(int year)
    {
        int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, g = (8 * b + 13) / 25;
        int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 19 * l) / 433;
        var month = (h + l - 7 * m + 90) / 25;
        return new DateOnly(year, month, (h + l - 7 * m + 33 * month + 19) % 32);
    }
}
