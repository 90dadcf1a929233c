using Meridian.Adapters.Mail;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Tests.Sandbox;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class ImapEarsTests
{
    private const string Mailbox = "sales@example.com";
    private static readonly Instant LongAgo = Instant.FromUtc(2026, 11, 16, 0, 0);

    private static SentEmail Sought(string mailbox, string messageId) => new(mailbox, messageId, "a@example.com", "s", LongAgo);

    [Fact]
    public async Task Every_message_is_heard_once_in_order_and_the_cursor_goes_on_where_it_was()
    {
        await using var world = await WithRepliesAsync();
        await using var ears = Ears(world);
        var (first, cursor) = await AllAsync(ears, null);
        Assert.True(first.Count > 10);
        Assert.Equal(Enumerable.Range(1, first.Count).Select(n => (long)n), first.Select(m => m.Uid));
        var (none, same) = await AllAsync(ears, cursor);
        Assert.Empty(none);
        Assert.Equal(cursor, same);

        await using var fresh = Ears(world); // another process with the cursor of the first
        Assert.Equal(first.Skip(3).Select(m => m.Raw), (await AllAsync(fresh, cursor with { LastUid = 3 })).Messages.Select(m => m.Raw));
    }

    [Fact]
    public async Task What_arrives_between_two_looks_is_heard_at_the_second()
    {
        await using var world = await World.StartAsync();
        await using var ears = Ears(world);
        var (none, cursor) = await AllAsync(ears, null);
        Assert.Empty(none);
        await WriteAsync(world, 200);
        await world.PassAsync(TimeSpan.FromHours(8));
        var (heard, _) = await AllAsync(ears, cursor);
        Assert.True(heard.Count > 10);
    }

    [Fact]
    public async Task A_mailbox_numbered_anew_is_read_again_and_its_messages_are_the_same_events()
    {
        await using var world = await WithRepliesAsync();
        await using var ears = Ears(world);
        var (first, cursor) = await AllAsync(ears, null);
        world.Outside.RenumberMail(Mailbox);
        await using var after = Ears(world);
        var (again, moved) = await AllAsync(after, cursor);
        Assert.NotEqual(cursor.UidValidity, moved.UidValidity);
        var reader = new MailSignals();
        Assert.Equal(first.Select(m => reader.Describe(m.Raw).EventId), again.Select(m => reader.Describe(m.Raw).EventId));
    }

    [Fact]
    public async Task A_server_that_went_away_makes_us_deaf_until_it_is_back()
    {
        await using var world = await WithRepliesAsync();
        await using var ears = Ears(world);
        var (first, cursor) = await AllAsync(ears, null);
        await world.RestartAsync();
        var deaf = Assert.IsType<Hearing.Deaf>(await ears.FetchNewAsync(Mailbox, cursor, LongAgo, default));
        Assert.Contains("127.0.0.1", deaf.Reason);
        Assert.NotEmpty(first);
    }

    [Fact]
    public async Task Sent_is_searched_by_message_id_and_hearing_goes_on_after_it()
    {
        await using var world = await WithRepliesAsync();
        await using var ears = Ears(world);
        var (_, cursor) = await AllAsync(ears, null);
        Assert.IsType<Sighting.Found>(await ears.FindAsync(Sought(Mailbox, "tch_1@mail.example.com"), default));
        Assert.IsType<Sighting.NotFound>(await ears.FindAsync(Sought(Mailbox, "tch_none@mail.example.com"), default));
        Assert.IsType<Sighting.CannotTell>(await ears.FindAsync(Sought("other@example.com", "tch_1@mail.example.com"), default));
        Assert.Empty((await AllAsync(ears, cursor)).Messages);
    }

    [Fact]
    public async Task What_the_provider_files_under_junk_is_heard_with_a_cursor_of_its_own_and_the_inbox_goes_on_after_it()
    {
        await using var world = await World.StartAsync();
        world.Options.MailFilesUnderJunk = kind => kind is "optout" or "bounce";
        await WriteAsync(world, 200);
        await world.PassAsync(TimeSpan.FromHours(8));
        await using var ears = Ears(world);
        var (inbox, cursor) = await AllAsync(ears, null);
        Assert.DoesNotContain(inbox, m => Meaning(m) is SignalMeaning.MailOptOut or SignalMeaning.MailBounce);
        var (junk, at) = await AllAsync(ears, null, junk: true);
        Assert.Contains(junk, m => Meaning(m) is SignalMeaning.MailOptOut);
        Assert.Contains(junk, m => Meaning(m) is SignalMeaning.MailBounce);
        Assert.Equal(world.Kind("optout").Count(), junk.Count(m => Meaning(m) is SignalMeaning.MailOptOut)); // the sandbox knows that we were told

        Assert.Empty((await AllAsync(ears, at, junk: true)).Messages);
        Assert.Empty((await AllAsync(ears, cursor)).Messages);
        await using var fresh = Ears(world); // another process with the cursor of the first
        Assert.Empty((await AllAsync(fresh, at, junk: true)).Messages);
        Assert.Equal(junk.Skip(1).Select(m => m.Raw), (await AllAsync(fresh, at with { LastUid = junk[0].Uid }, junk: true)).Messages.Select(m => m.Raw));

        static SignalMeaning Meaning(HeardMail mail) => new MailSignals().Read(mail.Raw);
    }

    [Fact]
    public async Task The_check_signs_in_and_names_the_folders_or_what_to_do()
    {
        await using var world = await World.StartAsync();
        await using var ears = Ears(world);
        var good = Assert.Single(await new ImapCheck(ears).CheckAsync(default));
        Assert.Equal(($"hear:{Mailbox}", true), (good.Capability, good.Passed));
        Assert.Contains("Sent", good.Found);

        await using var wrong = Ears(world, user: "nobody");
        var bad = Assert.Single(await new ImapCheck(wrong).CheckAsync(default));
        Assert.False(bad.Passed);
        Assert.NotNull(bad.Fix);
    }

    [Fact]
    public void A_password_in_clear_text_to_another_machine_is_a_problem() =>
        Assert.Contains("clear text", Assert.Single(new ImapOptions { Host = "imap.example.com", Security = MailSecurity.None }.Problems(Mailbox)));

    internal static ImapEars Ears(World world, string? user = null) => new(
        [new MailboxOptions { Address = "Sales@Example.com", Imap = new ImapOptions { Host = "127.0.0.1", Port = world.Outside.ImapPort, Security = MailSecurity.None, User = user, Password = "any" } }], TimeProvider.System);

    private static async Task<World> WithRepliesAsync()
    {
        var world = await World.StartAsync();
        await WriteAsync(world, 200);
        await world.PassAsync(TimeSpan.FromHours(8));
        return world;
    }

    private static async Task WriteAsync(World world, int people)
    {
        using var mail = await Mail.ConnectAsync(world);
        for (var i = 0; i < people; i++) await mail.TrySendAsync($"p{i}@people.example", $"tch_{i}", "Hello", "Hello,\n\nReply STOP or use the link");
    }

    private static async Task<(IReadOnlyList<HeardMail> Messages, MailCursor Cursor)> AllAsync(ImapEars ears, MailCursor? cursor, bool junk = false)
    {
        var all = new List<HeardMail>();
        while (true)
        {
            var heard = Assert.IsType<Hearing.New>(junk ? await ears.FetchJunkAsync(Mailbox, cursor, LongAgo, default) : await ears.FetchNewAsync(Mailbox, cursor, LongAgo, default));
            all.AddRange(heard.Messages);
            cursor = heard.Cursor;
            if (!heard.More) return (all, cursor);
        }
    }
}
