using Meridian.Domain.Time;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Domain.Time;

public class HolidayCalendarTests
{
    [Theory]
    [InlineData("2026-01-01", "New Year's Day"), InlineData("2026-01-19", "Martin Luther King Jr. Day"), InlineData("2026-02-16", "Washington's Birthday")]
    [InlineData("2026-05-25", "Memorial Day"), InlineData("2026-06-19", "Juneteenth"), InlineData("2026-07-03", "Independence Day (observed)")]
    [InlineData("2026-07-04", "Independence Day"), InlineData("2026-09-07", "Labor Day"), InlineData("2026-10-12", "Columbus Day")]
    [InlineData("2026-11-11", "Veterans Day"), InlineData("2026-11-26", "Thanksgiving Day"), InlineData("2026-12-25", "Christmas Day")]
    [InlineData("2021-12-31", "New Year's Day (observed)"), InlineData("2027-12-31", "New Year's Day (observed)"), InlineData("2028-01-01", "New Year's Day")]
    [InlineData("2023-01-02", "New Year's Day (observed)"), InlineData("2027-06-18", "Juneteenth (observed)"), InlineData("2027-12-24", "Christmas Day (observed)")]
    [InlineData("2022-12-26", "Christmas Day (observed)"), InlineData("2023-11-10", "Veterans Day (observed)"), InlineData("2027-05-31", "Memorial Day")]
    [InlineData("2026-12-31", null), InlineData("2026-11-27", null), InlineData("2026-12-24", null), InlineData("2022-01-03", null)]
    public void A_holiday_and_its_observed_day_are_named(string day, string? name) =>
        Assert.Equal(name, HolidayCalendar.Federal.On(NodaTime.Text.LocalDatePattern.Iso.Parse(day).Value)?.ToString());

    [Fact]
    public void Every_year_has_eleven_holidays_and_one_weekday_off_for_each()
    {
        for (var year = 2024; year <= 2040; year++)
        {
            var days = Enumerable.Range(-5, 375).Select(i => new LocalDate(year, 1, 1).PlusDays(i)).Select(HolidayCalendar.Federal.On).OfType<Holiday>().ToList();
            Assert.Equal(11, days.Count(h => !h.Observed && h.Date.Year == year));
            foreach (var weekend in days.Where(h => !h.Observed && h.Date.DayOfWeek >= IsoDayOfWeek.Saturday && h.Date.Year == year))
                Assert.Contains(days, h => h.Observed && h.Name == weekend.Name && Math.Abs(Period.DaysBetween(h.Date, weekend.Date)) == 1);
            Assert.All(days.Where(h => h.Observed), h => Assert.True(h.Date.DayOfWeek is IsoDayOfWeek.Friday or IsoDayOfWeek.Monday));
        }
    }
}
