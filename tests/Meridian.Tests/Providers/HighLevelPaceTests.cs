using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Http;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Sandbox;
using Meridian.Tests.Sandbox;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Meridian.Tests.Providers;

public class HighLevelPaceTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task However_many_want_to_ask_no_ten_seconds_see_more_than_a_hundred_requests()
    {
        var pace = new HighLevelPace(clock);
        var gone = new List<TimeSpan>();
        var began = clock.GetTimestamp();
        for (var n = 0; n < 600; n++)
        {
            Assert.Null(await PassAsync(pace.EnterAsync(n % 2 == 0 ? Haste.Urgent : Haste.Patient, default)));
            gone.Add(clock.GetElapsedTime(began));
            pace.Heard(200, new RateHeaders(100, TimeSpan.FromSeconds(10), 50, 190_000), null);
        }

        Assert.All(gone, at => Assert.InRange(gone.Count(g => g >= at && g < at + TimeSpan.FromSeconds(10)), 1, 100));
        Assert.InRange(gone.Count(g => g < TimeSpan.FromSeconds(10)), 50, 70); // six a second at first
        Assert.InRange(pace.PerSecond, 8.9, 9.1); // and more while nothing is refused
    }

    [Fact]
    public async Task After_a_429_everybody_rests_as_long_as_it_says_and_then_goes_half_as_fast()
    {
        var pace = new HighLevelPace(clock);
        var before = pace.PerSecond;
        pace.Heard(429, null, TimeSpan.FromSeconds(4));
        pace.Heard(429, null, TimeSpan.FromSeconds(4)); // was on its way
        Assert.Equal(before / 2, pace.PerSecond);
        var entering = pace.EnterAsync(Haste.Urgent, default);
        clock.Advance(TimeSpan.FromSeconds(3.9));
        Assert.False(entering.IsCompleted);
        Assert.Null(await PassAsync(entering));
        clock.Advance(TimeSpan.FromSeconds(10));
        pace.Heard(200, null, null);
        Assert.InRange(pace.PerSecond, before / 2 + 0.1, before);
    }

    [Fact]
    public async Task Who_would_wait_longer_than_a_permit_lives_is_told_so_at_once()
    {
        var pace = new HighLevelPace(clock);
        pace.Heard(429, null, TimeSpan.FromMinutes(5));
        Assert.Equal("HighLevel asked us to slow down; the next request may go in 300 s", await pace.EnterAsync(Haste.Urgent, default));
    }

    [Fact]
    public async Task When_few_are_left_only_urgent_work_goes_on()
    {
        var pace = new HighLevelPace(clock);
        pace.Heard(200, new RateHeaders(100, TimeSpan.FromSeconds(10), 3, 150_000), null);
        var patient = pace.EnterAsync(Haste.Patient, default);
        Assert.Null(await pace.EnterAsync(Haste.Urgent, default));
        Assert.False(patient.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await PassAsync(patient));
    }

    [Fact]
    public async Task The_last_two_thousand_of_a_day_are_for_sending()
    {
        var pace = new HighLevelPace(clock);
        pace.Heard(200, new RateHeaders(100, TimeSpan.FromSeconds(10), 90, 1999), null);
        Assert.Equal("HighLevel allows 1999 more requests today; they are kept for sending", await pace.EnterAsync(Haste.Patient, default));
        Assert.Null(await pace.EnterAsync(Haste.Urgent, default));
        clock.Advance(TimeSpan.FromHours(1)); // somebody asks whether a new day has begun
        Assert.Null(await pace.EnterAsync(Haste.Patient, default));
        Assert.NotNull(await pace.EnterAsync(Haste.Patient, default));
        pace.Heard(200, new RateHeaders(100, TimeSpan.FromSeconds(10), 90, 199_990), null);
        Assert.Null(await pace.EnterAsync(Haste.Patient, default));
    }

    [Fact]
    public async Task A_world_that_announces_more_is_asked_faster()
    {
        var pace = new HighLevelPace(clock);
        pace.Heard(200, new RateHeaders(10_000_000, TimeSpan.FromSeconds(10), 9_999_999, int.MaxValue), null);
        clock.Advance(TimeSpan.FromMilliseconds(10));
        for (var n = 0; n < 5000; n++) Assert.Null(await pace.EnterAsync(Haste.Patient, default));
    }

    [Fact]
    public async Task A_permit_that_ran_out_while_it_waited_for_its_turn_sends_nothing()
    {
        await using var highLevel = new ScriptedHttp(new Reply(200, """{"messageId":"m"}"""));
        var location = new HighLevelLocation(ProviderHttp.Create(TimeSpan.FromSeconds(5)), new HighLevelOptions { BaseUrl = highLevel.BaseUrl, Token = "t", LocationId = "l" }, clock);
        var permit = Permits.On(clock, Channel.Text);
        clock.Advance(TimeSpan.FromSeconds(5));
        location.Pace.Heard(429, null, TimeSpan.FromSeconds(8));
        var sending = new HighLevelTexts(location).SendAsync(permit, new OutgoingText(Permits.TouchId, "con_1", "+13125550100", "+13125550117", "Hi"), default);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await sending));
        Assert.Empty(highLevel.Requests);
    }

    [Fact]
    public async Task A_location_that_turns_away_is_not_asked_again_before_it_said()
    {
        await using var world = await World.StartAsync();
        (world.Options.HighLevelRequestsPerDay, world.Options.HighLevelTurnsAway) = (2, "300");
        var texts = new HighLevelTexts(new HighLevelLocation(ProviderHttp.Create(TimeSpan.FromSeconds(5)), new HighLevelOptions { BaseUrl = world.Outside.HighLevelBase, Token = "ht", LocationId = "loc" }, TimeProvider.System));
        var person = new TextPerson("led_1", "Ann", "Lee", null, "+13125550117", null);
        for (var n = 0; n < 2; n++) Assert.IsType<TextContact.Ready>(await texts.PrepareAsync(person, default));
        Assert.Contains("429", Assert.IsType<TextContact.NotReady>(await texts.PrepareAsync(person, default)).Reason, StringComparison.Ordinal);
        world.Options.HighLevelRequestsPerDay = 1000;
        Assert.Contains("slow down", Assert.IsType<TextContact.NotReady>(await texts.PrepareAsync(person, default)).Reason, StringComparison.Ordinal);
    }

    /// <summary>Lets the machine's clock run, a tenth of a second at a time, until it is done.</summary>
    private async Task<T> PassAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            for (var n = 0; n < 20 && !task.IsCompleted; n++) await Task.Yield();
            if (!task.IsCompleted) clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        return await task;
    }
}
