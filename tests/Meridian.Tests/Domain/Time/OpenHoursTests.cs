using Meridian.Domain.Time;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Domain.Time;

public class OpenHoursTests
{
    private static readonly OpenHours Day = new(new(8, 0), new(21, 0)), Evening = new(new(20, 0), LocalTime.Midnight), Lunch = new(new(12, 0), new(14, 0)), Morning = new(new(8, 0), new(12, 0));

    [Fact]
    public void A_stretch_without_an_hour_is_a_broken_promise()
    {
        Assert.StartsWith("hours from 10:00:00 to 09:00:00 are empty", Assert.Throws<ArgumentException>(() => new OpenHours(new(10, 0), new(9, 0))).Message);
        Assert.Throws<ArgumentException>(() => new OpenHours(new(10, 0), new(10, 0)));
    }

    [Fact]
    public void Two_stretches_share_what_both_allow_also_up_to_midnight()
    {
        Assert.Equal(new OpenHours(new(20, 0), new(21, 0)), OpenHours.Intersect(Day, Evening));
        Assert.Equal(new OpenHours(new(20, 0), new(21, 0)), OpenHours.Intersect(Evening, Day));
        Assert.Equal(Evening, OpenHours.Intersect(Evening, new(LocalTime.Midnight, LocalTime.Midnight)));
        Assert.Equal(Lunch, OpenHours.Intersect(Day, Lunch));
        Assert.Null(OpenHours.Intersect(Morning, Evening));
        Assert.Null(OpenHours.Intersect(Morning, Lunch)); // one ends as the other begins
        Assert.Null(OpenHours.Intersect(Day, null));
        Assert.Null(OpenHours.Intersect(null, Day));
    }

    [Fact]
    public void The_first_minute_is_inside_and_the_last_is_not()
    {
        Assert.True(Lunch.Contains(new(12, 0)));
        Assert.False(Lunch.Contains(new(14, 0)));
        Assert.True(Evening.Contains(new(23, 59)));
        Assert.False(Evening.Contains(LocalTime.Midnight));
    }

    [Fact]
    public void The_same_week_is_the_same_whoever_wrote_it()
    {
        var week = ContactHours.On(new(new(8, 0), new(18, 0)), IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday, IsoDayOfWeek.Friday);
        Assert.True(week.Equals(ContactHours.OwnerDefault) && week.GetHashCode() == ContactHours.OwnerDefault.GetHashCode());
        Assert.False(week.Equals(week.WithSaturday()));
        Assert.False(week.Equals((object?)null));
        Assert.False(week.Equals("08:00-18:00 Mon-Fri"));
        Assert.Null(week[IsoDayOfWeek.Sunday]);
        Assert.Equal("10:00-12:00 Sat", ContactHours.On(new(new(10, 0), new(11, 0)), IsoDayOfWeek.Saturday).WithSaturday(new(new(10, 0), new(12, 0))).ToString()); // in place of the old hours
        Assert.Equal("08:00-12:00 Mon", ContactHours.On(Morning, IsoDayOfWeek.Monday).WithSaturday().ToString());                                                // no Friday to follow
    }
}
