using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Adapters.Vapi;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Sandbox.Vapi;
using Meridian.Tests.Host;
using Meridian.Tests.Providers;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Sandbox;

public sealed partial class SandboxChecklistTests
{
    private const string PlaceCall = "POST /call";
    private const string Unheard = "call.sideways.moon-in-the-wrong-house";

    [Fact]
    public async Task Vapis_list_is_bare_newest_first_and_cut_by_each_bound_of_making_and_change()
    {
        await using var world = await World.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            await world.CallAsync($"+1312555010{i}", $"tch_{i}");
            await world.PassAsync(TimeSpan.FromSeconds(i == 3 ? 1 : 400));
        }

        var all = await ListAsync(world, "");
        Assert.Equal(["tch_3", "tch_2", "tch_1", "tch_0"], all.Select(c => (string?)c!["name"]));
        foreach (var field in new[] { "createdAt", "updatedAt" })
        {
            var at = all.Select(c => (string)c![field]!).ToList();
            foreach (var (bounds, count) in new[] { ($"{field}Gt={at[2]}", 2), ($"{field}Ge={at[2]}", 3), ($"{field}Lt={at[2]}", 1), ($"{field}Le={at[2]}", 2), ($"{field}Ge={at[2]}&{field}Lt={at[0]}", 2) })
                Assert.Equal(count, (await ListAsync(world, $"?{bounds}")).Count);
        }

        Assert.NotEqual((string?)all[3]!["createdAt"], (string?)all[3]!["updatedAt"]);
    }

    [Fact]
    public async Task Vapis_list_ends_at_a_hundred_unasked_and_at_a_thousand_asked_and_we_turn_the_page_in_the_middle_of_an_instant()
    {
        await using var world = await World.StartAsync();
        // Ten at one instant, as one machine places them; the thousandth from the end is in the middle of such a ten.
        var from = Instant.FromDateTimeOffset(world.Clock.GetUtcNow());
        for (var i = 0; i < 1006; i++)
        {
            await world.SendAsync(HttpMethod.Post, new Uri(world.Outside.VapiBase, "call"), "vk", new JsonObject
            {
                ["assistantId"] = "a", ["phoneNumberId"] = World.PhoneId, ["name"] = $"tch_{i:0000}", ["customer"] = new JsonObject { ["number"] = $"+1312555{i:0000}" },
            });
            if (i % 10 == 9) world.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal((100, 1000), ((await ListAsync(world, "")).Count, (await ListAsync(world, "?limit=1000")).Count));
        Assert.Equal(1000, (await ListAsync(world, "?limit=5000")).Count);
        var to = Instant.FromDateTimeOffset(world.Clock.GetUtcNow());
        foreach (var touch in new[] { "tch_0000", "tch_0005", "tch_0006", "tch_1005" }) Assert.IsType<Sighting.Found>(await Calls(world).FindAsync(touch, World.PhoneId, from, to, None));
        Assert.IsType<Sighting.NotFound>(await Calls(world).FindAsync("tch_9999", World.PhoneId, from, to, None));
    }

    [Fact]
    public async Task Vapi_refuses_what_is_longer_than_forty_characters_by_an_array_and_ours_is_never_longer()
    {
        await using var world = await World.StartAsync();
        foreach (var (field, most) in new[] { ("name", 40), ("email", 40), ("externalId", 40), ("extension", 10) })
        {
            var (status, said) = await PlaceAsync(world, new JsonObject { ["number"] = "+13125550117", [field] = new string('1', most + 1) });
            Assert.Equal((400, "Bad Request", $"customer.{field} must be shorter than or equal to {most} characters"), (status, (string?)said["error"], (string?)Assert.Single(said["message"]!.AsArray())));
        }

        Assert.StartsWith("Accepted", Permits.Plainly(await OurCallAsync(world, name: new string('n', 90))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("controlEnabled", false)]
    [InlineData("controlAuthenticationEnabled", true)]
    public async Task A_call_of_an_assistant_that_lets_itself_not_be_steered_cannot_be_ended_and_ours_can(string setting, bool value)
    {
        await using var world = await World.StartAsync();
        world.Options.VapiAssistant = new JsonObject { ["monitorPlan"] = new JsonObject { [setting] = value } };
        var (_, plain) = await world.CallAsync("+13125550116", "tch_0");
        var control = (string?)plain["monitor"]!["controlUrl"];
        if (setting == "controlEnabled") Assert.Null(control);
        else Assert.False(await Calls(world).HangUpAsync(control!, None));

        var ours = Assert.IsType<SendResult.Accepted>(await OurCallAsync(world));
        await world.PassAsync(TimeSpan.FromSeconds(3));
        Assert.True(await Calls(world).HangUpAsync(ours.ControlUrl!, None));
        Assert.Equal("ended", (await Calls(world).LookUpAsync(ours.ProviderRef!, None))!.Status);
    }

    [Fact]
    public async Task Whoever_calls_a_number_is_answered_by_its_assistant_or_by_whom_its_server_names_and_else_by_nobody()
    {
        await using var world = await World.StartAsync();
        await RingAsync(null);
        await RingAsync(new JsonObject { ["server"] = new JsonObject { ["url"] = world.Ear + "/calls" } }); // it answers nothing of use
        await RingAsync(new JsonObject { ["assistantId"] = "a", ["server"] = new JsonObject { ["url"] = world.Ear + "/calls" } });
        await world.RestartAsync();
        var calls = (await ListAsync(world, "")).Select(call => ((string?)call!["type"], (string?)call["endedReason"], call["artifact"]?["messages"]?.AsArray().Count ?? 0)).ToList();
        Assert.Equal([("inboundPhoneCall", "customer-ended-call", 1), ("inboundPhoneCall", "assistant-request-failed", 0), ("inboundPhoneCall", "call-start-error-neither-assistant-nor-server-set", 0)], calls);
        Assert.Equal("+13125550117", (string?)Assert.Single(world.Messages("assistant-request"))["call"]!["customer"]!["number"]);
        Assert.Equal(2, world.Messages("end-of-call-report").Count());

        async Task RingAsync(JsonObject? number)
        {
            world.Options.VapiNumberSettings = number is null ? new Dictionary<string, JsonObject>() : new() { [World.PhoneId] = number };
            await world.Outside.RingAsync(World.PhoneId, "+13125550117", ["Who is this?"], wantsOut: false, None);
            await world.PassAsync(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task Vapis_refusals_are_one_string_or_many_and_we_read_both()
    {
        await using var world = await World.StartAsync(script: Script(Error("vapi", PlaceCall, "vapi.validation", ", \"nth\": 1") + "," + Error("vapi", PlaceCall, "vapi.no-phone-number", ", \"nth\": 2")));
        Assert.Contains("customer.number must be a valid phone number", Assert.IsType<SendResult.Refused>(await OurCallAsync(world)).Reason, StringComparison.Ordinal);
        Assert.Contains("Couldn't Get Phone Number", Assert.IsType<SendResult.NotSent>(await OurCallAsync(world)).Reason, StringComparison.Ordinal);
        Assert.Empty(world.Log);
    }

    [Fact]
    public async Task Vapi_takes_ten_calls_at_once_and_refuses_the_next_with_its_limits()
    {
        await using var world = await World.StartAsync();
        for (var i = 0; i < 10; i++) await world.CallAsync($"+1312555010{i}", $"tch_{i}");
        var (status, said) = await world.CallAsync("+13125550111", "tch_10");
        Assert.Equal((400, "Over Concurrency Limit", true, 0), (status, (string?)said["message"], (bool)said["subscriptionLimits"]!["concurrencyBlocked"]!, (int)said["subscriptionLimits"]!["remainingConcurrentCalls"]!));
        Assert.StartsWith("NotSent Transient", Permits.Plainly(await OurCallAsync(world)), StringComparison.Ordinal);
        await world.PassAsync(TimeSpan.FromMinutes(5));
        Assert.StartsWith("Accepted", Permits.Plainly(await OurCallAsync(world)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vapis_news_may_come_twice_overtaken_or_never()
    {
        await using var world = await World.StartAsync(script: Script(
            "{ \"provider\": \"webhook\", \"request\": \"vapi end-of-call-report\", \"then\": \"lost\" }, { \"provider\": \"webhook\", \"request\": \"vapi status-update\", \"nth\": 1, \"then\": \"reordered\", \"seconds\": 400 }, "
            + "{ \"provider\": \"webhook\", \"request\": \"vapi status-update\", \"then\": \"duplicated\", \"seconds\": 500 }"));
        await world.CallAsync("+13125550117", "tch_1");
        await world.PassAsync(TimeSpan.FromMinutes(30));
        var heard = world.Messages("status-update").Select(m => (string)m["status"]!).ToList();
        Assert.Empty(world.Messages("end-of-call-report"));
        Assert.True(heard.IndexOf("ringing") > heard.IndexOf("ended"));
        Assert.Equal((1, 2), (heard.Count(s => s == "ringing"), heard.Count(s => s == "ended")));
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(2, 3)]
    public async Task Vapi_tells_once_unless_a_back_off_plan_says_otherwise(int? retries, int times)
    {
        await using var world = await World.StartAsync();
        world.EarStatus = 503;
        var server = new JsonObject { ["url"] = world.Ear + "/calls" };
        if (retries is not null) server["backoffPlan"] = new JsonObject { ["type"] = "fixed", ["maxRetries"] = retries, ["baseDelaySeconds"] = 1 };
        await PlaceAsync(world, new JsonObject { ["number"] = "+13125550117" }, server);
        await world.PassAsync(TimeSpan.FromMinutes(30));
        Assert.NotEmpty(world.Bodies);
        Assert.All(world.Bodies.GroupBy(body => body), tries => Assert.Equal(times, tries.Count()));
    }

    [Fact]
    public async Task Vapis_verdict_is_a_boolean_beside_a_call_that_is_still_queued_and_we_read_the_report()
    {
        await using var world = await World.StartAsync();
        var id = await UntilAsync(world, "answered");
        await world.PassAsync(TimeSpan.FromMinutes(5));
        var report = world.Heard.Single(h => (string?)h["message"]!["type"] == "end-of-call-report" && (string?)h["message"]!["call"]!["id"] == id);
        Assert.Equal(JsonValueKind.True, report["message"]!["analysis"]!["successEvaluation"]!.GetValueKind());
        Assert.Equal("queued", (string?)report["message"]!["call"]!["status"]);
        Assert.Equal(Disposition.Answered, Assert.IsType<SignalMeaning.CallEnded>(new VapiSignals().Read(report.ToJsonString())).Ending.Disposition);
    }

    [Theory]
    [InlineData("no-answer", Disposition.Unknown)]
    [InlineData("answered", Disposition.Answered)]
    [InlineData("opted-out", Disposition.Answered)]
    public async Task Vapi_ends_a_call_with_a_word_nobody_wrote_down_and_what_was_said_still_counts(string outcome, Disposition disposition)
    {
        await using var world = await World.StartAsync(script: Script($"{{ \"provider\": \"vapi\", \"request\": \"{PlaceCall}\", \"then\": \"ended\", \"reason\": \"{Unheard}\" }}"));
        var id = await UntilAsync(world, outcome);
        await world.RestartAsync();
        await world.PassAsync(TimeSpan.FromMinutes(5));
        var report = world.Heard.Single(h => (string?)h["message"]!["type"] == "end-of-call-report" && (string?)h["message"]!["call"]!["id"] == id);
        Assert.Equal(Unheard, (string?)report["message"]!["endedReason"]);

        var ended = Assert.IsType<SignalMeaning.CallEnded>(new VapiSignals().Read(report.ToJsonString())).Ending;
        Assert.Equal((Unheard, disposition, false), (ended.EndedReason, ended.Disposition, ended.AccountFault));
        Assert.Equal(outcome == "opted-out", Said.Read(ended.PersonSaid) == OptOutReading.OptOut);
        var looked = (await Calls(world).LookUpAsync(id, None))!;
        Assert.Equal((Unheard, disposition, ended.PersonSaid), (looked.Ended!.EndedReason, looked.Ended.Disposition, looked.Ended.PersonSaid));
    }

    [Theory]
    [InlineData("header", true)]
    [InlineData("X-Vapi-Secret", true)]
    [InlineData("bearer", true)]
    [InlineData("bearer in X-Vapi-Secret without its word", true)]
    [InlineData("hmac", true)]
    [InlineData("hmac of everything", true)]
    [InlineData("hmac of base64", true)]
    [InlineData("hmac of base64 taken as it stands", false)]
    [InlineData("hmac of another secret", false)]
    [InlineData("another bearer", false)]
    [InlineData("nothing", false)]
    public async Task Vapis_webhooks_open_our_door_by_each_way_of_signing(string how, bool opens)
    {
        var hmac = how == "hmac of everything"
            ? new VapiHmacOptions { Secret = "a-secret-made-in-the-dashboard", Algorithm = "sha512", SignatureHeader = "x-sig", TimestampHeader = "x-when", PayloadFormat = "{method} {url} {timestamp} {body}", SignaturePrefix = "v1=" }
            : how.StartsWith("hmac of base64", StringComparison.Ordinal) ? new VapiHmacOptions { Secret = Convert.ToBase64String("a-secret-made-in-the-dashboard"u8), SecretIsBase64 = how == "hmac of base64" }
            : new VapiHmacOptions { Secret = "a-secret-made-in-the-dashboard" };
        await using var doors = await WebhookDoors.OpenAsync(hmac: hmac);
        await using var world = await World.StartAsync();
        world.Options.VapiCredentials = new Dictionary<string, SandboxCredential>
        {
            ["bearer"] = new SandboxCredential.Bearer(WebhookDoors.Secret),
            ["bearer in X-Vapi-Secret without its word"] = new SandboxCredential.Bearer(WebhookDoors.Secret) { HeaderName = "X-Vapi-Secret", BearerPrefixEnabled = false },
            ["another bearer"] = new SandboxCredential.Bearer("somebody else's"),
            ["hmac"] = new SandboxCredential.Hmac(hmac.Secret),
            ["hmac of everything"] = new SandboxCredential.Hmac(Convert.ToBase64String("a-secret-made-in-the-dashboard"u8))
            {
                SecretIsBase64 = true, Algorithm = "sha512", SignatureHeader = "x-sig", TimestampHeader = "x-when", PayloadFormat = "{method} {url} {timestamp} {body}", SignaturePrefix = "v1=",
                SignatureEncoding = "base64", TimestampIsMilliseconds = true, MessageIdHeader = "x-id",
            },
            ["hmac of base64"] = new SandboxCredential.Hmac(Convert.ToBase64String("a-secret-made-in-the-dashboard"u8)) { SecretIsBase64 = true },
            ["hmac of base64 taken as it stands"] = new SandboxCredential.Hmac(Convert.ToBase64String("a-secret-made-in-the-dashboard"u8)) { SecretIsBase64 = true },
            ["hmac of another secret"] = new SandboxCredential.Hmac("a-secret-made-somewhere-else"),
        };
        var server = new JsonObject { ["url"] = doors.At("/webhooks/vapi").AbsoluteUri, ["credentialId"] = how };
        if (how == "header") server["headers"] = new JsonObject { ["X-Meridian-Secret"] = WebhookDoors.Secret };
        if (how == "X-Vapi-Secret") server["secret"] = WebhookDoors.Secret;
        doors.Clock.SetUtcNow(world.Clock.GetUtcNow() + TimeSpan.FromMinutes(3));
        await PlaceAsync(world, new JsonObject { ["number"] = "+13125550117" }, server);
        await world.PassAsync(TimeSpan.FromMinutes(6));
        Assert.Equal(opens, await doors.StoredAsync() >= 2);
        Assert.Equal(opens, await doors.StoredAsync() > 0);
    }

    [Fact]
    public async Task Vapis_DELETE_erases_the_record_and_does_not_hang_up()
    {
        await using var world = await World.StartAsync(script: Script(Error("vapi", "DELETE *", "vapi.not-erased", ", \"nth\": 1")));
        var id = await UntilAsync(world, "answered");
        var call = new Uri(world.Outside.VapiBase, $"call/{id}");
        var control = (string)(await world.SendAsync(HttpMethod.Get, call, "vk")).Body["monitor"]!["controlUrl"]!;
        await world.PassAsync(TimeSpan.FromSeconds(25));
        Assert.Equal(503, (await world.SendAsync(HttpMethod.Delete, call, "vk")).Status);
        var (status, erased) = await world.SendAsync(HttpMethod.Delete, call, "vk");
        Assert.Equal((200, id, "in-progress"), (status, (string?)erased["id"], (string?)erased["status"]));
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Delete, call, "vk")).Status);
        await world.RestartAsync();

        Assert.Null(await Calls(world).LookUpAsync(id, None));
        Assert.DoesNotContain(await ListAsync(world, ""), c => (string?)c!["id"] == id);
        Assert.DoesNotContain(world.Messages("status-update"), m => (string?)m["status"] == "ended" && (string?)m["call"]!["id"] == id);
        // They still talk: what ends the call is its control address, as before.
        var before = (int)(await world.CallAsync("+13125550199", "tch_next")).Body["subscriptionLimits"]!["remainingConcurrentCalls"]!;
        Assert.Equal(8, before);
        Assert.True(await Calls(world).HangUpAsync(new Uri(world.Outside.VapiBase, new Uri(control).AbsolutePath).AbsoluteUri, None));
        await world.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("manually-canceled", (string?)world.Messages("end-of-call-report").Single(m => (string?)m["call"]!["id"] == id)["endedReason"]);
    }

    private static VapiCalls Calls(World world) => new(ProviderHttp.Create(TimeSpan.FromSeconds(5)), new VapiOptions { BaseUrl = world.Outside.VapiBase, ApiKey = "vk", AssistantId = "a", WebhookUrl = new Uri(world.Ear + "/calls"), WebhookSecret = "s" }, TimeProvider.System);

    private static Task<SendResult> OurCallAsync(World world, string? name = null) => Calls(world).PlaceAsync(
        Permits.Fresh(Channel.Call), new OutgoingCall(Permits.TouchId, "led_1", World.PhoneId, "+13125550117", null, name, "Hi", new Dictionary<string, string>(), 300, 30, Instant.MaxValue), None);

    private static async Task<JsonArray> ListAsync(World world, string query) => (await world.SendAsync(HttpMethod.Get, new Uri(world.Outside.VapiBase, "call" + query), "vk")).Body.AsArray();

    private static Task<(int Status, JsonNode Body)> PlaceAsync(World world, JsonObject customer, JsonObject? server = null) => world.SendAsync(HttpMethod.Post, new Uri(world.Outside.VapiBase, "call"), "vk", new JsonObject
    {
        ["assistantId"] = "a", ["phoneNumberId"] = World.PhoneId, ["name"] = "tch_1", ["customer"] = customer,
        ["assistantOverrides"] = new JsonObject { ["server"] = server, ["serverMessages"] = new JsonArray("status-update", "end-of-call-report") },
    });

    /// <summary>Calls until somebody behaves like this, and says which call it is; it was only just placed.</summary>
    private static async Task<string> UntilAsync(World world, string outcome)
    {
        for (var i = 0; i < 100; i++)
        {
            var (_, call) = await world.CallAsync($"+1415555{i:0000}", $"tch_{i}");
            if ((string?)world.Log[^1]["outcome"] == outcome) return (string)call["id"]!;
            await world.PassAsync(TimeSpan.FromMinutes(4));
        }

        throw new InvalidOperationException($"nobody was {outcome}");
    }
}
