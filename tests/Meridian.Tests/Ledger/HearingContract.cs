using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Sql;
using Meridian.Adapters.Vapi;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Engine.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

public sealed class HearingOnSqlite() : HearingContract(() => new TestDatabase.Sqlite());

public sealed class HearingOnPostgres() : HearingContract(() => new TestDatabase.Postgres());

/// <summary>What people said is heard once, whatever becomes of the webhooks, on both databases.</summary>
public abstract partial class HearingContract(Func<TestDatabase> database)
{
    private const string Ann = "+12025550111";
    private const string Stop = """{"type":"InboundMessage","messageId":"m1","direction":"inbound","body":"STOP","dateAdded":"2026-11-16T13:59:00Z","from":"+12025550111","contactId":"contact_ann"}""";

    private TestDatabase Database() => database();

    [Fact]
    public async Task A_lost_STOP_is_found_by_the_poll_once()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Ann);
        await world.OfferAsync("ann", Channel.Text);
        var ears = new Ears(world);
        ears.Poll.Answer = new PollAnswer.Fetched([Stop]);

        Assert.Equal("found 1 that no webhook had told", (await ears.PollAsync()).Did);
        Assert.Equal(1, await world.CountAsync("select count(*) from address_key where held_at is not null")); // not understood yet
        await ears.UnderstandAsync();
        Assert.Equal("opted_out", await world.TextAsync("select skipped_reason from touch"));
        ears.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("nothing new", (await ears.PollAsync()).Did);

        Assert.Equal([LedgerWorld.Now - Duration.FromMinutes(10), LedgerWorld.Now - Duration.FromMinutes(10)], ears.Poll.Asked); // before the first look nothing was sent from here
        Assert.Equal(1, await world.CountAsync("select count(*) from signal"));
        Assert.Equal(1, await world.CountAsync("select count(*) from suppression where address_id = @Ann", new { Ann }));
    }

    [Fact]
    public async Task What_came_by_webhook_is_known_to_the_poll_and_the_other_way_round()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Ann);
        var ears = new Ears(world);
        var webhook = Stop.Replace("{\"type\"", "{\"webhookId\":\"881b9415\",\"type\"", StringComparison.Ordinal);
        Assert.True(await ears.WebhookAsync("highlevel", webhook));
        await ears.UnderstandAsync();
        ears.Poll.Answer = new PollAnswer.Fetched([Stop]);
        Assert.Equal("nothing new", (await ears.PollAsync()).Did);
        ears.Clock.Advance(TimeSpan.FromDays(3));
        Assert.False(await ears.WebhookAsync("highlevel", webhook));
        Assert.Equal(1, await world.CountAsync("select count(*) from signal"));
    }

    [Fact]
    public async Task A_poll_that_was_not_answered_moves_nothing_and_becomes_an_incident()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var ears = new Ears(world);
        await ears.PollAsync();
        ears.Poll.Answer = new PollAnswer.NotFetched("HighLevel answered 500");
        ears.Clock.Advance(TimeSpan.FromMinutes(20));
        await ears.PollAsync();
        Assert.Equal(0, await world.CountAsync("select count(*) from incident"));
        ears.Clock.Advance(TimeSpan.FromMinutes(20));
        await ears.PollAsync();
        await ears.PollAsync();
        Assert.Equal("poll-behind", await world.TextAsync("select kind from incident"));
        Assert.Equal(1, await world.CountAsync("select count(*) from incident"));

        ears.Poll.Answer = new PollAnswer.Fetched([]);
        await ears.PollAsync();
        Assert.Equal(LedgerWorld.Now - Duration.FromMinutes(10), ears.Poll.Asked[^1]); // from where it stood, not from now
        Assert.Equal(0, await world.CountAsync("select count(*) from incident where closed_at is null")); // it has caught up
    }

    [Fact]
    public async Task A_poll_that_was_never_answered_reads_from_its_first_ask()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var ears = new Ears(world);
        ears.Poll.Answer = new PollAnswer.NotFetched("the scope is missing");
        await ears.PollAsync();
        ears.Clock.Advance(TimeSpan.FromDays(5));
        await ears.PollAsync();
        Assert.Equal("poll-behind", await world.TextAsync("select kind from incident where closed_at is null"));
        ears.Poll.Answer = new PollAnswer.Fetched([Stop]);
        await ears.PollAsync();
        Assert.All(ears.Poll.Asked, since => Assert.Equal(LedgerWorld.Now - Duration.FromMinutes(10), since));
        Assert.Equal(1, await world.CountAsync("select count(*) from signal"));
    }

    [Fact]
    public async Task A_database_that_goes_away_while_a_no_is_acted_on_makes_nothing_unreadable()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann");
        var raw = new OwnerlessNo("ann@people.example").Raw;
        await world.Signals.StoreAsync("test", new OwnerlessNo("ann@people.example").Envelope, raw, LedgerWorld.Now);
        var away = true;
        var flickering = new SqlPeopleLedger(new MutantStore(world.Store, sql => away && sql == SqlPeopleLedger.Suppress ? throw new DatabaseUnreachableException("away", new InvalidOperationException()) : sql), world.Ids);
        var clocks = new Clocks(new FakeTimeProvider(LedgerWorld.Now.ToDateTimeOffset()), TimeProvider.System);
        var inbox = new InboundTurn(world.Signals, [new OwnerlessNo("ann@people.example")], flickering, world.Ledger, null!, null!, world.Facts, new SqlPhones(world.Store, world.Ids), clocks);
        await Assert.ThrowsAsync<DatabaseUnreachableException>(() => inbox.TakeAsync("all", default));
        Assert.Equal(0, await world.CountAsync("select count(*) from signal where unreadable_at is not null or understood_at is not null"));
        away = false;
        await inbox.TakeAsync("all", default);
        Assert.Equal(1, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
        Assert.Equal(1, await world.CountAsync("select count(*) from signal where understood_at is not null"));
    }

    /// <summary>A provider whose every message is a "no" of one address.</summary>
    private sealed class OwnerlessNo(string address) : ISignalReader
    {
        public string Raw => "no";

        public SignalEnvelope Envelope => Describe(Raw);

        public string Provider => "test";

        public SignalEnvelope Describe(string raw) => new("evt_no", "no", null, null, [address], Holds: true);

        public SignalMeaning Read(string raw) => new SignalMeaning.MailOptOut(null, null, address, "wrote so");
    }

    [Fact]
    public async Task The_cursor_never_moves_back()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var cursors = new SqlPollCursors(world.Store);
        Assert.Null(await cursors.ReadAsync("highlevel"));
        await cursors.MoveAsync("highlevel", LedgerWorld.Now);
        await cursors.MoveAsync("highlevel", LedgerWorld.Now - Duration.FromHours(1));
        Assert.Equal(LedgerWorld.Now, await cursors.ReadAsync("highlevel"));
    }

    [Fact]
    public async Task An_unreadable_STOP_holds_the_person_until_somebody_says_what_it_was()
    {
        foreach (var isOptOut in new[] { true, false })
        {
            await using var world = await LedgerWorld.OpenAsync(Database());
            await world.AddPersonAsync("ann", Ann);
            var touch = await world.OfferAsync("ann", Channel.Email); // the cut-off body names the phone; nothing goes to the mailbox either
            await world.ExecuteAsync("insert into lead_ref (source, external_id, lead_id) values ('highlevel', 'contact_ann', 'ann')");
            var ears = new Ears(world);
            var order = await world.OrderAsync(LedgerWorld.Mailbox, touch);
            await ears.WebhookAsync("highlevel", """{"type":"InboundMessage","contactId":"contact_ann","body":"STOP","from":"\u002B12025550111""");
            await ears.UnderstandAsync();

            Assert.Equal(BeginLoss.Leads, (await world.Ledger.TryBeginAsync(order, default)).Loss);
            Assert.Equal("Held", await DecisiveAsync(world, touch));
            Assert.Equal("unreadable-signal", await world.TextAsync("select kind from incident where closed_at is null"));

            var unread = new SqlUnreadableSignals(world.Store, world.Ids);
            var signal = Assert.Single(await unread.AllAsync());
            Assert.Equal([Ann, "ann@people.example"], signal.Holds);
            if (isOptOut) await world.People.OptOutAsync(new OptOutOrder(signal.Holds, null, "read by a person", "owner", signal.Signal.Id, ears.Clocks.Now, "sam"));
            Assert.True(await unread.SettleAsync(signal, "sam", isOptOut ? "an opt-out" : "nothing", ears.Clocks.Now));
            Assert.False(await unread.SettleAsync(signal, "sam", "nothing", ears.Clocks.Now));

            Assert.Empty(await unread.AllAsync());
            Assert.Equal(0, await world.CountAsync("select count(*) from address_key where held_at is not null"));
            Assert.Equal(0, await world.CountAsync("select count(*) from incident where closed_at is null"));
            Assert.Equal(1, await world.CountAsync("select count(*) from audit where verb = 'settle-signal' and actor = 'sam'"));
            Assert.Equal(isOptOut ? "skipped" : "planned", await world.TextAsync("select state from touch"));
            Assert.NotEqual("Held", await DecisiveAsync(world, touch));
        }
    }

    [Theory]
    [InlineData("by phone")]
    [InlineData("by text")]
    public async Task Words_that_may_be_a_no_end_the_walk_and_a_person_looks(string way)
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        Ears ears;
        if (way == "by phone")
        {
            (ears, _) = await CallAsync(world);
            await world.OfferAsync("ann", Channel.Text);
            await ears.WebhookAsync("vapi", Report.Replace("Please take me off your list.", "Is this even legal? I may report you.", StringComparison.Ordinal));
        }
        else
        {
            await world.AddPersonAsync("ann", Ann);
            await world.OfferAsync("ann", Channel.Text);
            ears = new Ears(world);
            await ears.WebhookAsync("highlevel", Stop.Replace("STOP", "Is this even legal? I may report you.", StringComparison.Ordinal));
        }

        await ears.UnderstandAsync();
        Assert.Equal("stopped", await world.TextAsync("select skipped_reason from touch where channel = 'text'"));
        Assert.Equal("stopped", await world.TextAsync("select state from enrollment"));
        Assert.Equal("unclear-reply", await world.TextAsync("select kind from incident where closed_at is null"));
        Assert.Equal(0, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    [Fact]
    public async Task A_spoken_no_whose_report_was_lost_is_heard_by_a_look_and_the_bill_is_settled()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await CallAsync(world);
        await ears.WebhookAsync("vapi", Status("in-progress"));
        await ears.WebhookAsync("vapi", Status("ended", "customer-ended-call"));
        await ears.UnderstandAsync();
        Assert.Equal(0, await world.CountAsync("select count(*) from touch where closed_at is not null")); // the words are awaited

        ears.Calls.Standing = ears.Reported;
        ears.Clock.Advance(TimeSpan.FromSeconds(61));
        await ears.UpkeepAsync();
        await SpokenNoIsKnownAsync(world, touch);
    }

    [Fact]
    public async Task A_call_that_ended_this_instant_is_not_closed_before_its_words_are_known()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await CallAsync(world);
        ears.Clock.Advance(TimeSpan.FromMinutes(1));
        ears.Calls.Standing = new CallStanding("call_1", "ended", Ending("customer-ended-call", "", null), ReportIsOut: false);
        await ears.UpkeepAsync();
        Assert.Equal(0, await world.CountAsync("select count(*) from touch where closed_at is not null"));

        ears.Calls.Standing = ears.Reported;
        ears.Clock.Advance(TimeSpan.FromSeconds(61));
        await ears.UpkeepAsync();
        await SpokenNoIsKnownAsync(world, touch);
    }

    /// <summary>What is told of the talk before its end, and with which word it ends.</summary>
    public static TheoryData<string, string, string> EndsOfATalk
    {
        get
        {
            var ends = new TheoryData<string, string, string>();
            foreach (var word in (string[])["voicemail", "silence-timed-out", "customer-did-not-answer", "customer-busy", "call.in-progress.error-vapifault-worker-died", "pipeline-error-openai-llm-failed", "twilio-failed-to-connect-call", "moon-in-the-wrong-house"])
                ends.Add("in-progress", word, "");
            foreach (var word in (string[])["voicemail", "silence-timed-out", "call.in-progress.error-vapifault-worker-died", "pipeline-error-openai-llm-failed", "worker-shutdown", "call.in-progress.error-providerfault-openai-500-server-error"])
                ends.Add("nothing", word, "");
            ends.Add("nothing", "customer-did-not-answer", "\"startedAt\":\"2026-11-16T14:00:05Z\",");
            ends.Add("nothing", "twilio-failed-to-connect-call", "\"durationSeconds\":7,");
            return ends;
        }
    }

    [Theory]
    [MemberData(nameof(EndsOfATalk))]
    public async Task Nothing_overtakes_a_no_that_only_the_report_tells_however_the_call_ended(string told, string word, string beside)
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await CallAsync(world);
        var email = await world.OfferAsync("ann", Channel.Email);
        if (told != "nothing") await ears.WebhookAsync("vapi", Status(told));
        await ears.WebhookAsync("vapi", Status("ended", word).Replace("\"call\":", beside + "\"call\":", StringComparison.Ordinal));
        await ears.UnderstandAsync();
        Assert.Equal(0, await world.CountAsync("select count(*) from touch where closed_at is not null")); // the words are awaited

        ears.Clock.Advance(TimeSpan.FromSeconds(12));
        await ears.UpkeepAsync();
        Assert.Equal(0, await world.CountAsync("select count(*) from touch where closed_at is not null"));
        await ears.WebhookAsync("vapi", Report.Replace("customer-ended-call", word, StringComparison.Ordinal));
        await ears.UnderstandAsync();
        await SpokenNoIsKnownAsync(world, touch);
        Assert.Equal("opted_out", await world.TextAsync("select skipped_reason from touch where id = @email", new { email }));
    }

    [Fact]
    public async Task A_report_that_never_comes_keeps_a_broken_call_open_for_a_minute_and_no_longer()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, _) = await CallAsync(world);
        await ears.WebhookAsync("vapi", Status("in-progress"));
        await ears.WebhookAsync("vapi", Status("ended", "call.in-progress.error-vapifault-worker-died"));
        await ears.UnderstandAsync();
        ears.Calls.Standing = new CallStanding("call_1", "ended", new CallEnding("call.in-progress.error-vapifault-worker-died", Disposition.CallFailed, null, 0, "", null, null, false) { PickedUp = true }, ReportIsOut: false);
        ears.Clock.Advance(TimeSpan.FromSeconds(59));
        await ears.UpkeepAsync();
        Assert.Equal(0, await world.CountAsync("select count(*) from touch where closed_at is not null"));
        ears.Clock.Advance(TimeSpan.FromSeconds(1));
        await ears.UpkeepAsync();
        Assert.Equal("call_failed", await world.TextAsync("select disposition from touch where closed_at is not null"));
    }

    [Theory]
    [InlineData("customer-did-not-answer", "no_answer")]
    [InlineData("customer-busy", "busy")]
    [InlineData("call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable", "no_answer")]
    [InlineData("twilio-failed-to-connect-call", "call_failed")]
    public async Task A_call_nobody_picked_up_is_closed_at_once(string word, string disposition)
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, _) = await CallAsync(world);
        await ears.WebhookAsync("vapi", Status("ringing"));
        await ears.WebhookAsync("vapi", Status("ended", word));
        await ears.UnderstandAsync();
        Assert.Equal(disposition, await world.TextAsync("select disposition from touch where closed_at is not null"));
    }

    [Fact]
    public async Task A_key_that_fails_in_the_middle_of_a_call_pauses_the_sender_before_the_report()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, _) = await CallAsync(world);
        await ears.WebhookAsync("vapi", Status("in-progress"));
        await ears.WebhookAsync("vapi", Status("ended", "call.in-progress.error-providerfault-openai-401-unauthorized"));
        await ears.UnderstandAsync();
        Assert.Equal((1, 0), (await world.CountAsync("select count(*) from sender where paused_at is not null"), await world.CountAsync("select count(*) from touch where closed_at is not null")));
    }

    [Fact]
    public async Task A_call_closed_without_its_report_is_looked_at_once_more_for_words_and_bill()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await CallAsync(world);
        await ears.WebhookAsync("vapi", Status("ended", "customer-did-not-answer"));
        await ears.UnderstandAsync();
        Assert.Equal(1, await world.CountAsync("select count(*) from touch where closed_at is not null and settled_micro is null"));

        ears.Calls.Standing = ears.Reported;
        await ears.UpkeepAsync();
        Assert.Equal(0, ears.Calls.Looks); // the report is not overdue
        ears.Clock.Advance(UpkeepTurn.ReportOverdue.ToTimeSpan());
        await ears.UpkeepAsync();
        await ears.UpkeepAsync();
        Assert.Equal(1, ears.Calls.Looks);
        Assert.Equal(123_000, await world.CountAsync("select settled_micro from touch where id = @touch", new { touch }));
        Assert.Equal(1, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    [Fact]
    public async Task A_report_that_cannot_be_found_in_an_hour_is_a_persons_to_look_for()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await CallAsync(world);
        await ears.WebhookAsync("vapi", Status("ended", "customer-did-not-answer"));
        await ears.UnderstandAsync();
        ears.Clock.Advance(TimeSpan.FromMinutes(59));
        await ears.UpkeepAsync(); // Vapi does not answer
        Assert.Equal(0, await world.CountAsync("select count(*) from incident"));
        ears.Clock.Advance(TimeSpan.FromMinutes(1));
        await ears.UpkeepAsync();
        await ears.UpkeepAsync();
        Assert.Equal(touch, await world.TextAsync("select subject from incident where kind = 'call-report-missing'"));
        Assert.Equal(1, await world.CountAsync("select count(*) from incident"));
    }

    [Fact]
    public async Task A_report_that_comes_again_or_three_days_late_changes_nothing()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, touch) = await CallAsync(world);
        await ears.WebhookAsync("vapi", Status("ended", "customer-ended-call"));
        await ears.UnderstandAsync();
        ears.Calls.Standing = ears.Reported;
        ears.Clock.Advance(TimeSpan.FromSeconds(61));
        await ears.UpkeepAsync();
        await SpokenNoIsKnownAsync(world, touch);
        var before = await StandingAsync(world);

        ears.Clock.Advance(TimeSpan.FromDays(3));
        Assert.True(await ears.WebhookAsync("vapi", Report));
        Assert.False(await ears.WebhookAsync("vapi", Report));
        await ears.WebhookAsync("vapi", Status("in-progress"));
        await ears.WebhookAsync("vapi", Status("ringing"));
        await ears.UnderstandAsync();
        Assert.Equal(before, await StandingAsync(world));
    }

    [Fact]
    public async Task Events_in_the_wrong_order_end_in_the_same_place()
    {
        string[] events = [Status("ringing"), Status("in-progress"), Status("ended", "customer-ended-call"), Report];
        var ends = new List<string>();
        foreach (var order in new[] { new[] { 0, 1, 2, 3 }, [3, 2, 1, 0], [2, 0, 3, 1], [3, 3, 0, 2], [1, 3, 1, 2] })
        {
            await using var world = await LedgerWorld.OpenAsync(Database());
            var (ears, touch) = await CallAsync(world);
            foreach (var i in order)
            {
                await ears.WebhookAsync("vapi", events[i]);
                await ears.UnderstandAsync();
            }

            await SpokenNoIsKnownAsync(world, touch);
            ends.Add((await world.TextAsync("select disposition || ' ' || settled_micro || ' ' || state from touch"))!);
        }

        Assert.Single(ends.Distinct());
    }

    [Fact]
    public async Task News_of_an_old_account_fault_does_not_pause_a_sender_again()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var (ears, _) = await CallAsync(world);
        ears.Clock.Advance(TimeSpan.FromDays(3));
        await ears.WebhookAsync("vapi", Status("ended", "call.start.error-vapi-number-outbound-daily-limit-out-of-credits"));
        await ears.UnderstandAsync();
        Assert.Equal(0, await world.CountAsync("select count(*) from sender where paused_at is not null"));
        Assert.Equal(1, await world.CountAsync("select count(*) from touch where closed_at is not null"));
    }

    private const string Report = """
        {"message":{"type":"end-of-call-report","endedReason":"customer-ended-call","durationSeconds":20,"cost":0.123,"artifact":{"messages":[{"role":"user","message":"Please take me off your list."}]},
        "call":{"id":"call_1","name":"tch_ann_call_1","cost":0,"customer":{"number":"+12025550111"}}}}
        """;

    private static string Status(string status, string? endedReason = null) =>
        $$"""{"message":{"type":"status-update","status":"{{status}}","endedReason":"{{endedReason}}","call":{"id":"call_1","name":"tch_ann_call_1","cost":0,"customer":{"number":"+12025550111"} } } }""";

    private static CallEnding Ending(string reason, string said, decimal? cost) => new(reason, Disposition.Answered, null, 20, said, null, cost, false);

    /// <summary>Ann is being called.</summary>
    private static async Task<(Ears Ears, string Touch)> CallAsync(LedgerWorld world)
    {
        await world.AddPersonAsync("ann", Ann);
        var touch = await world.OfferAsync("ann", Channel.Call);
        var (permit, _) = await world.BeginAsync(LedgerWorld.Caller1, touch);
        await world.Ledger.RecordAsync(new Outcome.Accepted(permit!, LedgerWorld.Now, "call_1", null, LedgerWorld.Now + Duration.FromSeconds(30)));
        return (new Ears(world), touch);
    }

    private static async Task SpokenNoIsKnownAsync(LedgerWorld world, string touch)
    {
        Assert.Equal("opted_out", await world.TextAsync("select disposition from touch where id = @touch and closed_at is not null", new { touch }));
        Assert.Equal(123_000, await world.CountAsync("select settled_micro from touch where id = @touch", new { touch }));
        Assert.Equal(123_000, await world.CountAsync("select micro from spend_day where channel = 'all'"));
        Assert.Equal(1, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
        Assert.Equal(2, await world.CountAsync("select count(*) from suppression"));
    }

    /// <summary>Whatever a second hearing could have changed.</summary>
    private static async Task<string> StandingAsync(LedgerWorld world)
    {
        var rows = new List<string>();
        foreach (var sql in new[]
        {
            "select state || disposition || settled_micro || closed_at || coalesce(end_seen_at, closed_at) as row from touch",
            "select day || channel || micro as row from spend_day order by 1",
            "select state || wakes || coalesce(plan_at, enrolled_at) as row from enrollment",
            "select address_id || source || reason as row from suppression order by 1",
            "select kind || key || wakes as row from desk where kind = 'campaign'",
            "select kind as row from incident",
        })
            rows.AddRange(await world.Store.ReadAsync(s => s.QueryAsync<string>(sql)));
        return string.Join('\n', rows);
    }

    private static async Task<string?> DecisiveAsync(LedgerWorld world, string touch)
    {
        var campaign = (await world.Facts.CampaignAsync(LedgerWorld.Campaign))!;
        var step = campaign.Sequence.Steps.First(s => s.Channel == Channel.Email);
        return Judge.Of((await world.Facts.LeadAsync("ann"))!, campaign, step, null, LedgerWorld.Now, touch).Verdict.Decisive?.Rule;
    }

    /// <summary>The turns that listen, on one ledger, with a clock a test can move.</summary>
    private sealed class Ears
    {
        private readonly ISignalReader[] readers = [new HighLevelSignals(), new VapiSignals()];
        private readonly LedgerWorld world;
        private readonly InboundTurn inbox;
        private readonly PollTurn poll;
        private readonly UpkeepTurn upkeep;

        public Ears(LedgerWorld world)
        {
            this.world = world;
            Clocks = new Clocks(Clock, TimeProvider.System);
            inbox = new InboundTurn(world.Signals, readers, world.People, world.Ledger, Calls, new NoTexts(), world.Facts, new SqlPhones(world.Store, world.Ids), Clocks);
            poll = new PollTurn(() => [Poll], readers, world.Signals, new SqlPollCursors(world.Store), world.People, Clocks);
            upkeep = new UpkeepTurn(
                world.Facts, world.Ledger, Calls, new NoTexts(), new NoSentMail(), new OutcomeRecorder(world.Ledger, new NoJournal(), NullLogger<OutcomeRecorder>.Instance), world.People, world.Facts, Clocks);
        }

        public FakeTimeProvider Clock { get; } = new(LedgerWorld.Now.ToDateTimeOffset());

        public Clocks Clocks { get; }

        public ScriptedPoll Poll { get; } = new();

        public ScriptedCalls Calls { get; } = new();

        public CallStanding Reported { get; } = new("call_1", "ended", Ending("customer-ended-call", "Please take me off your list.", 0.123m));

        public Task<bool> WebhookAsync(string provider, string raw) =>
            world.Signals.StoreAsync(provider, readers.Single(r => r.Provider == provider).Describe(raw), raw, Clocks.Now);

        public Task UnderstandAsync() => inbox.TakeAsync("all", default);

        public Task<Meridian.Engine.Desks.TurnResult> PollAsync() => poll.TakeAsync("highlevel", default);

        public Task<Meridian.Engine.Desks.TurnResult> UpkeepAsync() => upkeep.TakeAsync("all", default);
    }

    private sealed class ScriptedPoll : IInboundPoll
    {
        public PollAnswer Answer { get; set; } = new PollAnswer.Fetched([]);

        public List<Instant> Asked { get; } = [];

        public string Provider => "highlevel";

        public Task<PollAnswer> FetchAsync(Instant since, CancellationToken cancellation)
        {
            Asked.Add(since);
            return Task.FromResult(Answer);
        }
    }

    private sealed class ScriptedCalls : ICallTransport
    {
        public CallStanding? Standing { get; set; }

        public int Looks { get; private set; }

        public List<string> HungUp { get; } = [];

        /// <summary>Whether an order to hang up is taken.</summary>
        public bool Obeys { get; set; }

        public Task<SendResult> PlaceAsync(SendPermit permit, OutgoingCall call, CancellationToken cancellation) => throw new InvalidOperationException("nobody is called here");

        public Task<bool> HangUpAsync(string controlUrl, CancellationToken cancellation)
        {
            HungUp.Add(controlUrl);
            return Task.FromResult(Obeys);
        }

        public Task<CallStanding?> LookUpAsync(string providerRef, CancellationToken cancellation)
        {
            Looks++;
            return Task.FromResult(Standing);
        }

        public Task<Sighting> FindAsync(string touchId, string providerSenderKey, Instant from, Instant to, CancellationToken cancellation)
        {
            Sought.Add(touchId);
            return Task.FromResult(SeenOf?.Invoke(touchId) ?? Seen);
        }

        public List<string> Sought { get; } = [];

        public Func<string, Sighting>? SeenOf { get; set; }

        public Sighting Seen { get; set; } = new Sighting.CannotTell("test");
    }

    private sealed class NoSentMail : ISentMail
    {
        public Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation) => throw new InvalidOperationException("no mailbox is looked into here");
    }

    private sealed class NoTexts : ITextTransport
    {
        public Task<TextContact> PrepareAsync(TextPerson person, CancellationToken cancellation) => throw new InvalidOperationException("nobody is texted here");

        public Task<SendResult> SendAsync(SendPermit permit, OutgoingText text, CancellationToken cancellation) => throw new InvalidOperationException("nobody is texted here");

        public Task<Sighting> FindAsync(string contactId, string body, Instant from, CancellationToken cancellation) => Task.FromResult<Sighting>(new Sighting.CannotTell("test"));

        public Task<bool> SetDoNotDisturbAsync(string contactId, CancellationToken cancellation) => Task.FromResult(true);
    }
}
