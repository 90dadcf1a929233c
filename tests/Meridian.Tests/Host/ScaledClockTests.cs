using Meridian.Host.Demo;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Meridian.Tests.Host;

public class ScaledClockTests
{
    private static readonly DateTimeOffset World = new(2026, 11, 16, 13, 30, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider machine = new(new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void The_world_begins_at_its_start_and_runs_so_many_times_as_fast_as_the_machine()
    {
        var clock = new ScaledClock(World, 60, machine);
        Assert.Equal(World, clock.GetUtcNow());
        machine.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(World + TimeSpan.FromMinutes(10), clock.GetUtcNow());
    }

    [Fact]
    public void A_timer_of_a_minute_fires_after_a_machine_second_and_again_after_the_next()
    {
        var fired = 0;
        using var timer = new ScaledClock(World, 60, machine).CreateTimer(_ => fired++, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        machine.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, fired);
        machine.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, fired);
        machine.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, fired);
    }

    [Fact]
    public void A_timer_that_is_changed_keeps_the_worlds_pace_and_one_that_never_fires_never_does()
    {
        var fired = 0;
        using var timer = new ScaledClock(World, 60, machine).CreateTimer(_ => fired++, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        machine.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, fired);
        timer.Change(TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        machine.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, fired);
        machine.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_timer_never_fires_before_the_worlds_clock_is_there()
    {
        var clock = new ScaledClock(World, 7, machine);
        DateTimeOffset? seen = null;
        using var timer = clock.CreateTimer(_ => seen = clock.GetUtcNow(), null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);
        machine.Advance(TimeSpan.FromMilliseconds(15));
        Assert.True(seen >= World + TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void What_is_measured_is_measured_on_the_machine()
    {
        var clock = new ScaledClock(World, 60, machine);
        var began = clock.GetTimestamp();
        machine.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), clock.GetElapsedTime(began));
    }
}
