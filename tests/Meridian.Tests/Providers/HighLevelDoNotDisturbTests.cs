using System.Text.Json.Nodes;
using Meridian.Adapters.HighLevel;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Tests.Sandbox;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class HighLevelDoNotDisturbTests
{
    private readonly HighLevelSignals reader = new();
    private readonly FakeTimeProvider clock = new();

    [Theory]
    [InlineData(200, """{"contact":{"id":"k","dnd":false,"dndSettings":{"SMS":{"status":"inactive"}}}}""", "None")]
    [InlineData(200, """{"contact":{"id":"k","dnd":true}}""", "Asked all channels")]
    [InlineData(200, """{"contact":{"id":"k","dnd":false,"dndSettings":{"call":{"status":"active"}}}}""", "Asked call active")]
    [InlineData(200, """{"contact":{"id":"k","dnd":false,"dndSettings":{"Email":{"status":"permanent"},"SMS":{"status":"a new word"}}}}""", "Asked Email permanent, SMS a new word")]
    [InlineData(200, """{"contact":{"id":"k"}}""", "CannotTell")]
    [InlineData(200, """{"contact":{"id":"k","dnd":"?"}}""", "CannotTell")]
    [InlineData(200, """{"contact":{"id":"k","dnd":false,"dndSettings":{"SMS":"active"}}}""", "CannotTell")]
    [InlineData(200, """{"contact":{"id":"k","dnd":false,"dndSettings":{"Call":{}}}}""", "CannotTell")]
    [InlineData(200, """{"contact":{"id":"k","dnd":false,"dndSettings":{"SMS":{"status":null}}}}""", "CannotTell")]
    [InlineData(200, """{"contact":{"id":"k","dnd":false,"dndSettings":{"SMS":null,"Email":{"status":"inactive"}}}}""", "None")]
    [InlineData(402, """{"message":"Payment required"}""", "CannotTell")]
    [InlineData(409, """{"message":"Conflict"}""", "CannotTell")]
    [InlineData(200, "<html>", "CannotTell")]
    [InlineData(404, """{"message":"Contact not found"}""", "None")]
    [InlineData(400, """{"message":"Contact with id k not found"}""", "None")]
    [InlineData(422, """{"message":["id is not valid"]}""", "None")]
    [InlineData(403, """{"message":"The token does not have access to this location"}""", "CannotTell")]
    [InlineData(401, """{"message":"The token is not authorized for this scope."}""", "CannotTell")]
    [InlineData(429, "", "CannotTell")]
    [InlineData(500, "", "CannotTell")]
    public async Task Only_a_contact_that_says_so_may_be_disturbed(int status, string body, string expected)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, body));
        var look = await Silence(highLevel.BaseUrl).LookAsync("k", default);
        Assert.Equal(expected, look is Disturbance.Asked asked ? $"Asked {asked.Detail}" : look.GetType().Name);
        Assert.Equal("/contacts/k", Assert.Single(highLevel.Requests).Path);
    }

    [Theory]
    [InlineData(403, 2)]
    [InlineData(451, 2)]
    [InlineData(402, 1)]
    [InlineData(500, 1)]
    public async Task A_no_about_one_contact_silences_nobody_else_while_no_answer_at_all_rests_for_everybody(int status, int asked)
    {
        await using var highLevel = new ScriptedHttp(_ => new Reply(status, """{"message":"no"}"""));
        var silence = Silence(highLevel.BaseUrl);
        await silence.LookAsync("k", default);
        Assert.IsType<Disturbance.CannotTell>(await silence.LookAsync("l", default));
        Assert.Equal(asked, highLevel.Requests.Count);
    }

    [Fact]
    public async Task Who_could_not_be_reached_is_not_asked_for_everybody_in_turn()
    {
        await using var highLevel = new ScriptedHttp(new Reply(500));
        var silence = Silence(highLevel.BaseUrl);
        for (var n = 0; n < 5; n++) Assert.IsType<Disturbance.CannotTell>(await silence.LookAsync($"k{n}", default));
        Assert.Single(highLevel.Requests);
        clock.Advance(TimeSpan.FromSeconds(30));
        await silence.LookAsync("k", default);
        Assert.Equal(2, highLevel.Requests.Count);
    }

    [Theory]
    [InlineData("2021-07-28", false)]
    [InlineData("v3", false)]
    [InlineData("2021-07-28", true)]
    public async Task A_do_not_disturb_set_by_hand_is_found_without_any_webhook(string version, bool searchHidesIt)
    {
        await using var world = await World.StartAsync(contacts: [Person("ann", "+13125550117"), Person("bob", "+13125550118")], searchHidesDnd: searchHidesIt);
        var silence = Silence(world.Outside.HighLevelBase, version);
        var since = Instant.FromDateTimeOffset(world.Clock.GetUtcNow());
        Assert.Empty(await FetchAsync(silence, since));

        await world.HighLevelAsync(HttpMethod.Put, "contacts/contactann", new JsonObject { ["dndSettings"] = new JsonObject { ["Call"] = new JsonObject { ["status"] = "active" } } });
        await world.HighLevelAsync(HttpMethod.Put, "contacts/contactbob", new JsonObject { ["city"] = "Austin" });
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        var raw = Assert.Single(await FetchAsync(silence, since));
        var set = Assert.IsType<SignalMeaning.DoNotDisturbSet>(reader.Read(raw));
        Assert.Equal(("contactann", "+13125550117", "ann@people.example"), (set.ContactId, set.PhoneE164, set.Email));
        Assert.Equal("call active", set.Detail, ignoreCase: true);

        // Read again, it is the same event; set anew, another one.
        var first = reader.Describe(raw).IdAt(since);
        Assert.Equal(first, reader.Describe(Assert.Single(await FetchAsync(silence, since))).IdAt(since + Duration.FromHours(1)));
        await world.HighLevelAsync(HttpMethod.Put, "contacts/contactann", new JsonObject { ["dndSettings"] = new JsonObject { ["SMS"] = new JsonObject { ["status"] = "active" } } });
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.NotEqual(first, reader.Describe(Assert.Single(await FetchAsync(silence, since))).IdAt(since));
    }

    [Theory]
    [InlineData("/contacts/search", 500)]
    [InlineData("/contacts/k2", 401)]
    [InlineData("/contacts/k2", 429)]
    public async Task A_poll_is_answered_as_a_whole_or_not_at_all(string broken, int status)
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path == broken ? new Reply(status) : asked.Path == "/contacts/search"
            ? new Reply(200, """{"contacts":[{"id":"k1","dnd":true},{"id":"k2","dnd":false}],"total":2}""")
            : new Reply(200, """{"contact":{"id":"k2","dnd":true}}"""));
        Assert.IsType<PollAnswer.NotFetched>(await Silence(highLevel.BaseUrl).FetchAsync(Instant.FromUtc(2026, 11, 23, 11, 0), default));
    }

    [Theory]
    [InlineData(451, 9, true)]
    [InlineData(500, 2, true)]
    [InlineData(500, 3, false)] // then it is HighLevel
    public async Task One_contact_that_is_never_shown_makes_nobody_deaf_for_the_others(int status, int such, bool isHeard)
    {
        var listed = string.Join(',', Enumerable.Range(1, such).Select(n => $$"""{"id":"b{{n}}","dnd":false}"""));
        await using var highLevel = new ScriptedHttp(asked => asked.Path.StartsWith("/contacts/b", StringComparison.Ordinal) ? new Reply(status) : asked.Path == "/contacts/search"
            ? new Reply(200, $$"""{"contacts":[{{listed}},{"id":"k2","dnd":false}],"total":{{such + 1}}}""")
            : new Reply(200, """{"contact":{"id":"k2","dnd":true}}"""));
        var answer = await Silence(highLevel.BaseUrl).FetchAsync(Instant.FromUtc(2026, 11, 23, 11, 0), default);
        if (!isHeard) Assert.IsType<PollAnswer.NotFetched>(answer);
        else Assert.Single(Assert.IsType<PollAnswer.Fetched>(answer).Raw);
    }

    [Fact]
    public async Task Whoever_the_search_is_silent_about_is_looked_at_once_a_change()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path == "/contacts/search"
            ? new Reply(200, """{"contacts":[{"id":"k2","dnd":false,"dateUpdated":"2026-11-23T11:00:00Z"}],"total":1}""")
            : new Reply(200, """{"contact":{"id":"k2","dnd":false,"dndSettings":{}}}"""));
        var silence = Silence(highLevel.BaseUrl);
        for (var n = 0; n < 3; n++) Assert.Empty(await FetchAsync(silence, Instant.FromUtc(2026, 11, 23, 11, 0)));
        Assert.Single(highLevel.Requests, r => r.Path == "/contacts/k2");
        Assert.Contains("""{"field":"dateUpdated","operator":"range","value":{"gte":"2026-11-23T11:00:00Z"}}""", highLevel.Requests[0].Body, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> FetchAsync(HighLevelDoNotDisturb silence, Instant since) => Assert.IsType<PollAnswer.Fetched>(await silence.FetchAsync(since, default)).Raw;

    private HighLevelDoNotDisturb Silence(Uri at, string version = "2021-07-28") => new(Locations.Of(new HighLevelOptions { BaseUrl = at, Token = "ht", LocationId = "loc", ContactsVersion = version }), clock);

    private static JsonObject Person(string name, string phone) => new() { ["id"] = $"contact{name}", ["email"] = $"{name}@people.example", ["phone"] = phone, ["firstName"] = name };
}
