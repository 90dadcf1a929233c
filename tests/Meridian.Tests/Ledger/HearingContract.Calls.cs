using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Engine.Voice;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

/// <summary>What is said in the middle of a call, and by whoever calls us.</summary>
public abstract partial class HearingContract
{
    private const string Control = "https://a.vapi.ai/call_1/control";

    public static TheoryData<string> SaidInTheCall => new()
    {
        """{"message":{"type":"tool-calls","call":{"id":"call_1","name":"tch_ann_call_1"},"toolCallList":[{"id":"t1","name":"do_not_call","arguments":{}}]}}""",
        """{"message":{"type":"conversation-update","call":{"id":"call_1","name":"tch_ann_call_1"},"messages":[{"role":"user","message":"Stop calling me."}]}}""",
        """{"message":{"type":"conversation-update","call":{"id":"call_1","name":"tch_ann_call_1"},"messages":[{"role":"user","message":"User's Keypad Entry: 9"}]}}""",
    };

    [Theory]
    [MemberData(nameof(SaidInTheCall))]
    public async Task A_no_in_the_middle_of_a_call_ends_everything_and_the_call_at_once(string webhook)
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await LiveCallAsync(world);
        var email = await world.OfferAsync("ann", Channel.Email);
        Assert.True(await ears.WebhookAsync("vapi", webhook));
        Assert.False(await ears.WebhookAsync("vapi", webhook)); // repeated
        await ears.UnderstandAsync();

        Assert.Equal([Control], ears.Calls.HungUp);
        Assert.Equal(1, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
        Assert.Equal("opted_out", await world.TextAsync("select skipped_reason from touch where id = @email", new { email }));
        // The report that follows says the same and changes nothing but the bill.
        await ears.WebhookAsync("vapi", Report);
        await ears.UnderstandAsync();
        await SpokenNoIsKnownAsync(world, touch);
        Assert.Single(ears.Calls.HungUp);
    }

    [Theory]
    [InlineData("in-progress")]
    [InlineData("forwarding")]
    public async Task A_talk_nobody_told_us_of_is_not_ended_because_nobody_could_look(string status)
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await LiveCallAsync(world);
        ears.Clock.Advance(TimeSpan.FromSeconds(31));
        var back = await ears.UpkeepAsync(); // the provider does not answer
        Assert.Empty(ears.Calls.HungUp);
        Assert.Equal(0, await world.CountAsync("select count(*) from touch where closed_at is not null"));
        Assert.True(back.Next <= ears.Clocks.Now + Duration.FromSeconds(15), "it may be ringing");

        ears.Clock.Advance(TimeSpan.FromSeconds(15));
        ears.Calls.Standing = new CallStanding("call_1", status, null);
        await ears.UpkeepAsync();
        Assert.Empty(ears.Calls.HungUp);
        Assert.Equal(1, await world.CountAsync("select count(*) from touch where id = @touch and answered_at is not null and closed_at is null", new { touch }));
    }

    [Fact]
    public async Task A_call_that_rings_too_long_is_ended_as_soon_as_it_is_seen_to_ring_and_after_the_longest_call_in_any_case()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, _) = await LiveCallAsync(world);
        ears.Clock.Advance(TimeSpan.FromSeconds(31));
        await ears.UpkeepAsync();
        ears.Calls.Standing = new CallStanding("call_1", "ringing", null);
        await ears.UpkeepAsync();
        Assert.Equal([Control], ears.Calls.HungUp);

        ears.Calls.Standing = null;
        ears.Clock.Advance(TimeSpan.FromMinutes(30));
        await ears.UpkeepAsync();
        Assert.Equal([Control, Control], ears.Calls.HungUp);
        Assert.Equal(1, await world.CountAsync("select count(*) from incident where kind = 'call-end-unknown'"));
    }

    [Fact]
    public async Task However_many_cannot_be_settled_nobody_waits_for_a_look_for_ever()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var ears = new Ears(world);
        var touches = new List<string>();
        for (var n = 0; n < 103; n++)
        {
            await world.AddPersonAsync($"p{n:000}", $"+1212555{1000 + n:0000}");
            touches.Add(await world.OfferAsync($"p{n:000}", Channel.Call));
        }

        await world.ExecuteAsync("update touch set state = 'unconfirmed', permit_id = id, sender_id = @sender, begun_at = @now", new { sender = LedgerWorld.Caller1, now = LedgerWorld.Now });
        ears.Calls.SeenOf = touch => touch == touches[^1] ? new Sighting.Found("call_9") : new Sighting.CannotTell("Vapi did not answer");
        for (var turns = 1; turns <= 35; turns++)
        {
            var back = await ears.UpkeepAsync();
            Assert.Equal(turns < 35 ? 3 * turns : 103, ears.Calls.Sought.Count > 103 ? 103 : ears.Calls.Sought.Count); // a provider that is away is asked three times a turn
            Assert.True(back.Next <= ears.Clocks.Now + Duration.FromMinutes(1), "there is more to look for");
            ears.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        // Each begins with those nobody had looked at, and goes on with whoever had waited longest.
        Assert.Equal(touches[^1], await world.TextAsync("select id from touch where state = 'sent'"));
        Assert.Equal(touches.Concat(touches[..3]), ears.Calls.Sought);
    }

    [Fact]
    public async Task A_call_that_must_end_does_not_wait_for_a_hundred_looks_that_take_long()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, _) = await LiveCallAsync(world);
        for (var n = 0; n < 20; n++)
        {
            await world.AddPersonAsync($"p{n:000}", $"+1212555{1000 + n:0000}");
            var touch = await world.OfferAsync($"p{n:000}", Channel.Call);
            await world.ExecuteAsync("update touch set state = 'unconfirmed', permit_id = id, sender_id = @sender, begun_at = @now where id = @touch", new { sender = LedgerWorld.Caller2, now = LedgerWorld.Now, touch });
        }

        ears.Calls.SeenOf = _ =>
        {
            ears.Clock.Advance(TimeSpan.FromSeconds(15));
            return new Sighting.NotFound();
        };
        await ears.UpkeepAsync();
        Assert.Equal(2, ears.Calls.Sought.Count);
        await world.ExecuteAsync("update lead set opted_out_at = @now where id = 'ann'", new { now = LedgerWorld.Now });
        Assert.True((await ears.UpkeepAsync()).Next <= ears.Clocks.Now + Duration.FromSeconds(3), "somebody said no");
        Assert.Equal([Control], ears.Calls.HungUp);
    }

    [Fact]
    public async Task A_do_not_disturb_that_names_a_number_and_no_contact_opts_out_by_it()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Ann);
        var ears = new Ears(world);
        await ears.WebhookAsync("highlevel", """{"type":"ContactDndUpdate","phone":"PHONE","dndSettings":{"SMS":{"status":"permanent"}}}""".Replace("PHONE", Ann, StringComparison.Ordinal));
        await ears.UnderstandAsync();
        Assert.Equal((1, 0), (await world.CountAsync("select count(*) from lead where opted_out_at is not null"), await world.CountAsync("select count(*) from incident")));
    }

    [Fact]
    public async Task The_kill_switch_ends_the_calls_in_the_air_and_those_under_way_and_a_pause_does_not()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, _) = await LiveCallAsync(world);
        var pauses = new SqlPauses(world.Store, world.Ids);
        await pauses.PauseEngineAsync("test", LedgerWorld.Now);
        await ears.UpkeepAsync();
        Assert.Empty(ears.Calls.HungUp);

        await world.AddPersonAsync("bob");
        await pauses.ResumeEngineAsync("test", LedgerWorld.Now);
        var (permit, _) = await world.BeginAsync(LedgerWorld.Caller2, await world.OfferAsync("bob", Channel.Call));
        await pauses.KillAsync("test", LedgerWorld.Now);
        var back = await ears.UpkeepAsync();
        Assert.Equal([Control], ears.Calls.HungUp);
        Assert.True(back.Next <= LedgerWorld.Now + Duration.FromSeconds(3), "a call is under way to the provider: somebody must look again soon");
        await world.Ledger.RecordAsync(new Outcome.Accepted(permit!, LedgerWorld.Now, "call_2", "https://a.vapi.ai/call_2/control", null));
        await ears.UpkeepAsync();
        Assert.Contains("https://a.vapi.ai/call_2/control", ears.Calls.HungUp);
        await pauses.ResumeEngineAsync("test", LedgerWorld.Now);
        var before = ears.Calls.HungUp.Count;
        await ears.UpkeepAsync();
        Assert.Equal(before, ears.Calls.HungUp.Count);
    }

    [Theory]
    [InlineData(Control, "did not take the order to end it")]
    [InlineData(null, "named no address to end it by")]
    public async Task A_call_that_must_end_and_cannot_be_ended_is_told_once_and_no_longer_when_it_could(string? control, string why)
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await LiveCallAsync(world, control);
        ears.Calls.Standing = new CallStanding("call_1", "in-progress", null);
        await world.ExecuteAsync("update lead set opted_out_at = @now where id = 'ann'", new { now = LedgerWorld.Now });
        for (var i = 0; i < 5; i++)
        {
            Assert.True((await ears.UpkeepAsync()).Next <= ears.Clocks.Now + Duration.FromSeconds(3), "it is tried again");
            if (control is not null && i < 3) Assert.Equal(0, await world.CountAsync("select count(*) from incident")); // it may have begun to ring just now
            ears.Clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Equal(control is null ? 0 : 5, ears.Calls.HungUp.Count);
        Assert.Equal(1, await world.CountAsync("select count(*) from incident"));
        var detail = await world.TextAsync("select detail from incident where kind = 'call-not-ended' and subject = @touch", new { touch });
        Assert.Contains(why, detail, StringComparison.Ordinal);
        Assert.Contains("monitorPlan.controlEnabled", detail, StringComparison.Ordinal);
        Assert.Equal(0, await world.CountAsync("select count(*) from touch where end_seen_at is not null"));

        ears.Calls.Obeys = true;
        await ears.UpkeepAsync();
        Assert.Equal(control is null ? 1 : 0, await world.CountAsync("select count(*) from incident where closed_at is null"));
    }

    [Fact]
    public async Task A_call_that_takes_no_order_because_it_is_over_is_no_incident()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await LiveCallAsync(world);
        await world.ExecuteAsync("update lead set opted_out_at = @now where id = 'ann'", new { now = LedgerWorld.Now });
        ears.Calls.Standing = new CallStanding("call_1", "ended", Ending("customer-ended-call", "", null), ReportIsOut: false);
        await ears.UpkeepAsync();
        await ears.UpkeepAsync();
        Assert.Equal((0, 1), (await world.CountAsync("select count(*) from incident"), ears.Calls.HungUp.Count)); // its end is noted: nothing more to end
        ears.Calls.Standing = ears.Reported;
        ears.Clock.Advance(TimeSpan.FromSeconds(61));
        await ears.UpkeepAsync();
        Assert.Equal("opted_out", await world.TextAsync("select disposition from touch where id = @touch and closed_at is not null", new { touch }));
    }

    [Fact]
    public async Task A_call_whose_answer_was_lost_is_sought_until_it_can_be_ended_once_the_kill_switch_is_thrown()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var ears = new Ears(world);
        await world.AddPersonAsync("bob");
        var (permit, _) = await world.BeginAsync(LedgerWorld.Caller2, await world.OfferAsync("bob", Channel.Call));
        await world.Ledger.RecordAsync(new Outcome.Unknown(permit!, LedgerWorld.Now, "the answer was lost"));
        await new SqlPauses(world.Store, world.Ids).KillAsync("test", LedgerWorld.Now);
        Assert.True((await ears.UpkeepAsync()).Next <= LedgerWorld.Now + Duration.FromSeconds(15), "it may be ringing");
        ears.Calls.Seen = new Sighting.Found("call_2", "https://a.vapi.ai/call_2/control");
        await ears.UpkeepAsync();
        await ears.UpkeepAsync();
        Assert.Contains("https://a.vapi.ai/call_2/control", ears.Calls.HungUp);
    }

    [Fact]
    public async Task Whoever_asks_for_a_person_is_left_to_a_person()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await LiveCallAsync(world);
        await ears.WebhookAsync("vapi", """{"message":{"type":"tool-calls","call":{"id":"call_1","name":"tch_ann_call_1"},"toolCallList":[{"id":"t1","name":"request_callback","arguments":{"when":"Thursday after lunch"}}]}}""");
        await ears.UnderstandAsync();
        Assert.Equal("stopped", await world.TextAsync("select state from enrollment"));
        Assert.EndsWith("asks for a person to call back: Thursday after lunch", await world.TextAsync("select detail from incident where kind = 'callback-asked' and subject = @touch", new { touch }), StringComparison.Ordinal);
        Assert.Equal(0, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    [Theory]
    [InlineData("I keep getting your letters. Take me off your list.", "opted out in a call to us", 1)]
    [InlineData("You wrote to me. What is it about?", "they called us", 0)]
    public async Task Whoever_calls_us_is_heard(string said, string result, int optedOut)
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Ann);
        var email = await world.OfferAsync("ann", Channel.Email);
        var ears = new Ears(world);
        await ears.WebhookAsync("vapi", """{"message":{"type":"end-of-call-report","endedReason":"customer-ended-call","call":{"id":"call_in","type":"inboundPhoneCall","customer":{"number":"+12025550111"}},"artifact":{"messages":[{"role":"user","message":"SAID"}]}}}""".Replace("SAID", said));
        await ears.UnderstandAsync();
        Assert.Equal(result, await world.TextAsync("select result from signal"));
        Assert.Equal("skipped", await world.TextAsync("select state from touch where id = @email", new { email })); // a person is talking to us: no further step
        Assert.Equal(optedOut, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    [Fact]
    public async Task A_stranger_who_calls_and_says_no_is_suppressed_before_we_ever_know_them()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var ears = new Ears(world);
        await ears.WebhookAsync("vapi", """{"message":{"type":"end-of-call-report","call":{"id":"call_in","type":"inboundPhoneCall","customer":{"number":"+12025550199"}},"artifact":{"messages":[{"role":"user","message":"User's Keypad Entry: 9"}]}}}""");
        await ears.UnderstandAsync();
        Assert.Equal(1, await world.CountAsync("select count(*) from suppression where address_id = '+12025550199'"));
    }

    [Fact]
    public async Task A_meeting_is_booked_once_at_a_time_that_is_free_and_ends_the_walk()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, _) = await LiveCallAsync(world);
        var calendar = new ScriptedCalendar();
        var tools = new VoiceTools(world.Signals, world.Facts, world.Facts, world.People, calendar, ears.Clocks);
        Assert.Contains("start 2026-11-17T10:00:00-05:00", await tools.AnswerAsync(Asked(VoiceTools.FindTimes), fresh: true, default), StringComparison.Ordinal);
        Assert.StartsWith("That time is not free.", await tools.AnswerAsync(Asked(VoiceTools.BookMeeting, "2026-11-17T11:00:00-05:00"), fresh: true, default), StringComparison.Ordinal);
        Assert.StartsWith("That time is not free.", await tools.AnswerAsync(Asked(VoiceTools.BookMeeting, "tomorrow at ten"), fresh: true, default), StringComparison.Ordinal);
        Assert.Empty(calendar.Asked);
        Assert.StartsWith("Booked for Tuesday 17 November 10:00 AM.", await tools.AnswerAsync(Asked(VoiceTools.BookMeeting, "2026-11-17T10:00:00-05:00"), fresh: true, default), StringComparison.Ordinal);
        Assert.StartsWith("That is being booked", await tools.AnswerAsync(Asked(VoiceTools.BookMeeting, "2026-11-17T10:00:00-05:00"), fresh: false, default), StringComparison.Ordinal); // the provider repeats itself
        Assert.Single(calendar.Asked);
        Assert.Equal("stopped", await world.TextAsync("select state from enrollment"));
    }

    [Fact]
    public async Task A_booking_nobody_knows_the_end_of_is_looked_at_by_a_person()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, _) = await LiveCallAsync(world);
        var tools = new VoiceTools(world.Signals, world.Facts, world.Facts, world.People, new ScriptedCalendar { Answer = new Booking.Unknown("no answer came") }, ears.Clocks);
        await tools.AnswerAsync(Asked(VoiceTools.BookMeeting, "2026-11-17T10:00:00-05:00"), fresh: true, default);
        Assert.Equal(1, await world.CountAsync("select count(*) from incident where kind = 'meeting-unknown'"));
        Assert.Equal("active", await world.TextAsync("select state from enrollment"));
    }

    private static VoiceToolCall Asked(string name, string? start = null) =>
        new("t1", name, start is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["start"] = start }, "tch_ann_call_1", "call_1", null);

    /// <summary>Ann is on the phone.</summary>
    private static async Task<(Ears Ears, string Touch)> LiveCallAsync(LedgerWorld world, string? control = Control)
    {
        await world.AddPersonAsync("ann", Ann);
        var touch = await world.OfferAsync("ann", Channel.Call);
        var (permit, _) = await world.BeginAsync(LedgerWorld.Caller1, touch);
        await world.Ledger.RecordAsync(new Outcome.Accepted(permit!, LedgerWorld.Now, "call_1", control, LedgerWorld.Now + Duration.FromSeconds(30)));
        return (new Ears(world), touch);
    }

    private sealed class ScriptedCalendar : ICalendar
    {
        public Booking Answer { get; init; } = new Booking.Booked("apt_1");

        public List<OffsetDateTime> Asked { get; } = [];

        public Task<IReadOnlyList<OffsetDateTime>?> FreeAsync(Instant from, Instant to, string zone, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<OffsetDateTime>?>([Instant.FromUtc(2026, 11, 17, 15, 0).WithOffset(Offset.FromHours(-5))]);

        public Task<Booking> BookAsync(TextPerson person, OffsetDateTime start, string title, CancellationToken cancellation)
        {
            Asked.Add(start);
            return Task.FromResult(Answer);
        }
    }
}
