using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Meridian.Engine.Inbound;
using Meridian.Sandbox.Scripts;
using Meridian.Tests.Sandbox;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

/// <summary>Who called us by Vapi's own record: each once, over as many pages as there are, with their words, and no call of ours among them.</summary>
public sealed class VapiCallsToUsTests
{
    private static readonly VapiSignals Reader = new();

    [Fact]
    public async Task A_call_to_us_is_told_as_its_webhook_tells_it_and_under_the_same_id()
    {
        await using var world = await OpenAsync();
        await RingAsync(world, "+13125550117", "Take me off your list.");
        await world.PassAsync(TimeSpan.FromMinutes(3));
        var told = Assert.Single(await HearAsync(world));
        var report = Assert.Single(world.Heard, h => (string?)h["message"]!["type"] == "end-of-call-report").ToJsonString();
        Assert.Equal(Reader.Read(report), Reader.Read(told));
        Assert.Equal(Reader.Describe(report).EventId, Reader.Describe(told).EventId);
        Assert.Equal(["+13125550117"], Reader.Describe(told).AddressIds);
        Assert.True(Reader.Describe(told).Holds);
        Assert.EndsWith("Take me off your list.", Assert.IsType<SignalMeaning.CalledUs>(Reader.Read(told)).PersonSaid, StringComparison.Ordinal);
        Assert.DoesNotContain("/control", told, StringComparison.Ordinal); // whoever reads what is stored steers no call
    }

    [Fact]
    public async Task Each_of_many_is_told_once_over_several_pages_with_calls_of_ours_between_and_many_at_one_instant()
    {
        await using var world = await OpenAsync();
        var called = new List<string>();
        for (var i = 0; i < 230; i++)
        {
            called.Add($"+1312555{i:0000}");
            await RingAsync(world, called[^1], "Who is this?");
            if (i % 5 == 0) await world.CallAsync($"+1212555{i:0000}", $"tch_{i}");
            if (i % 10 == 9) await world.PassAsync(TimeSpan.FromSeconds(40));
        }

        await world.PassAsync(TimeSpan.FromMinutes(10));
        var heard = await HearAsync(world);
        Assert.Equal(called, heard.Select(raw => Reader.Describe(raw).AddressIds.Single()).Order());
        Assert.Equal(heard, await HearAsync(world));
    }

    [Fact]
    public async Task A_call_is_told_only_once_its_words_are_there()
    {
        await using var world = await OpenAsync();
        await RingAsync(world, "+13125550117", "Take me off your list.");
        var heard = new List<IReadOnlyList<string>>();
        for (var i = 0; i < 60; i++)
        {
            await world.PassAsync(TimeSpan.FromSeconds(2));
            heard.Add(await HearAsync(world));
        }

        Assert.Empty(heard[0]);
        Assert.Single(heard[^1]);
        Assert.All(heard.SelectMany(h => h), raw => Assert.NotEmpty(Assert.IsType<SignalMeaning.CalledUs>(Reader.Read(raw)).PersonSaid));
    }

    [Fact]
    public async Task A_call_whose_words_do_not_come_is_told_under_an_id_of_its_own_so_that_they_are_still_new_when_they_do()
    {
        const string call = """{"id":"call_in","type":"inboundPhoneCall","status":"ended","endedReason":"customer-ended-call","createdAt":"2026-11-23T15:00:00Z","endedAt":"2026-11-23T15:02:00Z","customer":{"number":"+13125550117"},"cost":0.05WORDS}""";
        var words = "";
        await using var vapi = new ScriptedHttp(_ => new Reply(200, $"[{call.Replace("WORDS", words, StringComparison.Ordinal)}]"));
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 15, 11, 0, TimeSpan.Zero));
        var poll = Poll(vapi.BaseUrl, "vk", clock);
        Assert.Empty(await HearAsync(poll));
        clock.Advance(TimeSpan.FromMinutes(2));
        var wordless = Assert.Single(await HearAsync(poll));
        Assert.Equal(new SignalMeaning.CalledUs("call_in", "+13125550117", ""), Reader.Read(wordless));
        words = ""","messages":[{"role":"user","message":"Stop calling me."}]""";
        var whole = Assert.Single(await HearAsync(poll));
        Assert.Equal(new SignalMeaning.CalledUs("call_in", "+13125550117", "Stop calling me."), Reader.Read(whole));
        Assert.Equal(("call_in:end-of-call-report:without-words", "call_in:end-of-call-report:"), (Reader.Describe(wordless).EventId, Reader.Describe(whole).EventId));
    }

    [Theory]
    [InlineData("500", "answered 500")]
    [InlineData("429", "answered 429")]
    [InlineData("cut-before", "not reached")]
    [InlineData("malformed", "could not be read")]
    public async Task A_page_that_fails_makes_the_whole_look_one_that_is_repeated(string fault, string why)
    {
        await using var world = await OpenAsync($$"""{ "faults": [ { "provider": "vapi", "request": "GET /call", "nth": 2, "then": "{{fault}}" } ] }""");
        for (var i = 0; i < 120; i++)
        {
            await RingAsync(world, $"+1312555{i:0000}", "Who is this?");
            await world.PassAsync(TimeSpan.FromSeconds(20));
        }

        await world.PassAsync(TimeSpan.FromMinutes(10));
        var poll = Poll(world.Outside.VapiBase, "vk", world.Clock);
        Assert.Contains(why, Assert.IsType<PollAnswer.NotFetched>(await poll.FetchAsync(Begun, default)).Why, StringComparison.Ordinal);
        Assert.Equal(120, (await HearAsync(poll)).Count);
    }

    [Fact]
    public async Task Only_calls_to_our_caller_IDs_are_read_and_a_list_that_does_not_get_on_says_nothing()
    {
        var page = "[" + string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{"id":"c{{i}}","createdAt":"2026-11-23T15:01:00Z"}""")) + "]";
        await using var vapi = new ScriptedHttp(new Reply(200, page));
        Assert.IsType<PollAnswer.NotFetched>(await Poll(vapi.BaseUrl, "vk", TimeProvider.System).FetchAsync(Begun, default));
        Assert.Equal($"/call?phoneNumberId={World.PhoneId}&createdAtGe=2026-11-23T15%3A00%3A00Z&limit=100", vapi.Requests[0].Path);
        Assert.Equal(2, vapi.Requests.Count);
    }

    private static Instant Begun => Instant.FromUtc(2026, 11, 23, 15, 0);

    /// <summary>A world whose number has an assistant of its own and tells its server.</summary>
    private static async Task<World> OpenAsync(string? script = null)
    {
        var world = await World.StartAsync(script: script is null ? null : FaultScript.Read(script));
        world.Options.VapiNumberSettings = new Dictionary<string, JsonObject> { [World.PhoneId] = new() { ["assistantId"] = "a", ["server"] = new JsonObject { ["url"] = world.Ear + "/calls" } } };
        return world;
    }

    private static Task<string> RingAsync(World world, string person, params string[] said) => world.Outside.RingAsync(World.PhoneId, person, said, wantsOut: false, default);

    private static VapiCallsToUs Poll(Uri at, string key, TimeProvider clock) =>
        new(ProviderHttp.Create(TimeSpan.FromSeconds(5)), new VapiOptions { BaseUrl = at, ApiKey = key, AssistantId = "a" }, [World.PhoneId], new Clocks(clock, TimeProvider.System));

    private static Task<IReadOnlyList<string>> HearAsync(World world) => HearAsync(Poll(world.Outside.VapiBase, "vk", world.Clock));

    private static async Task<IReadOnlyList<string>> HearAsync(VapiCallsToUs poll) => Assert.IsType<PollAnswer.Fetched>(await poll.FetchAsync(Begun, default)).Raw;
}
