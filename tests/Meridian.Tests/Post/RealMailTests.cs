using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;
using Meridian.Adapters.Mail;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using MimeKit;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Post;

/// <summary>Our mailbox against the real thing: what we send is signed and arrives, and what comes back is told apart.</summary>
public sealed class RealMailTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_signed_letter_goes_out_and_a_reply_a_bounce_an_absence_and_a_no_come_back_and_are_told_apart()
    {
        await using var real = await RealMail.StartAsync();
        var mailbox = new MailboxOptions
        {
            Address = "ana@growth.example", Host = "127.0.0.1", Port = real.SmtpPort, Security = MailSecurity.None, Dkim = new DkimOptions { Selector = "s1", KeyFile = real.KeyFile },
            Imap = new ImapOptions { Host = "127.0.0.1", Port = real.ImapPort, Security = MailSecurity.None, User = "ana@growth.example", Password = RealMail.Password },
        };
        await using var mail = new SmtpMail([mailbox], null, TimeProvider.System, TimeProvider.System);
        await using var ears = new ImapEars([mailbox], TimeProvider.System);

        Assert.IsType<SendResult.Accepted>(await mail.SendToOwnerAsync(Letter("tch_1", "dana@people.example", []), Cancelled));
        Assert.IsType<SendResult.Accepted>(await mail.SendToOwnerAsync(Letter("tch_2", "dana@people.example", ["tch_1@growth.example"]), Cancelled));
        Assert.IsType<SendResult.Accepted>(await mail.SendToOwnerAsync(Letter("tch_3", "nobody@gone.example", []), Cancelled));

        // As the person's own server received it.
        var received = await InboxAsync(real, "dana@people.example", 2);
        var first = received.Single(m => m.MessageId == "tch_1@growth.example");
        Assert.Contains("dkim=pass", first.Headers["Authentication-Results"], StringComparison.Ordinal);
        Assert.Contains("header.d=growth.example", first.Headers["Authentication-Results"], StringComparison.Ordinal);
        var signed = first.Headers["DKIM-Signature"]!.Replace("\r\n", "", StringComparison.Ordinal).ToLowerInvariant();
        foreach (var header in new[] { "from", "subject", "message-id", "list-unsubscribe", "list-unsubscribe-post" }) Assert.Matches($@"h=[^;]*\b{header}\b", signed.Replace(" ", "", StringComparison.Ordinal));
        Assert.Contains("<https://reach.example.com/u/abc>, <mailto:ana@growth.example?subject=unsubscribe%20tch_1>", first.Headers["List-Unsubscribe"], StringComparison.Ordinal);
        Assert.Equal("List-Unsubscribe=One-Click", first.Headers["List-Unsubscribe-Post"]);
        Assert.Equal(Body.ReplaceLineEndings("\n"), first.BodyParts.OfType<TextPart>().First(p => p.IsPlain).Text.ReplaceLineEndings("\n")); // as written: a reader joins the lines
        Assert.Contains("<a href=\"https://reach.example.com/u/abc\">", first.HtmlBody, StringComparison.Ordinal);
        var second = received.Single(m => m.MessageId == "tch_2@growth.example");
        Assert.Equal("tch_1@growth.example", second.InReplyTo);
        Assert.Equal(["tch_1@growth.example"], second.References);

        // What comes back: written by a person's program, by a holiday responder, and by Postfix itself.
        using (var person = new SmtpClient())
        {
            await person.ConnectAsync("127.0.0.1", real.SmtpPort, SecureSocketOptions.None, Cancelled);
            await person.SendAsync(Answer(first, "Sounds interesting, tell me more."), Cancelled);
            var absent = Answer(first, "I am away until Monday. If it is urgent, please remove me from nothing and write to my colleague.");
            absent.Subject = "Automatic reply: " + first.Subject;
            absent.Headers.Add("Auto-Submitted", "auto-replied");
            await person.SendAsync(absent, Cancelled);
            await person.SendAsync(Answer(first, "Please remove me from your list."), Cancelled);
        }

        var meanings = await HeardAsync(ears, 4);
        Assert.Equal("tch_1", Assert.Single(meanings.OfType<SignalMeaning.MailReply>()).TouchId);
        Assert.Equal("tch_1", Assert.Single(meanings.OfType<SignalMeaning.MailAutoReply>()).TouchId);
        var no = Assert.Single(meanings.OfType<SignalMeaning.MailOptOut>());
        Assert.Equal(("tch_1", "dana@people.example"), (no.TouchId, no.From));
        var bounce = Assert.Single(meanings.OfType<SignalMeaning.MailBounce>());
        Assert.Equal(("tch_3", "nobody@gone.example", BounceKind.Hard), (bounce.TouchId, bounce.Recipient, bounce.Failure));
    }

    [Fact]
    public async Task A_no_that_our_own_provider_takes_for_junk_is_heard_and_when_it_is_moved_it_is_the_same()
    {
        await using var real = await RealMail.StartAsync();
        var mailbox = new MailboxOptions
        {
            Address = "ana@growth.example", Host = "127.0.0.1", Port = real.SmtpPort, Security = MailSecurity.None,
            Imap = new ImapOptions { Host = "127.0.0.1", Port = real.ImapPort, Security = MailSecurity.None, User = "ana@growth.example", Password = RealMail.Password },
        };
        await using var ears = new ImapEars([mailbox], TimeProvider.System);
        var nothing = Assert.IsType<Hearing.New>(await ears.FetchJunkAsync("ana@growth.example", null, Instant.FromUtc(2020, 1, 1, 0, 0), Cancelled));
        Assert.Empty(nothing.Messages);

        var no = new MimeMessage { Subject = "Re: Hello", Body = new TextPart("plain") { Text = "Please remove me from your list." }, InReplyTo = "tch_1@growth.example", MessageId = "no@people.example" };
        no.From.Add(MailboxAddress.Parse("dana@people.example"));
        no.To.Add(MailboxAddress.Parse("ana@growth.example"));
        using var provider = new ImapClient();
        await provider.ConnectAsync("127.0.0.1", real.ImapPort, SecureSocketOptions.None, Cancelled);
        await provider.AuthenticateAsync("ana@growth.example", RealMail.Password, Cancelled);
        var junk = provider.GetFolder(MailKit.SpecialFolder.Junk)!;
        var uid = await junk.AppendAsync(new MailKit.AppendRequest(no), Cancelled);

        var heard = Assert.IsType<Hearing.New>(await ears.FetchJunkAsync("ana@growth.example", nothing.Cursor, Instant.FromUtc(2020, 1, 1, 0, 0), Cancelled));
        var reader = new MailSignals();
        var letter = Assert.Single(heard.Messages);
        Assert.Equal(("tch_1", "dana@people.example"), (Assert.IsType<SignalMeaning.MailOptOut>(reader.Read(letter.Raw)) is var meant ? meant.TouchId : null, meant.From));
        Assert.Empty(Assert.IsType<Hearing.New>(await ears.FetchJunkAsync("ana@growth.example", heard.Cursor, Instant.FromUtc(2020, 1, 1, 0, 0), Cancelled)).Messages);

        await junk.OpenAsync(MailKit.FolderAccess.ReadWrite, Cancelled);
        await junk.MoveToAsync(uid!.Value, provider.Inbox!, Cancelled);
        var inbox = Assert.IsType<Hearing.New>(await ears.FetchNewAsync("ana@growth.example", null, Instant.FromUtc(2020, 1, 1, 0, 0), Cancelled));
        Assert.Equal(reader.Describe(letter.Raw).EventId, reader.Describe(Assert.Single(inbox.Messages).Raw).EventId);
        // Its junk is empty again, and hearing goes on in either folder.
        Assert.Empty(Assert.IsType<Hearing.New>(await ears.FetchJunkAsync("ana@growth.example", heard.Cursor, Instant.FromUtc(2020, 1, 1, 0, 0), Cancelled)).Messages);
        Assert.Empty(Assert.IsType<Hearing.New>(await ears.FetchNewAsync("ana@growth.example", inbox.Cursor, Instant.FromUtc(2020, 1, 1, 0, 0), Cancelled)).Messages);
    }

    private const string Body = """
        Hello Dana,

        A line of somebody's: ünïcode, “quotes” and a very long line that goes on and on past every limit a mail server ever had for the length of a line, because people write like this and their programs let them, and a signature must survive it all the same.

        -- 
        This is an advertisement from Example Growth LLC, 100 Example Way, Richmond, VA 23219.
        To stop all messages: https://reach.example.com/u/abc
        """;

    private static OutgoingEmail Letter(string touch, string to, IReadOnlyList<string> follows) => new(
        $"{touch}@growth.example", "ana@growth.example", "Ana of Example Growth", to, "Dana Whitman", "An introduction", Body, "https://reach.example.com/u/abc", $"ana@growth.example?subject=unsubscribe%20{touch}", follows);

    private static MimeMessage Answer(MimeMessage to, string words)
    {
        var answer = new MimeMessage { Subject = "Re: " + to.Subject, InReplyTo = to.MessageId, Body = new TextPart("plain") { Text = $"{words}\n\nOn Tue, Nov 24, 2026 at 3:00 PM Ana <ana@growth.example> wrote:\n> {to.TextBody!.ReplaceLineEndings("\n> ")}\n" } };
        answer.References.Add(to.MessageId!);
        answer.From.Add(new MailboxAddress("Dana Whitman", "dana@people.example"));
        answer.To.Add(new MailboxAddress("Ana", "ana@growth.example"));
        return answer;
    }

    private static async Task<IReadOnlyList<MimeMessage>> InboxAsync(RealMail real, string user, int most)
    {
        using var client = new ImapClient();
        await client.ConnectAsync("127.0.0.1", real.ImapPort, SecureSocketOptions.None, Cancelled);
        await client.AuthenticateAsync(user, RealMail.Password, Cancelled);
        await client.Inbox!.OpenAsync(MailKit.FolderAccess.ReadOnly, Cancelled);
        for (var i = 0; i < 2400 && client.Inbox.Count < most; i++)
        {
            await Task.Delay(50, Cancelled);
            await client.NoOpAsync(Cancelled);
        }

        Assert.Equal(most, client.Inbox.Count);
        var messages = new List<MimeMessage>();
        for (var i = 0; i < most; i++) messages.Add(await client.Inbox.GetMessageAsync(i, Cancelled));
        return messages;
    }

    private static async Task<IReadOnlyList<SignalMeaning>> HeardAsync(ImapEars ears, int most)
    {
        var reader = new MailSignals();
        var heard = new List<HeardMail>();
        MailCursor? cursor = null;
        for (var i = 0; i < 2400 && heard.Count < most; i++)
        {
            var hearing = Assert.IsType<Hearing.New>(await ears.FetchNewAsync("ana@growth.example", cursor, Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow()) - Duration.FromDays(7), Cancelled));
            heard.AddRange(hearing.Messages);
            cursor = hearing.Cursor;
            if (hearing.Messages.Count == 0) await Task.Delay(50, Cancelled);
        }

        return [.. heard.Select(h => reader.Read(h.Raw))];
    }
}
