using CsCheck;
using Meridian.Domain.Pacing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Domain.Pacing;

public class PaceTests
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 11, 23, 17, 0);

    [Theory, InlineData(0.0, 180_000), InlineData(0.5, 198_000), InlineData(1.0, 216_000)]
    public void The_gap_is_never_shorter_and_at_most_a_fifth_longer(double jitter, int milliseconds) =>
        Assert.Equal(Noon + Duration.FromMilliseconds(milliseconds), Pace.NextSlot(Noon, 180, jitter));

    [Theory, InlineData(-0.1), InlineData(1.1), InlineData(double.NaN)]
    public void Chance_outside_its_range_is_a_broken_promise(double jitter) =>
        Assert.StartsWith("between 0 and 1", Assert.Throws<ArgumentOutOfRangeException>(() => Pace.NextSlot(Noon, 180, jitter)).Message);

    [Fact]
    public void A_gap_is_never_less_than_none()
    {
        Assert.Equal(Noon, Pace.NextSlot(Noon, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pace.NextSlot(Noon, -1, 0));
    }

    [Fact]
    public void A_begin_leaves_the_hour_exactly_one_hour_later_and_a_cap_of_nothing_is_looked_at_again()
    {
        Assert.Null(Pace.WaitForHour([Noon - Duration.FromHours(1)], 1, Noon));
        Assert.Equal(Noon + Duration.FromSeconds(1), Pace.WaitForHour([Noon - Duration.FromSeconds(3599)], 1, Noon));
        Assert.Equal(Noon + Duration.FromHours(1), Pace.WaitForHour([], 0, Noon));
    }

    [Fact]
    public void The_rolling_hour_has_room_exactly_when_it_says() =>
        Gen.Select(Gen.Int[0, 4000].List[0, 40], Gen.Int[1, 25]).Sample((agesSeconds, cap) =>
        {
            Instant[] begun = [.. agesSeconds.Select(s => Noon - Duration.FromSeconds(s))];
            int CountAt(Instant at) => begun.Count(b => b + Duration.FromHours(1) > at);
            if (Pace.WaitForHour(begun, cap, Noon) is not { } until) return CountAt(Noon) < cap;
            return CountAt(Noon) >= cap && until > Noon && CountAt(until) < cap && CountAt(until - Duration.FromMilliseconds(1)) >= cap;
        });

    [Fact]
    public void A_day_ends_where_the_next_begins_also_when_clocks_change()
    {
        foreach (var day in new[] { new LocalDate(2026, 3, 8), new LocalDate(2026, 11, 1), new LocalDate(2026, 7, 1) })
        {
            var end = Pace.DayEnds(day, "America/New_York");
            Assert.Equal(day, Pace.DayOf(end - Duration.FromMilliseconds(1), "America/New_York"));
            Assert.Equal(day.PlusDays(1), Pace.DayOf(end, "America/New_York"));
        }
    }

    [Theory, InlineData(0, 10), InlineData(7, 17), InlineData(14, 25), InlineData(27, 38), InlineData(28, 40), InlineData(400, 40), InlineData(-3, 10)]
    public void A_new_mailbox_climbs_from_ten_to_its_cap_in_four_weeks(int age, int cap)
    {
        var since = new LocalDate(2026, 11, 1);
        Assert.Equal(cap, WarmUp.CapOn(since.PlusDays(age), since, 40));
        Assert.Equal(40, WarmUp.CapOn(since.PlusDays(age), null, 40));
        Assert.Equal(5, WarmUp.CapOn(since.PlusDays(age), since, 5));
    }

    [Fact]
    public void A_warm_up_never_falls_and_never_passes_the_cap() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 2000]).Sample((age, full) =>
        {
            var since = new LocalDate(2026, 1, 1);
            var (today, tomorrow) = (WarmUp.CapOn(since.PlusDays(age), since, full), WarmUp.CapOn(since.PlusDays(age + 1), since, full));
            return today <= tomorrow && tomorrow <= full;
        });
}
