using System.Text.Json.Nodes;
using Meridian.Adapters.Mail;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Sandbox;
using Meridian.Sandbox.Scripts;
using Meridian.Tests.Providers;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Post;

/// <summary>What Mailgun tells of letters it took, asked for over HTTP: all of it, page by page, whenever it comes, and never with the key shown to somebody else.</summary>
public sealed class MailgunEventsTests
{
    private static readonly MailgunSignals Reader = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_is_read_once_over_as_many_pages_as_there_are()
    {
        await using var post = await Post.OpenAsync(Fate("bounce"));
        for (var i = 0; i < 620; i++) await post.SendAsync(i);
        post.Pass(TimeSpan.FromMinutes(5));
        var heard = await post.HearAsync();
        Assert.Equal(620, heard.Select(r => Reader.Describe(r).TouchId).Distinct().Count());
        Assert.Equal(heard.Count, heard.Select(r => Reader.Describe(r).EventId).Distinct().Count());
        Assert.Equal(4, post.Asked.Count(p => p.Contains("/events", StringComparison.Ordinal))); // 300, 300, 20, and the empty one that ends it
        Assert.Equal(heard, await post.HearAsync());
    }

    [Theory]
    [InlineData("bounce", "Hard 5.1.1")]
    [InlineData("mailbox-full", "Soft 5.2.2")]
    [InlineData("blocked", "Blocked 5.7.1")]
    [InlineData("greylisted", "Nothing Greylisted")]
    [InlineData("too-old", "Nothing Greylisted, Soft Too old")]
    [InlineData("no-mx", "Hard No MX")]
    [InlineData("complained", "OptOut complained")]
    [InlineData("unsubscribed", "OptOut unsubscribed")]
    public async Task Whatever_becomes_of_a_letter_is_heard(string fate, string heard)
    {
        await using var post = await Post.OpenAsync(Fate(fate));
        await post.SendAsync(1);
        post.Pass(TimeSpan.FromHours(9));
        var meanings = (await post.HearAsync()).Select(Reader.Read).ToList();
        Assert.Equal(heard.Split(", ").Length, meanings.Count);
        foreach (var (meaning, expected) in meanings.Zip(heard.Split(", ")))
        {
            var (kind, words, who) = meaning switch
            {
                SignalMeaning.MailBounce b => ($"{b.Failure}", b.Detail, (b.TouchId, b.Recipient)),
                SignalMeaning.MailOptOut o => ("OptOut", o.Reason, (o.TouchId, o.From)),
                SignalMeaning.Nothing n => ("Nothing", n.Why, ("tch_1", "p1@people.example")),
                _ => throw new InvalidOperationException($"{meaning}"),
            };
            Assert.Equal(expected.Split(' ')[0], kind);
            Assert.Contains(expected[(kind.Length + 1)..], words, StringComparison.Ordinal);
            Assert.Equal(("tch_1", "p1@people.example"), who);
        }
    }

    [Fact]
    public async Task An_address_that_nobody_has_comes_back_and_a_second_letter_to_it_is_not_sent_at_all()
    {
        await using var post = await Post.OpenAsync("""{ "faults": [ { "provider": "mailgun", "request": "POST *", "nth": 1, "then": "error", "error": "mailgun.bounce" } ] }""");
        await post.SendAsync(1);
        post.Pass(TimeSpan.FromMinutes(5));
        await post.SendAsync(1);
        var heard = (await post.HearAsync()).Select(r => Assert.IsType<SignalMeaning.MailBounce>(Reader.Read(r))).ToList();
        Assert.Equal([BounceKind.Hard, BounceKind.Hard], heard.Select(b => b.Failure));
        Assert.Contains("previously bounced", heard[1].Detail, StringComparison.Ordinal);
        Assert.Single(post.Log, l => l.Contains("\"kind\":\"email\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_outside_worlds_own_dead_addresses_are_heard_too_and_again_after_it_came_back()
    {
        await using var post = await Post.OpenAsync(null);
        for (var i = 0; i < 300; i++) await post.SendAsync(i);
        await post.RestartAsync();
        post.Pass(TimeSpan.FromHours(1));
        var heard = await post.HearAsync();
        var told = post.Log.Where(l => l.Contains("\"kind\":\"bounce\"", StringComparison.Ordinal)).Select(l => (string)JsonNode.Parse(l)!["to"]!).ToList();
        Assert.True(told.Count > 5);
        Assert.Equal(told.Order(), heard.Select(r => Reader.Describe(r).AddressIds.Single()).Order());
        await post.RestartAsync();
        Assert.Equal(heard, await post.HearAsync());
        Assert.Equal(told.Count, post.Log.Count(l => l.Contains("\"kind\":\"bounce\"", StringComparison.Ordinal))); // told once
    }

    [Fact]
    public async Task Each_domain_is_asked_by_itself_once_whatever_its_mailboxes()
    {
        await using var post = await Post.OpenAsync(Fate("bounce"));
        await using var mail = post.Mail("ana@growth.example", "bob@Growth.example", "cara@other.example");
        Assert.Equal(["mailgun-growth.example", "mailgun-other.example"], mail.Polls.Select(p => p.Key));
        await post.SendAsync(1, mail, "cara@other.example");
        post.Pass(TimeSpan.FromMinutes(5));
        Assert.Empty(await post.HearAsync(mail.Polls[0]));
        Assert.Single(await post.HearAsync(mail.Polls[1]));
    }

    [Theory]
    [InlineData("""{ "faults": [ { "provider": "mailgun", "request": "GET */events/*", "nth": 1, "then": "500" } ] }""", "answered 500")]
    [InlineData("""{ "faults": [ { "provider": "mailgun", "request": "GET */events/*", "nth": 1, "then": "429" } ] }""", "answered 429")]
    [InlineData("""{ "faults": [ { "provider": "mailgun", "request": "GET */events/*", "nth": 1, "then": "cut-before" } ] }""", "not reached")]
    [InlineData("""{ "faults": [ { "provider": "mailgun", "request": "GET */events/*", "nth": 1, "then": "malformed" } ] }""", "could not be read")]
    public async Task A_page_that_fails_makes_the_whole_look_one_that_is_repeated(string script, string why)
    {
        await using var post = await Post.OpenAsync(script.Replace("[ {", "[ { \"provider\": \"mailgun\", \"request\": \"POST *\", \"then\": \"error\", \"error\": \"mailgun.bounce\" }, {", StringComparison.Ordinal));
        await post.SendAsync(1);
        post.Pass(TimeSpan.FromMinutes(5));
        Assert.Contains(why, Assert.IsType<PollAnswer.NotFetched>(await post.Poll.FetchAsync(post.Begun, Cancelled)).Why, StringComparison.Ordinal);
        Assert.Single(await post.HearAsync());
    }

    [Fact]
    public async Task The_next_page_is_asked_for_where_we_know_Mailgun_and_nowhere_else()
    {
        var pages = 0;
        await using var elsewhere = new ScriptedHttp(new Reply(200, """{"items":[]}""")) { IsNoVendor = true };
        await using var mailgun = new ScriptedHttp(asked => new Reply(200, pages++ == 0 ? $$$"""{"items":[{"event":"failed"},7],"paging":{"next":"{{{elsewhere.BaseUrl}}}v3/growth.example/events/W3siYSI6"}}""" : """{"items":[]}""")) { IsNoVendor = true };
        await using var mail = new RoutedMail([Box("ana@growth.example", mailgun.BaseUrl)], null, new ImapEars([], TimeProvider.System), TimeProvider.System, TimeProvider.System);
        var fetched = Assert.IsType<PollAnswer.Fetched>(await mail.Polls.Single().FetchAsync(Instant.FromUnixTimeSeconds(1_521_233_000), Cancelled));
        Assert.Equal(["""{"event":"failed"}""", "7"], fetched.Raw); // what makes no sense is handed on: a person looks at it
        Assert.Equal(["/v3/growth.example/events?begin=1521233000&ascending=yes&limit=300&event=failed%20OR%20complained%20OR%20unsubscribed", "/v3/growth.example/events/W3siYSI6"], mailgun.Requests.Select(r => r.Path));
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("""{"items":[{"event":"failed"}]}""")]
    [InlineData("""{"items":[{"event":"failed"}],"paging":{"next":7}}""")]
    [InlineData("""{"items":[{"event":"failed"}],"paging":{"next":"https://api.mailgun.net/v3/somebody.example/events/W3siYSI6"}}""")]
    [InlineData("""{"items":[{"event":"failed"}],"paging":{"next":"https://api.mailgun.net/v3/growth.example/events/always-the-same"}}""")]
    public async Task A_paging_that_leads_nowhere_is_no_answer(string page)
    {
        await using var mailgun = new ScriptedHttp(new Reply(200, page)) { IsNoVendor = true };
        await using var mail = new RoutedMail([Box("ana@growth.example", mailgun.BaseUrl)], null, new ImapEars([], TimeProvider.System), TimeProvider.System, TimeProvider.System);
        Assert.IsType<PollAnswer.NotFetched>(await mail.Polls.Single().FetchAsync(Instant.FromUnixTimeSeconds(1_521_233_000), Cancelled));
    }

    private static string Fate(string name) => $$"""{ "faults": [ { "provider": "mailgun", "request": "POST *", "then": "error", "error": "mailgun.{{name}}" } ] }""";

    private static MailboxOptions Box(string address, Uri at) => new() { Address = address, Via = MailVia.Mailgun, BaseUrl = at, ApiKey = "sandbox-mailgun-key" };

    /// <summary>The outside world's Mailgun, a clock a test can move, and our own side of it.</summary>
    private sealed class Post : IAsyncDisposable
    {
        private readonly FakeTimeProvider clock = new(new(2026, 11, 23, 15, 0, 0, TimeSpan.Zero));
        private readonly SandboxOptions options;
        private OutsideWorld world = null!;
        private RoutedMail mail = null!;

        private Post(string? script) => options = new SandboxOptions
        {
            Folder = Directory.CreateTempSubdirectory("meridian-mailgun-").FullName, Seed = 7, Clock = clock, OwnerEmail = "owner@example.com",
            Script = script is null ? null : FaultScript.Read(script), Sees = (_, _, path, _, _) => Asked.Add(path),
        };

        public List<string> Asked { get; } = [];

        public Instant Begun => Instant.FromDateTimeOffset(new(2026, 11, 23, 15, 0, 0, TimeSpan.Zero));

        public IInboundPoll Poll => mail.Polls.Single();

        public IReadOnlyList<string> Log => File.ReadAllLines(Path.Combine(options.Folder, "sandbox-log.jsonl"));

        public static async Task<Post> OpenAsync(string? script)
        {
            var post = new Post(script);
            await post.StartAsync();
            return post;
        }

        public async Task RestartAsync()
        {
            await mail.DisposeAsync();
            await world.DisposeAsync();
            await StartAsync();
        }

        public void Pass(TimeSpan time) => clock.Advance(time);

        public RoutedMail Mail(params string[] addresses) => new([.. addresses.Select(a => Box(a, world.MailgunBase))], null, new ImapEars([], TimeProvider.System), clock, TimeProvider.System);

        public async Task SendAsync(int number, RoutedMail? by = null, string from = "ana@growth.example") => Assert.IsType<SendResult.Accepted>(await (by ?? mail).SendAsync(
            new SendPermit($"prm_{number}", $"tch_{number}", Channel.Email, TimeProvider.System, TimeProvider.System.GetTimestamp(), TimeProvider.System.GetUtcNow()),
            new OutgoingEmail(MessageIds.For($"tch_{number}", from), from, "Ana", $"p{number}@people.example", "Dana", "Hello", "Hi Dana,\n\nAna"), Cancelled));

        public async Task<IReadOnlyList<string>> HearAsync(IInboundPoll? poll = null) => Assert.IsType<PollAnswer.Fetched>(await (poll ?? Poll).FetchAsync(Begun, Cancelled)).Raw;

        public async ValueTask DisposeAsync()
        {
            await mail.DisposeAsync();
            await world.DisposeAsync();
            Directory.Delete(options.Folder, recursive: true);
        }

        private async Task StartAsync()
        {
            world = await OutsideWorld.StartAsync(options, Cancelled);
            mail = Mail("ana@growth.example");
        }
    }
}
