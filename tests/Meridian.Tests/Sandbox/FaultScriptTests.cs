using System.Text.Json.Nodes;
using Meridian.Sandbox.Scripts;
using Meridian.Tests.Tidy;
using Xunit;

namespace Meridian.Tests.Sandbox;

/// <summary>A script says what goes wrong, request by request; a bad one says what is wrong with it.</summary>
public sealed class FaultScriptTests
{
    private const string Call = "\"provider\": \"vapi\", \"request\": \"POST /call\", ";

    public static TheoryData<string, string> Mistakes => new()
    {
        { "{ \"provider\": \"vapy\", \"then\": \"429\" }", "faults[1]: provider is \"vapy\": use vapi, highlevel, apollo, mailgun, mail, imap, webhook" },
        { "{ \"name\": \"Monday\", \"provider\": \"vapi\", \"then\": \"anser-lost\" }", "faults[1] \"Monday\": then is \"anser-lost\": use a status from 400 to 599" },
        { "{ \"provider\": \"vapi\" }", "faults[1]: then is missing: use a status" },
        { "{ \"provider\": \"vapi\", \"then\": \"200\" }", "then is \"200\"" },
        { "{ \"provider\": \"vapi\", \"then\": \"error\", \"error\": \"highlevel.dnd\" }", "error is \"highlevel.dnd\": use vapi.daily-limit" },
        { "{ \"provider\": \"vapi\", \"request\": \"/call\", \"then\": \"429\" }", "request is \"/call\": give a method and a path, \"POST /call\"" },
        { "{ \"provider\": \"mail\", \"request\": \"HELP\", \"then\": \"421\" }", "request is \"HELP\": give a verb (CONNECT, EHLO" },
        { "{ \"provider\": \"mail\", \"then\": \"truncated\" }", "then is \"truncated\": use a code from 400 to 599" },
        { "{ \"provider\": \"webhook\", \"request\": \"InboundMessage\", \"then\": \"lost\" }", "request is \"InboundMessage\": give a provider and an event" },
        { "{ \"provider\": \"webhook\", \"then\": \"429\" }", "then is \"429\": use duplicated, reordered, late, lost, garbled, forged, unsigned" },
        { "{ \"provider\": \"vapi\", \"then\": \"slow\" }", "seconds is missing: give how long, above 0" },
        { "{ \"provider\": \"vapi\", \"then\": \"slow\", \"seconds\": -1 }", "seconds is -1: give how long" },
        { "{ \"provider\": \"vapi\", \"nth\": 0, \"then\": \"429\" }", "nth is 0: give a number from 1" },
        { "{ \"provider\": \"vapi\", \"nth\": [1, \"x\"], \"then\": \"429\" }", "nth is [1,\"x\"]" },
        { "{ \"provider\": \"vapi\", \"every\": 1.5, \"then\": \"429\" }", "every is 1.5: give a number from 1" },
        { "{ \"provider\": \"vapi\", \"share\": 2, \"then\": \"429\" }", "share is 2: give a part of 1" },
        { "{ \"provider\": \"vapi\", \"nth\": 1, \"share\": 0.5, \"then\": \"429\" }", "nth, every and share exclude each other" },
        { "{ \"provider\": \"vapi\", \"from\": \"Monday\", \"then\": \"429\" }", "from is \"Monday\": give an instant of the world's clock in UTC" },
        { "{ \"provider\": \"vapi\", \"from\": \"2026-11-16T15:00:00Z\", \"to\": \"2026-11-16T14:00:00Z\", \"then\": \"429\" }", "to is \"2026-11-16T14:00:00Z\": it must be later than from" },
        { "{ \"provider\": \"vapi\", \"retryAfter\": 5, \"then\": \"answer-lost\" }", "retryAfter is 5: it counts only where then is an HTTP status; take it out" },
        { "{ \"provider\": \"vapi\", \"then\": \"429\", \"retryAfter\": \"soon\" }", "retryAfter is \"soon\": give seconds" },
        { "{ \"provider\": \"vapi\", \"then\": \"answer-lost\", \"done\": true }", "done is true: it counts only where then is a status" },
        { "{ \"provider\": \"vapi\", \"then\": \"429\", \"copy\": false }", "copy is false: it counts only where provider is mail" },
        { "{ \"provider\": \"vapi\", \"then\": \"429\", \"often\": true }", "often is not known: use some of name, provider, request" },
        { "{ \"provider\": \"vapi\", \"then\": \"ended\" }", "reason is missing: give the word the call ends with" },
        { "{ \"provider\": \"vapi\", \"then\": \"500\", \"reason\": \"x\" }", "reason is \"x\": it counts only where provider is vapi and then is ended" },
        { "{ \"provider\": \"imap\", \"request\": \"STORE\", \"then\": \"no\" }", "request is \"STORE\": give a verb (CONNECT, LOGIN" },
        { "{ \"provider\": \"imap\", \"then\": \"451\" }", "then is \"451\": use no, bye, cut-before, truncated" },
        { "{ \"provider\": \"imap\", \"request\": \"FETCH\", \"then\": \"renumbered\" }", "request is \"FETCH\": a mailbox is found renumbered when it is opened" },
        { "{ \"provider\": \"imap\", \"then\": \"error\", \"error\": \"mail.sign-in\" }", "error is \"mail.sign-in\": use imap.sign-in" },
        { "[]", "faults[1]: an entry must be an object" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_with_its_entry_field_value_and_fix(string entry, string told)
    {
        var wrong = Assert.Throws<FaultScriptException>(() => Script(entry));
        Assert.Contains(told, Assert.Single(wrong.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not JSON, line 1")]
    [InlineData("{ \"faults\": [", "not JSON, line 1")]
    [InlineData("[]", "one list: {\"faults\": [...]}")]
    [InlineData("{ \"faults\": [], \"seed\": 1 }", "one list")]
    public void A_file_that_is_no_script_is_told_as_a_whole(string text, string told) => Assert.Contains(told, Assert.Throws<FaultScriptException>(() => FaultScript.Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void All_mistakes_are_told_at_once_and_the_example_has_none()
    {
        Assert.Equal(2, Assert.Throws<FaultScriptException>(() => Script("{ \"provider\": \"vapi\", \"then\": \"x\" }, { \"provider\": \"mail\", \"share\": 7, \"then\": \"421\" }")).Problems.Count);
        FaultScript.Read(File.ReadAllText(Path.Combine(Repository.Root, "docs", "faults-example.json")));
    }

    [Fact]
    public void Every_name_of_an_error_is_in_the_document()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "faults.md"));
        foreach (var provider in new[] { "vapi", "highlevel", "apollo", "mailgun", "mail", "imap" })
        {
            var told = Assert.Single(Assert.Throws<FaultScriptException>(() => Script($"{{ \"provider\": \"{provider}\", \"then\": \"error\", \"error\": \"?\" }}")).Problems);
            foreach (var name in told[(told.IndexOf("use ", StringComparison.Ordinal) + 4)..].Split(", ")) Assert.Contains($"`{name}`", document, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_nth_every_nth_and_a_time_are_counted_on_what_matches()
    {
        await using var world = await World.StartAsync(script: Script(
            $"{{ {Call} \"nth\": [2], \"then\": \"500\" }}, {{ {Call} \"every\": 3, \"then\": \"503\" }}, {{ {Call} \"from\": \"2026-11-23T15:30:00Z\", \"to\": \"2026-11-23T15:40:00Z\", \"then\": \"429\" }}, {{ \"provider\": \"vapi\", \"request\": \"GET /call/*\", \"then\": \"404\" }}"));
        var heard = new List<int>();
        for (var i = 0; i < 9; i++)
        {
            heard.Add((await world.CallAsync($"+1312555{100 + i:0000}", $"tch_{i}")).Status);
            await world.PassAsync(TimeSpan.FromMinutes(i == 6 ? 20 : 4));
        }

        Assert.Equal([201, 500, 503, 201, 201, 503, 201, 201, 503], heard); // the first entry that is its turn decides
        Assert.Equal(5, world.Kind("call").Count());
        Assert.Equal(404, (await world.SendAsync(HttpMethod.Get, new Uri(world.Outside.VapiBase, $"call/{world.Kind("call").First()["id"]}"), "vk")).Status);
    }

    [Fact]
    public async Task An_entry_that_no_request_matched_is_named()
    {
        await using var world = await World.StartAsync(script: Script($"{{ {Call} \"nth\": 5, \"then\": \"500\" }}, {{ \"name\": \"a slip\", \"provider\": \"vapi\", \"request\": \"POST /cal\", \"then\": \"404\" }}"));
        Assert.Equal(2, world.Outside.UnmetFaults.Count);
        await world.CallAsync("+13125550100", "tch_1");
        Assert.Equal(["faults[2] \"a slip\""], world.Outside.UnmetFaults);
    }

    [Fact]
    public async Task A_time_that_has_come_is_one_that_counts_and_a_share_is_the_seeds()
    {
        var script = Script($"{{ {Call} \"from\": \"2026-11-23T15:10:00Z\", \"to\": \"2026-11-23T15:20:00Z\", \"then\": \"429\" }}, {{ {Call} \"share\": 0.5, \"then\": \"503\" }}");
        var runs = new List<List<int>>();
        foreach (var seed in new ulong[] { 7, 7, 8 })
        {
            await using var world = await World.StartAsync(seed, script: script);
            var heard = new List<int>();
            for (var i = 0; i < 12; i++)
            {
                heard.Add((await world.CallAsync($"+1312555{100 + i:0000}", $"tch_{i}")).Status);
                await world.PassAsync(TimeSpan.FromMinutes(4));
            }

            Assert.Equal([429, 429], heard[3..5]); // at :12 and :16
            Assert.DoesNotContain(429, heard[5..]);
            Assert.Contains(503, heard);
            Assert.Contains(201, heard);
            runs.Add(heard);
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData(", \"retryAfter\": 30, \"rateHeaders\": true", 30.0)]
    public async Task Busy_with_and_without_saying_for_how_long(string how, double? after)
    {
        await using var world = await World.StartAsync(script: Script($"{{ {Call} \"then\": \"429\"{how} }}"));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Outside.VapiBase, "call")) { Content = new StringContent("{}") };
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((429, after), ((int)answer.StatusCode, answer.Headers.RetryAfter?.Delta?.TotalSeconds));
        Assert.Equal(after is not null, answer.Headers.Contains("X-RateLimit-Reset"));
    }

    [Theory]
    [InlineData("\"then\": \"answer-lost\"", 1)]
    [InlineData("\"then\": \"truncated\"", 1)]
    [InlineData("\"then\": \"malformed\"", 1)]
    [InlineData("\"then\": \"500\", \"done\": true", 1)]
    [InlineData("\"then\": \"slow-answer\", \"seconds\": 3", 1)]
    [InlineData("\"then\": \"slow\", \"seconds\": 3", 1)]
    [InlineData("\"then\": \"500\"", 0)]
    [InlineData("\"then\": \"cut-before\"", 0)]
    [InlineData("\"then\": \"error\", \"error\": \"vapi.daily-limit\"", 0)]
    public async Task What_is_done_is_in_the_log_what_is_not_is_not_and_the_wire_shows_both(string then, int done)
    {
        await using var world = await World.StartAsync(script: Script($"{{ \"name\": \"it\", {Call} {then} }}"));
        var heard = await Record.ExceptionAsync(async () => Assert.True((await world.CallAsync("+13125550100", "tch_1")).Status >= 200));
        Assert.Equal(then.Contains("lost", StringComparison.Ordinal) || then.Contains("cut", StringComparison.Ordinal) || then.Contains("truncated", StringComparison.Ordinal) || then.Contains("malformed", StringComparison.Ordinal), heard is not null);
        Assert.True(world.FallsSilent());
        Assert.Equal(done, world.Kind("call").Count());
        Assert.Equal(then.Contains("slow", StringComparison.Ordinal) ? 3 : 0, world.Waited.TotalSeconds);
        var asked = JsonNode.Parse(Assert.Single(File.ReadAllLines(Path.Combine(world.Folder, "sandbox-wire.jsonl"))))!;
        Assert.Equal(("POST /call", "tch_1", "+13125550100", "it"), ((string?)asked["request"], (string?)asked["touch"], (string?)asked["to"], (string?)asked["fault"]));
    }

    [Fact]
    public async Task A_forged_text_comes_by_another_address_before_the_genuine_and_an_unsigned_one_without_it()
    {
        await using var forged = await World.StartAsync(script: Script("{ \"provider\": \"webhook\", \"request\": \"highlevel InboundMessage\", \"then\": \"forged\" }"));
        await TextAsync(forged);
        var (forgeries, genuine) = (forged.Heard.Count(h => ((string)h["messageId"]!).EndsWith("forged", StringComparison.Ordinal)), forged.Heard.Count(h => !((string)h["messageId"]!).EndsWith("forged", StringComparison.Ordinal)));
        Assert.NotEqual(0, genuine);
        Assert.Equal(genuine, forgeries);
        Assert.Equal(genuine, forged.Kind("reply").Concat(forged.Kind("optout")).Count()); // a forgery tells nobody anything

        await using var unsigned = await World.StartAsync(script: Script("{ \"provider\": \"webhook\", \"then\": \"unsigned\" }"));
        unsigned.EarStatus = 401;
        await TextAsync(unsigned);
        Assert.Empty(unsigned.Kind("optout")); // nobody took it
    }

    private static async Task TextAsync(World world)
    {
        for (var i = 0; i < 40; i++) await world.TextAsync(await world.ContactAsync($"+1312555{i:0000}"), "Hi");
        await world.PassAsync(TimeSpan.FromHours(3));
    }

    private static FaultScript Script(string entries) => FaultScript.Read($"{{ \"faults\": [{entries}] }}");
}
