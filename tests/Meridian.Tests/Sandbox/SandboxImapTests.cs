using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Meridian.Tests.Sandbox;

public class SandboxImapTests
{
    private const string Sender = "sales@example.com";

    [Fact]
    public async Task People_answer_minutes_to_hours_later_and_the_log_hears_of_it_only_when_the_body_is_fetched()
    {
        await using var world = await World.StartAsync();
        await WriteToAsync(world, 400);
        await world.PassAsync(TimeSpan.FromHours(8));
        var before = world.Log.Count;
        using var imap = await Line.SignInAsync(world, Sender);
        await imap.SayAsync("EXAMINE INBOX");
        var found = await imap.SayAsync("UID SEARCH ALL");
        await imap.SayAsync("UID FETCH 1:* (FLAGS UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER])");
        Assert.Equal(before, world.Log.Count);

        var bodies = await imap.SayAsync("UID FETCH 1:* (BODY.PEEK[])");
        var uids = found.Split("\r\n")[0].Split(' ').Length - 2;
        Assert.InRange(uids, 20, 60);
        Assert.Equal(before + uids, world.Log.Count);
        foreach (var kind in new[] { "reply", "optout", "auto_reply", "bounce" }) Assert.Contains(world.Kind(kind), l => l["said_at"] is not null);
        Assert.All(world.Kind("reply"), l => Assert.Equal(Sender, (string?)l["to"]));
        Assert.Contains("multipart/report; report-type=delivery-status", bodies);
        Assert.Contains("Auto-Submitted: auto-replied", bodies);

        await imap.SayAsync("UID FETCH 1:* (BODY[])");
        await world.RestartAsync();
        using var again = await Line.SignInAsync(world, Sender);
        await again.SayAsync("SELECT INBOX");
        Assert.Equal(found.Split("\r\n")[0], (await again.SayAsync("UID SEARCH ALL")).Split("\r\n")[0]);
        Assert.Equal(bodies.Split("\r\n")[1..20], (await again.SayAsync("UID FETCH 1:* (BODY.PEEK[])")).Split("\r\n")[1..20]);
        Assert.Equal(before + uids, world.Log.Count);
    }

    [Fact]
    public async Task A_restart_before_they_answer_changes_nothing_they_say()
    {
        await using var first = await World.StartAsync();
        await using var second = await World.StartAsync();
        foreach (var world in new[] { first, second }) await WriteToAsync(world, 120);
        await second.RestartAsync();
        foreach (var world in new[] { first, second }) await world.PassAsync(TimeSpan.FromHours(8));
        Assert.Equal(await MailAsync(first), await MailAsync(second));
    }

    [Fact]
    public async Task Sent_keeps_what_was_taken_and_finds_it_by_its_message_id()
    {
        await using var world = await World.StartAsync();
        await WriteToAsync(world, 3);
        using var imap = await Line.SignInAsync(world, Sender);
        Assert.Contains("(\\HasNoChildren \\Sent) \"/\" Sent", await imap.SayAsync("LIST \"\" \"*\""));
        Assert.Contains("* 3 EXISTS", await imap.SayAsync("SELECT Sent"));
        Assert.StartsWith("* SEARCH 2\r\n", await imap.SayAsync("UID SEARCH HEADER Message-ID \"tch_1@mail.example.com\""));
        Assert.StartsWith("* SEARCH\r\n", await imap.SayAsync("UID SEARCH HEADER Message-ID tch_9@mail.example.com"));
        Assert.StartsWith("* SEARCH 1 2 3\r\n", await imap.SayAsync("UID SEARCH SINCE 23-Nov-2026"));
        Assert.Contains("BODY[]<0> {10}", await imap.SayAsync("UID FETCH 3 (BODY.PEEK[]<0.10>)"));
    }

    [Fact]
    public async Task Neither_an_open_connection_nor_one_that_idles_holds_the_clock_and_renumbering_changes_every_uid()
    {
        await using var world = await World.StartAsync();
        await WriteToAsync(world, 1);
        using var imap = await Line.SignInAsync(world, Sender);
        Assert.Contains("[UIDVALIDITY 20261116]", await imap.SayAsync("SELECT Sent"));
        await imap.WriteAsync("x IDLE\r\n");
        Assert.Equal("+ idling\r\n", await imap.ReadLineAsync());
        Assert.True(world.FallsSilent(), "an idling connection holds an exchange open");
        await imap.WriteAsync("DONE\r\n");
        Assert.StartsWith("x OK", await imap.ReadLineAsync());

        world.Outside.RenumberMail(Sender);
        Assert.Contains("[UIDVALIDITY 20261117]", await imap.SayAsync("SELECT Sent"));
        Assert.StartsWith("* SEARCH 1001\r\n", await imap.SayAsync("UID SEARCH ALL"));
        Assert.Contains("BYE", await imap.SayAsync("LOGOUT"));
    }

    [Fact]
    public async Task Who_is_not_signed_in_sees_nothing()
    {
        await using var world = await World.StartAsync();
        using var imap = await Line.OpenAsync(world);
        Assert.Contains(" NO ", await imap.SayAsync("SELECT INBOX"));
        Assert.Contains("AUTHENTICATIONFAILED", await imap.SayAsync("LOGIN nobody secret"));
        Assert.Contains(" OK ", await imap.SayAsync($"AUTHENTICATE PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{Sender}\0any"))}"));
        Assert.Contains("BAD", await imap.SayAsync("FROBNICATE"));
    }

    private static async Task WriteToAsync(World world, int people)
    {
        using var mail = await Mail.ConnectAsync(world);
        for (var i = 0; i < people; i++) await mail.TrySendAsync($"p{i}@people.example", $"tch_{i}", "Hello", "Hello,\n\nReply STOP or use the link");
    }

    private static async Task<IReadOnlyList<string>> MailAsync(World world) => (await File.ReadAllLinesAsync(Path.Combine(world.Folder, "sandbox-mail.jsonl"))).Where(l => (string?)JsonNode.Parse(l)!["folder"] == "INBOX").Order().ToList();

    /// <summary>A bare line of IMAP, so that no library reads its own work.</summary>
    private sealed class Line(TcpClient client) : IDisposable
    {
        private readonly NetworkStream stream = client.GetStream();
        private int tag;

        public static async Task<Line> OpenAsync(World world)
        {
            var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", world.Outside.ImapPort);
            var line = new Line(client);
            await line.ReadLineAsync();
            return line;
        }

        public static async Task<Line> SignInAsync(World world, string mailbox)
        {
            var line = await OpenAsync(world);
            Assert.Contains(" OK ", await line.SayAsync($"LOGIN {mailbox} \"any password\""));
            return line;
        }

        /// <summary>Everything up to and including the tagged reply.</summary>
        public async Task<string> SayAsync(string command)
        {
            var mine = $"a{++tag}";
            await WriteAsync($"{mine} {command}\r\n");
            var said = new StringBuilder();
            while (true)
            {
                var line = await ReadLineAsync();
                said.Append(line);
                if (line.StartsWith($"{mine} ", StringComparison.Ordinal)) return said.ToString();
            }
        }

        public async Task WriteAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text));

        public async Task<string> ReadLineAsync()
        {
            var line = new List<byte>();
            var one = new byte[1];
            while (await stream.ReadAsync(one) == 1)
            {
                line.Add(one[0]);
                if (one[0] == (byte)'\n') break;
            }

            return Encoding.UTF8.GetString([.. line]);
        }

        public void Dispose() => client.Dispose();
    }
}
