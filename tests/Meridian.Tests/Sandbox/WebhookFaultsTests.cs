using System.Text.Json.Nodes;
using Meridian.Sandbox;
using Xunit;

namespace Meridian.Tests.Sandbox;

public class WebhookFaultsTests
{
    private const string Export = "conversations/messages/export?locationId=loc&channel=SMS&sortOrder=asc&limit=500";

    [Fact]
    public async Task The_same_seed_meets_the_same_faults()
    {
        var (log, bodies) = await ScenarioAsync(WebhookFaults.Rough);
        var (again, bodiesAgain) = await ScenarioAsync(WebhookFaults.Rough);
        Assert.Equal(log, again);
        Assert.Equal(bodies, bodiesAgain);
        Assert.Contains(bodies, body => !World.IsJson(body));
        Assert.NotEqual(bodies.Count, bodies.Distinct().Count());
    }

    [Fact]
    public async Task A_duplicate_carries_the_same_bytes_and_is_logged_once()
    {
        await using var world = await World.StartAsync(faults: new WebhookFaults { Duplicated = 1 });
        await TextSixtyAsync(world);
        Assert.All(world.Bodies.GroupBy(body => body), copies => Assert.Equal(2, copies.Count()));
        LoggedOnceEach(world);
    }

    [Fact]
    public async Task A_late_text_comes_after_three_days_and_an_overtaken_one_within_minutes()
    {
        await using var late = await World.StartAsync(faults: new WebhookFaults { Late = 1 });
        await TextSixtyAsync(late);
        Assert.Empty(late.Heard);
        await late.PassAsync(TimeSpan.FromDays(3));
        Assert.NotEmpty(late.Kind("optout"));
        Assert.All(late.Kind("optout"), line => Assert.Equal(TimeSpan.FromDays(3), At(line, "at") - At(line, "said_at")));

        await using var overtaken = await World.StartAsync(faults: new WebhookFaults { Reordered = 1 });
        await TextSixtyAsync(overtaken);
        var said = overtaken.Heard.Select(h => At(h, "dateAdded")).ToList();
        Assert.NotEqual(said.Order(), said);
        Assert.All(overtaken.Kind("optout"), line => Assert.InRange((At(line, "at") - At(line, "said_at")).TotalMinutes, 0.5, 10));
    }

    [Fact]
    public async Task A_lost_STOP_is_in_the_export_and_logged_once_before_the_poll_is_answered_also_after_a_restart()
    {
        await using var world = await World.StartAsync(faults: new WebhookFaults { Lost = 1 });
        await TextSixtyAsync(world);
        Assert.Empty(world.Bodies);
        Assert.Empty(world.Kind("optout"));

        var (_, answer) = await world.HighLevelAsync(HttpMethod.Get, Export);
        var inbound = answer["messages"]!.AsArray().Where(m => (string?)m!["direction"] == "inbound").Select(m => (string)m!["id"]!).ToList();
        Assert.NotEmpty(world.Kind("optout"));
        Assert.Equal(inbound.Order(), Told(world).Order());

        await world.RestartAsync();
        await world.PassAsync(TimeSpan.FromHours(1));
        await world.HighLevelAsync(HttpMethod.Get, Export);
        LoggedOnceEach(world);
        Assert.Equal(inbound.Order(), Told(world).Order());
    }

    [Fact]
    public async Task A_look_at_one_contact_is_not_a_poll()
    {
        await using var world = await World.StartAsync(faults: new WebhookFaults { Lost = 1 });
        await TextSixtyAsync(world);
        for (var i = 0; i < 60; i++) await world.HighLevelAsync(HttpMethod.Get, $"{Export}&contactId={await world.ContactAsync($"+1312555{i:0000}")}");
        Assert.Empty(Told(world));
    }

    [Fact]
    public async Task A_garbled_text_still_names_its_writer_and_tells_nothing()
    {
        await using var world = await World.StartAsync(faults: new WebhookFaults { Garbled = 1 });
        await TextSixtyAsync(world);
        Assert.NotEmpty(world.Bodies);
        Assert.Empty(world.Heard);
        Assert.All(world.Bodies, body => Assert.EndsWith("1312555", body[..^4], StringComparison.Ordinal));
        Assert.Empty(Told(world));
    }

    [Fact]
    public async Task A_lost_report_is_told_by_a_look_at_the_finished_call()
    {
        await using var world = await World.StartAsync(faults: new WebhookFaults { Lost = 1 });
        string? optedOut = null;
        for (var i = 0; optedOut is null; i++)
        {
            var (_, call) = await world.CallAsync($"+1415555{i:0000}", $"tch_{i}");
            if ((string?)world.Log[^1]["outcome"] == "opted-out") optedOut = (string)call["id"]!;
            else await world.PassAsync(TimeSpan.FromMinutes(4));
        }

        await world.SendAsync(HttpMethod.Get, new Uri(world.Outside.VapiBase, $"call/{optedOut}"), "vk");
        Assert.Empty(world.Kind("optout")); // it rings: nothing was said yet
        await world.PassAsync(TimeSpan.FromMinutes(4));
        for (var look = 0; look < 2; look++) await world.SendAsync(HttpMethod.Get, new Uri(world.Outside.VapiBase, $"call/{optedOut}"), "vk");
        Assert.Equal(optedOut, (string?)Assert.Single(world.Kind("optout"))["id"]);
        Assert.Empty(world.Heard);
    }

    private static async Task<(string Log, IReadOnlyList<string> Bodies)> ScenarioAsync(WebhookFaults faults)
    {
        await using var world = await World.StartAsync(faults: faults);
        for (var i = 0; i < 60; i++)
        {
            await world.CallAsync($"+1312555{i:0000}", $"tch_{i}");
            await world.TextAsync(await world.ContactAsync($"+1312555{i:0000}"), "Hi");
            await world.PassAsync(TimeSpan.FromMinutes(3));
        }

        await world.PassAsync(TimeSpan.FromDays(4));
        // Every world has ports of its own.
        string Plain(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"127\.0\.0\.1:\d+", "host");
        return (Plain(await File.ReadAllTextAsync(world.LogPath)), [.. world.Bodies.Select(Plain)]);
    }

    private static async Task TextSixtyAsync(World world)
    {
        for (var i = 0; i < 60; i++) await world.TextAsync(await world.ContactAsync($"+1312555{i:0000}"), "Hi");
        await world.PassAsync(TimeSpan.FromHours(2));
    }

    private static IEnumerable<string> Told(World world) => world.Log.Where(l => (string?)l["kind"] is "optout" or "reply").Select(l => (string)l["id"]!);

    private static void LoggedOnceEach(World world)
    {
        Assert.NotEmpty(Told(world));
        Assert.Equal(Told(world).Distinct(), Told(world));
    }

    private static DateTimeOffset At(JsonNode line, string name) => DateTimeOffset.Parse((string)line[name]!);
}
