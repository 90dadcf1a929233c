using Meridian.Adapters.Mail;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Tests.Providers;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Sandbox;

public sealed partial class SandboxChecklistTests
{
    private const string OurMailbox = "sales@example.com";
    private static readonly Instant BeforeAll = Instant.FromUtc(2026, 11, 16, 0, 0);

    public static TheoryData<string> DeafOnce => new()
    {
        "\"request\": \"CONNECT\", \"then\": \"bye\"",
        "\"request\": \"CONNECT\", \"then\": \"no\"",
        "\"request\": \"CONNECT\", \"then\": \"cut-before\"",
        "\"request\": \"LOGIN sales@example.com\", \"nth\": [1, 2], \"then\": \"error\", \"error\": \"imap.sign-in\"",
        "\"request\": \"LOGIN\", \"then\": \"error\", \"error\": \"imap.too-many\"",
        "\"request\": \"SELECT\", \"then\": \"error\", \"error\": \"imap.unavailable\"",
        "\"request\": \"SELECT\", \"then\": \"truncated\"",
        "\"request\": \"SEARCH\", \"then\": \"no\", \"text\": \"[INUSE] Mailbox is being moved\"",
        "\"request\": \"SEARCH\", \"then\": \"error\", \"error\": \"imap.server-bug\"",
        "\"request\": \"SEARCH\", \"then\": \"cut-before\"",
        "\"request\": \"SEARCH\", \"then\": \"truncated\"",
        "\"request\": \"FETCH\", \"then\": \"no\"",
        "\"request\": \"FETCH\", \"then\": \"error\", \"error\": \"imap.shutting-down\"",
        "\"request\": \"FETCH *\", \"then\": \"truncated\"",
        "\"request\": \"FETCH\", \"nth\": 4, \"then\": \"truncated\"",
        "\"request\": \"FETCH\", \"nth\": 5, \"then\": \"bye\"",
    };

    [Theory]
    [MemberData(nameof(DeafOnce))]
    public async Task A_mail_server_that_refuses_or_breaks_off_makes_us_deaf_once_and_then_everything_is_heard_once(string fault)
    {
        var script = Script($"{{ \"provider\": \"imap\", {fault}{(fault.Contains("nth", StringComparison.Ordinal) ? "" : ", \"nth\": 1")} }}");
        await using var world = await World.StartAsync(script: script);
        await AnsweredAsync(world);
        await using var ears = ImapEarsTests.Ears(world);
        Assert.Contains("127.0.0.1", Assert.IsType<Hearing.Deaf>(await ears.FetchNewAsync(OurMailbox, null, BeforeAll, default)).Reason, StringComparison.Ordinal);

        var heard = Assert.IsType<Hearing.New>(await ears.FetchNewAsync(OurMailbox, null, BeforeAll, default));
        Assert.True(heard.Messages.Count > 10);
        Assert.Equal(heard.Messages.Select(m => m.Uid).Distinct(), heard.Messages.Select(m => m.Uid));
        Assert.Equal(heard.Messages.Count, Lines(world));
        Assert.Empty(Assert.IsType<Hearing.New>(await ears.FetchNewAsync(OurMailbox, heard.Cursor, BeforeAll, default)).Messages);
    }

    [Fact]
    public async Task A_letter_that_is_broken_off_was_told_to_nobody()
    {
        await using var world = await World.StartAsync(script: Script("{ \"provider\": \"imap\", \"request\": \"FETCH\", \"then\": \"truncated\" }"));
        await AnsweredAsync(world);
        await using var ears = ImapEarsTests.Ears(world);
        for (var i = 0; i < 3; i++) Assert.IsType<Hearing.Deaf>(await ears.FetchNewAsync(OurMailbox, null, BeforeAll, default));
        Assert.Equal(0, Lines(world));
    }

    [Fact]
    public async Task A_slow_mail_server_is_waited_for_and_heard()
    {
        await using var world = await World.StartAsync(script: Script("{ \"provider\": \"imap\", \"request\": \"SEARCH\", \"then\": \"slow\", \"seconds\": 3 }, { \"provider\": \"imap\", \"request\": \"LOGIN\", \"then\": \"slow-answer\", \"seconds\": 2 }"));
        await AnsweredAsync(world);
        await using var ears = ImapEarsTests.Ears(world);
        Assert.NotEmpty(Assert.IsType<Hearing.New>(await ears.FetchNewAsync(OurMailbox, null, BeforeAll, default)).Messages);
        Assert.Equal(5, world.Waited.TotalSeconds);
    }

    [Fact]
    public async Task A_mailbox_found_numbered_anew_brings_the_same_events_again()
    {
        await using var world = await World.StartAsync(script: Script("{ \"provider\": \"imap\", \"request\": \"SELECT sales@example.com\", \"nth\": 2, \"then\": \"renumbered\" }"));
        await AnsweredAsync(world);
        var (reader, heard) = (new MailSignals(), new List<Hearing.New>());
        for (var i = 0; i < 2; i++)
        {
            await using var ears = ImapEarsTests.Ears(world);
            heard.Add(Assert.IsType<Hearing.New>(await ears.FetchNewAsync(OurMailbox, heard.LastOrDefault()?.Cursor, BeforeAll, default)));
        }

        Assert.NotEqual(heard[0].Cursor.UidValidity, heard[1].Cursor.UidValidity);
        Assert.Equal(heard[0].Messages.Select(m => reader.Describe(m.Raw).EventId), heard[1].Messages.Select(m => reader.Describe(m.Raw).EventId));
        Assert.Equal(heard[0].Messages.Count, Lines(world));
    }

    [Theory]
    [InlineData("\"request\": \"SEARCH\", \"then\": \"no\"")]
    [InlineData("\"request\": \"SEARCH\", \"then\": \"truncated\"")]
    [InlineData("\"request\": \"LIST\", \"then\": \"bye\"")]
    [InlineData("\"request\": \"SELECT\", \"then\": \"cut-before\"")]
    public async Task A_Sent_folder_that_cannot_be_searched_says_nothing_about_a_letter(string fault)
    {
        await using var world = await World.StartAsync(script: Script($"{{ \"provider\": \"imap\", {fault}, \"nth\": 1 }}"));
        await AnsweredAsync(world);
        await using var ears = ImapEarsTests.Ears(world);
        var sought = new SentEmail(OurMailbox, "tch_1@mail.example.com", "p1@people.example", "Hello", BeforeAll);
        Assert.IsType<Sighting.CannotTell>(await ears.FindAsync(sought, default));
        Assert.IsType<Sighting.Found>(await ears.FindAsync(sought, default));
    }

    private static int Lines(World world) => world.Log.Count(l => l["said_at"] is not null);

    /// <summary>Two hundred letters, and hours for answers.</summary>
    private static async Task AnsweredAsync(World world)
    {
        using (var mail = await Mail.ConnectAsync(world))
            for (var i = 0; i < 200; i++) await mail.TrySendAsync($"p{i}@people.example", $"tch_{i}", "Hello", "Hello,\n\nReply STOP or use the link");
        await world.PassAsync(TimeSpan.FromHours(8));
    }
}
