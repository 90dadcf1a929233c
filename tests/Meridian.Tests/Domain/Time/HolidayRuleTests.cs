using Meridian.Domain.Time;
using NodaTime;
using NodaTime.Text;
using Xunit;

namespace Meridian.Tests.Domain.Time;

public class HolidayRuleTests
{
    /// <summary>From the almanac: the earliest and the latest Easter there are, the two corrections of the Gregorian reckoning, and the years people live in.</summary>
    [Theory]
    [InlineData("1818-03-22"), InlineData("1886-04-25"), InlineData("1943-04-25"), InlineData("1954-04-18"), InlineData("1961-04-02"), InlineData("1981-04-19"), InlineData("1999-04-04"), InlineData("2000-04-23")]
    [InlineData("2024-03-31"), InlineData("2025-04-20"), InlineData("2026-04-05"), InlineData("2027-03-28"), InlineData("2028-04-16"), InlineData("2029-04-01"), InlineData("2030-04-21"), InlineData("2031-04-13")]
    [InlineData("2032-03-28"), InlineData("2033-04-17"), InlineData("2034-04-09"), InlineData("2035-03-25"), InlineData("2038-04-25"), InlineData("2049-04-18"), InlineData("2076-04-19"), InlineData("2285-03-22")]
    public void Easter_is_when_the_almanac_says(string day)
    {
        var sunday = Day(day);
        Assert.Equal(sunday, HolidayRule.Easter("Easter", 0).In(sunday.Year));
        Assert.Equal(sunday.PlusDays(-2), HolidayRule.Easter("Good Friday", -2).In(sunday.Year));
    }

    [Theory]
    [InlineData("2026-06-15"), InlineData("2027-06-21"), InlineData("2028-06-19"), InlineData("2029-06-18"), InlineData("2030-06-17"), InlineData("2031-06-16"), InlineData("2033-06-20")]
    public void Utah_keeps_Juneteenth_on_a_Monday(string day) => Assert.Equal(Day(day), HolidayRule.UtahJuneteenth("Juneteenth").In(Day(day).Year));

    [Theory, InlineData("2026-11-03"), InlineData("2027-11-02"), InlineData("2028-11-07"), InlineData("2033-11-08")]
    public void An_election_is_on_the_Tuesday_after_the_first_Monday(string day) => Assert.Equal(Day(day), HolidayRule.Election("Election Day", evenYearsOnly: false).In(Day(day).Year));

    [Fact]
    public void An_election_of_even_years_is_no_holiday_in_odd_ones()
    {
        var even = new HolidayCalendar([HolidayRule.Election("Election Day", evenYearsOnly: true)]);
        Assert.Equal("Election Day", even.On(Day("2026-11-03"))?.ToString());
        Assert.Null(even.On(Day("2027-11-02")));
        Assert.NotNull(new HolidayCalendar([HolidayRule.Election("Election Day", evenYearsOnly: false)]).On(Day("2027-11-02")));
    }

    [Fact]
    public void A_weekday_of_a_month_is_counted_from_its_beginning_or_its_end()
    {
        Assert.Equal(Day("2027-04-30"), HolidayRule.Last("Arbor Day", 4, IsoDayOfWeek.Friday).In(2027)); // the fifth
        Assert.Equal(Day("2026-04-24"), HolidayRule.Last("Arbor Day", 4, IsoDayOfWeek.Friday).In(2026)); // the fourth
        Assert.Equal(Day("2026-11-27"), HolidayRule.Nth("day after Thanksgiving", 11, 4, IsoDayOfWeek.Thursday).Moved(1).In(2026));
        Assert.Equal(Day("2026-02-17"), HolidayRule.Easter("Mardi Gras", -47).In(2026));
    }

    private static LocalDate Day(string text) => LocalDatePattern.Iso.Parse(text).Value;
}
