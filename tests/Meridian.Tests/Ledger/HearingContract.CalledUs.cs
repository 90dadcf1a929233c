using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Adapters.Sql;
using Meridian.Adapters.Vapi;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Inbound;
using Meridian.Sandbox;
using Meridian.Sandbox.Scripts;
using Meridian.Tests.Contracts;
using Meridian.Tests.Host;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

public abstract partial class HearingContract
{
    private const string NoWebhook = """{ "faults": [ { "provider": "webhook", "request": "vapi *", "then": "lost" } ] }""";

    [Fact]
    public async Task A_no_in_a_call_to_us_that_no_webhook_told_is_heard_by_the_poll()
    {
        await using var line = await CalledLine.OpenAsync(Database(), NoWebhook);
        var email = await line.World.OfferAsync("ann", Channel.Email);
        await line.RingAsync(Ann, "You called me. Take me off your list.");
        Assert.Equal(0, await line.World.CountAsync("select count(*) from lead where opted_out_at is not null"));
        await line.PollAsync();
        Assert.Equal("found 1 that no webhook had told", line.Did);
        Assert.Equal(1, await line.World.CountAsync("select count(*) from address_key where id = @Ann and held_at is not null", new { Ann })); // not understood yet
        await line.UnderstandAsync();
        Assert.Equal("opted out in a call to us", await line.ResultAsync());
        Assert.Equal((1, 1), (await line.World.CountAsync("select count(*) from lead where opted_out_at is not null"), await line.World.CountAsync("select count(*) from suppression where address_id = @Ann", new { Ann })));
        Assert.Equal("opted_out", await line.World.TextAsync("select skipped_reason from touch where id = @email", new { email }));
    }

    [Theory]
    [InlineData("""{ "faults": [ { "provider": "webhook", "request": "vapi tool-calls", "then": "lost" }, { "provider": "webhook", "request": "vapi conversation-update", "then": "lost" } ] }""")]
    [InlineData("""{ "faults": [ { "provider": "webhook", "request": "vapi tool-calls", "then": "lost" }, { "provider": "webhook", "request": "vapi conversation-update", "then": "lost" }, { "provider": "webhook", "request": "vapi end-of-call-report", "then": "late", "seconds": 1200 } ] }""")]
    [InlineData("""{ "faults": [ { "provider": "webhook", "request": "vapi end-of-call-report", "then": "duplicated", "seconds": 900 } ] }""")]
    public async Task A_no_that_webhook_and_poll_both_tell_counts_once_whichever_comes_first(string script)
    {
        await using var line = await CalledLine.OpenAsync(Database(), script);
        await line.RingAsync(Ann, "Take me off your list.");
        for (var i = 0; i < 20; i++)
        {
            await line.PollAsync();
            await line.UnderstandAsync();
            await line.PassAsync(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(1, await line.World.CountAsync("select count(*) from signal where kind = 'end-of-call-report'"));
        Assert.Equal(0, await line.World.CountAsync("select count(*) from signal where understood_at is null"));
        Assert.Equal((1, 1), (await line.World.CountAsync("select count(*) from lead where opted_out_at is not null"), await line.World.CountAsync("select count(*) from suppression where address_id = @Ann", new { Ann })));
        Assert.Equal((0, 0), (await line.World.CountAsync("select count(*) from incident"), await line.World.CountAsync("select count(*) from address_key where held_at is not null")));
    }

    [Fact]
    public async Task Whoever_rang_back_while_nobody_was_there_is_heard_when_somebody_is_and_their_walk_ends()
    {
        await using var line = await CalledLine.OpenAsync(Database(), NoWebhook);
        var email = await line.World.OfferAsync("ann", Channel.Email);
        await line.PollAsync();
        await line.PassAsync(TimeSpan.FromHours(7)); // the engine is away
        await line.RingAsync(Ann, "You wrote to me. What is it about?");
        await line.PassAsync(TimeSpan.FromHours(7));
        line.StartAnew();
        await line.PollAsync();
        await line.UnderstandAsync();
        Assert.Equal("they called us", await line.ResultAsync());
        Assert.Equal("skipped", await line.World.TextAsync("select state from touch where id = @email", new { email }));
        for (var i = 0; i < 3; i++)
        {
            await line.PassAsync(TimeSpan.FromMinutes(2));
            await line.PollAsync();
            Assert.Equal("nothing new", line.Did);
        }
    }

    [Fact]
    public async Task The_longest_call_is_heard_though_it_began_long_before_the_cursor()
    {
        await using var line = await CalledLine.OpenAsync(Database(), NoWebhook);
        await line.BeginRingAsync(Ann, [.. Enumerable.Repeat("Let me tell you about my day.", 850), "And now take me off your list."]); // an hour
        for (var i = 0; i < 35; i++)
        {
            await line.PollAsync();
            await line.UnderstandAsync();
            await line.PassAsync(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(1, await line.World.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    /// <summary>A ledger whose webhook door Vapi's number leads to, and the turns that hear who called.</summary>
    private sealed class CalledLine : IAsyncDisposable
    {
        private const string PhoneId = "42b4b25d-031e-4786-857f-63b346c90001";
        private readonly WebhookDoors doors;
        private readonly SandboxOptions options;
        private readonly OutsideWorld outside;
        private readonly VendorWatch watch;
        private readonly HttpClient http = ProviderHttp.Create(TimeSpan.FromSeconds(5));
        private PollTurn poll = null!;
        private InboundTurn inbox = null!;

        private CalledLine(WebhookDoors doors, SandboxOptions options, OutsideWorld outside, VendorWatch watch)
        {
            (this.doors, this.options, this.outside, this.watch) = (doors, options, outside, watch);
            StartAnew();
        }

        public LedgerWorld World => doors.World;

        /// <summary>What the last look said of itself.</summary>
        public string? Did { get; private set; }

        public static async Task<CalledLine> OpenAsync(TestDatabase database, string script)
        {
            var doors = await WebhookDoors.OpenAsync(database: database);
            await doors.World.AddPersonAsync("ann", Ann);
            var watch = new VendorWatch();
            doors.Vapi.WebhookUrl = doors.At("/webhooks/vapi");
            var number = new JsonObject { ["server"] = new JsonObject { ["url"] = doors.Vapi.WebhookUrl.AbsoluteUri, ["headers"] = new JsonObject { [VapiWebhookAuth.Header] = WebhookDoors.Secret } } };
            var options = new SandboxOptions
            {
                Folder = Directory.CreateTempSubdirectory("meridian-called-").FullName, Seed = 7, Clock = doors.Clock, OwnerEmail = "owner@example.com", Script = FaultScript.Read(script), Sees = watch.Sees, Says = watch.Says,
                VapiPhoneNumbers = new Dictionary<string, string> { [PhoneId] = "+12025550100" }, VapiNumberSettings = new Dictionary<string, JsonObject> { [PhoneId] = number },
            };
            return new CalledLine(doors, options, await OutsideWorld.StartAsync(options, default), watch);
        }

        /// <summary>Another process, which knows only what the ledger knows.</summary>
        public void StartAnew()
        {
            var clocks = new Clocks(doors.Clock, TimeProvider.System);
            ISignalReader[] readers = [new VapiSignals()];
            var called = new VapiCallsToUs(http, new VapiOptions { BaseUrl = outside.VapiBase, ApiKey = options.VapiKey, AssistantId = "a" }, [PhoneId], clocks);
            poll = new PollTurn(() => [called], readers, World.Signals, new SqlPollCursors(World.Store), World.People, clocks);
            inbox = new InboundTurn(World.Signals, readers, World.People, World.Ledger, new ScriptedCalls(), new NoTexts(), World.Facts, new SqlPhones(World.Store, World.Ids), clocks);
        }

        public Task BeginRingAsync(string person, IReadOnlyList<string> said) => outside.RingAsync(PhoneId, person, said, wantsOut: said[^1].Contains("off your list", StringComparison.Ordinal), default);

        /// <summary>Rings, speaks, hangs up, and the report is out for a while.</summary>
        public async Task RingAsync(string person, params string[] said)
        {
            await BeginRingAsync(person, said);
            await PassAsync(TimeSpan.FromMinutes(3));
        }

        public async Task PassAsync(TimeSpan time)
        {
            var until = doors.Clock.GetUtcNow() + time;
            while (outside.NextTimer is { } next && next <= until)
            {
                if (next > doors.Clock.GetUtcNow()) doors.Clock.SetUtcNow(next);
                await outside.RunDueTimersAsync(default);
            }

            doors.Clock.SetUtcNow(until);
        }

        public async Task PollAsync() => Did = (await poll.TakeAsync("vapi-called-us", default)).Did;

        public Task UnderstandAsync() => inbox.TakeAsync("all", default);

        public Task<string?> ResultAsync() => World.TextAsync("select result from signal where kind = 'end-of-call-report'");

        public async ValueTask DisposeAsync()
        {
            await outside.DisposeAsync();
            await doors.DisposeAsync();
            http.Dispose();
            watch.Holds();
            Directory.Delete(options.Folder, recursive: true);
        }
    }
}
