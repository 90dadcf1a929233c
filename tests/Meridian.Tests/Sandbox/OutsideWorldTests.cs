using Xunit;

namespace Meridian.Tests.Sandbox;

public class OutsideWorldTests
{
    [Fact]
    public async Task The_same_requests_and_seed_give_the_same_log_whatever_the_touch_ids()
    {
        var first = await ScenarioAsync(7, "tch_a");
        var again = await ScenarioAsync(7, "tch_b");
        var other = await ScenarioAsync(8, "tch_a");

        Assert.Equal(first, again.Replace("tch_b", "tch_a"));
        Assert.NotEqual(first, other);
        foreach (var outcome in new[] { "answered", "no-answer", "voicemail", "hung-up", "opted-out", "busy" }) Assert.Contains($"\"outcome\":\"{outcome}\"", first);
    }

    [Fact]
    public async Task Restarts_in_the_middle_change_nothing_in_the_log() =>
        Assert.Equal(await ScenarioAsync(7, "tch_a"), await ScenarioAsync(7, "tch_a", restarts: true));

    [Fact]
    public async Task A_call_is_in_the_log_before_it_is_answered_for()
    {
        await using var world = await World.StartAsync();
        var (status, body) = await world.CallAsync("+13125550117", "tch_01J9-x");

        var line = Assert.Single(world.Log);
        Assert.Equal(201, status);
        Assert.Matches("^\\{\"at\":\"2026-11-23T15:00:00.000Z\",\"provider\":\"vapi\",\"kind\":\"call\",\"from\":\"\\+12025550100\",\"to\":\"\\+13125550117\",\"touch\":\"tch_01J9-x\","
            + "\"subject\":null,\"body\":\"Hi Dana, this is an AI assistant.\",\"outcome\":\"[a-z-]+\",\"id\":\"[0-9a-f-]{36}\"\\}\n$", await File.ReadAllTextAsync(world.LogPath));
        Assert.Equal((string?)line["id"], (string?)body["id"]);
        Assert.Equal("queued", (string?)body["status"]);
        Assert.Equal(9, (int)body["subscriptionLimits"]!["remainingConcurrentCalls"]!);
    }

    [Fact]
    public async Task A_wrong_key_a_long_name_and_a_missing_version_are_refused_in_the_vendors_words()
    {
        await using var world = await World.StartAsync();
        var (wrongKey, said) = await world.SendAsync(HttpMethod.Get, new Uri(world.Outside.VapiBase, "assistant?limit=1"), "other");
        var (longName, why) = await world.CallAsync("+13125550117", "tch_1", name: new string('n', 41));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Outside.HighLevelBase, "contacts/x"));
        request.Headers.Add("Authorization", "Bearer ht");
        using var noVersion = await http.SendAsync(request);

        Assert.Equal((401, "Unauthorized"), (wrongKey, (string?)said["error"]));
        Assert.Equal((400, "name must be shorter than or equal to 40 characters"), (longName, (string?)why["message"]![0]));
        Assert.Equal(401, (int)noVersion.StatusCode);
        Assert.Empty(world.Log);
        Assert.True(world.FallsSilent());
    }

    [Fact]
    public async Task A_spoken_opt_out_is_logged_once_the_report_was_taken_and_not_before()
    {
        await using var world = await World.StartAsync();
        world.EarStatus = 503;
        var number = await UntilOutcomeAsync(world, "opted-out");
        await world.PassAsync(TimeSpan.FromSeconds(45));
        Assert.Empty(world.Kind("optout"));

        world.EarStatus = 200;
        world.Heard.Clear();
        await world.RestartAsync();
        await world.PassAsync(TimeSpan.FromMinutes(5));

        var line = Assert.Single(world.Kind("optout"), l => (string?)l["from"] == number);
        Assert.True(string.CompareOrdinal((string?)line["said_at"], (string?)line["at"]) < 0);
        var report = world.Messages("end-of-call-report").Single(m => (string?)m["call"]!["customer"]!["number"] == number);
        Assert.Equal("queued", (string?)report["call"]!["status"]);
        Assert.Contains("Please take me off your list.", (string?)report["artifact"]!["transcript"]);
    }

    [Fact]
    public async Task A_restart_rebuilds_the_calls_and_reports_those_that_ended_meanwhile()
    {
        await using var world = await World.StartAsync();
        var (_, placed) = await world.CallAsync("+13125550117", "tch_1");
        await File.AppendAllTextAsync(world.LogPath, "{\"at\":\"2026-11-23T15:0");
        await world.RestartAsync(TimeSpan.FromHours(1));

        Assert.Single(world.Log);
        await world.Outside.RunDueTimersAsync(CancellationToken.None);
        var report = Assert.Single(world.Messages("end-of-call-report"));
        var (_, read) = await world.SendAsync(HttpMethod.Get, new Uri(world.Outside.VapiBase, $"call/{placed["id"]}"), "vk");
        var (_, list) = await world.SendAsync(HttpMethod.Get, new Uri(world.Outside.VapiBase, "call?createdAtGe=2026-11-23T15:00:00Z&limit=10"), "vk");
        Assert.Equal((string?)placed["id"], (string?)report["call"]!["id"]);
        Assert.Equal("ended", (string?)read["status"]);
        Assert.Equal((string?)report["endedReason"], (string?)read["endedReason"]);
        Assert.Single(list.AsArray());
    }

    [Fact]
    public async Task A_caller_who_hangs_up_a_ringing_call_is_told_it_was_cancelled()
    {
        await using var world = await World.StartAsync();
        var number = await UntilOutcomeAsync(world, "no-answer");
        var (_, list) = await world.SendAsync(HttpMethod.Get, new Uri(world.Outside.VapiBase, "call"), "vk");
        var call = list.AsArray().Single(c => (string?)c!["customer"]!["number"] == number)!;
        await world.PassAsync(TimeSpan.FromSeconds(10));
        await world.SendAsync(HttpMethod.Post, new Uri((string)call["monitor"]!["controlUrl"]!), "", new() { ["type"] = "end-call" });
        await world.PassAsync(TimeSpan.FromMinutes(1));

        var report = world.Messages("end-of-call-report").Single(m => (string?)m["call"]!["id"] == (string?)call["id"]);
        Assert.Equal("manually-canceled", (string?)report["endedReason"]);
    }

    [Fact]
    public async Task STOP_leads_to_the_webhook_then_the_line_then_a_refusal_that_survives_a_restart()
    {
        await using var world = await World.StartAsync();
        for (var i = 0; i < 60; i++) await world.TextAsync(await world.ContactAsync($"+1312555{i:0000}"), "Hi, this is Example Freight.");
        await world.PassAsync(TimeSpan.FromHours(2));

        var stop = world.Kind("optout").First(o => (string?)o["body"] == "STOP");
        var heard = world.Heard.Single(h => (string?)h["messageId"] == (string?)stop["id"]);
        Assert.Equal(("InboundMessage", "inbound", (string?)stop["from"]), ((string?)heard["type"], (string?)heard["direction"], (string?)heard["from"]));
        Assert.Equal((string?)stop["body"], (string?)heard["body"]);
        Assert.NotEmpty(world.Kind("reply"));

        await world.RestartAsync();
        var (status, body) = await world.TextAsync((string)stop["contact"]!, "Hello again");
        var (_, contact) = await world.HighLevelAsync(HttpMethod.Get, $"contacts/{stop["contact"]}");
        Assert.Equal((400, 400, "Cannot send message as DND is active for SMS."), (status, (int)body["status"]!, (string?)body["message"]));
        Assert.Equal("permanent", (string?)contact["contact"]!["dndSettings"]!["SMS"]!["status"]);
        var before = world.Log.Count;
        await world.PassAsync(TimeSpan.FromHours(2));
        Assert.Equal(before, world.Log.Count);
    }

    [Fact]
    public async Task A_refused_webhook_is_tried_again_ten_minutes_later_and_logged_only_when_taken()
    {
        await using var world = await World.StartAsync();
        world.EarStatus = 429;
        for (var i = 0; i < 60; i++) await world.TextAsync(await world.ContactAsync($"+1312555{i:0000}"), "Hi");
        await world.PassAsync(TimeSpan.FromMinutes(45));
        Assert.DoesNotContain(world.Log, l => (string?)l["kind"] != "sms");
        world.EarStatus = 200;
        await world.PassAsync(TimeSpan.FromMinutes(10));

        Assert.All(world.Kind("optout"), l => Assert.True(DateTimeOffset.Parse((string)l["at"]!) - DateTimeOffset.Parse((string)l["said_at"]!) >= TimeSpan.FromMinutes(10)));
        Assert.NotEmpty(world.Kind("optout"));
        Assert.DoesNotContain(world.LogWhenHeard, $"\"id\":\"{world.Heard.Last()["messageId"]}\"");
    }

    [Fact]
    public async Task An_export_finds_a_text_again_with_the_opt_out_line_the_location_appended()
    {
        await using var world = await World.StartAsync();
        var contact = await world.ContactAsync("+13125550117");
        Assert.Equal(contact, await world.ContactAsync("+13125550117"));
        await world.TextAsync(contact, "Hi Dana");
        await world.TextAsync(contact, "Second");
        var (_, found) = await world.HighLevelAsync(HttpMethod.Get, $"conversations/messages/export?locationId=loc&contactId={contact}&channel=SMS&startDate=2026-11-23T14:59:00Z&sortOrder=asc");

        Assert.Equal(["Hi Dana Reply STOP to opt out", "Second"], found["messages"]!.AsArray().Select(m => (string?)m!["body"]));
        Assert.Equal(["Hi Dana", "Second"], world.Log.Select(l => (string?)l["body"]));
    }

    private static async Task<string> ScenarioAsync(ulong seed, string touch, bool restarts = false)
    {
        await using var world = await World.StartAsync(seed);
        for (var i = 0; i < 60; i++)
        {
            if (restarts && i % 7 == 3) await world.RestartAsync();
            var number = $"+1312555{i % 40:0000}";
            await world.CallAsync(number, $"{touch}{i}");
            await world.TextAsync(await world.ContactAsync(number), "Hi");
            using var mail = await Mail.ConnectAsync(world);
            await mail.TrySendAsync($"p{i}@example.com", $"{touch}{i}", "Hello", "Body");
            await world.PassAsync(TimeSpan.FromMinutes(3));
        }
        return await File.ReadAllTextAsync(world.LogPath);
    }

    private static async Task<string> UntilOutcomeAsync(World world, string outcome)
    {
        for (var i = 0; i < 100; i++)
        {
            await world.CallAsync($"+1415555{i:0000}", $"tch_{i}");
            if ((string?)world.Log[^1]["outcome"] == outcome) return $"+1415555{i:0000}";
            await world.PassAsync(TimeSpan.FromMinutes(4));
        }
        throw new InvalidOperationException($"nobody was {outcome}");
    }
}
