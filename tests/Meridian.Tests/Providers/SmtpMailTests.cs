using Meridian.Adapters.Mail;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Xunit;

namespace Meridian.Tests.Providers;

public class SmtpMailTests
{
    private static readonly OutgoingEmail Email = new(
        MessageIds.For(Permits.TouchId, "sam@Example.com"), "sam@example.com", "Sam Øst", "dana@freight.example", "Dana Whitman", "Grüße from Sam", "Hi Dana,\n\n.dots first\nFrom us\n\nSam",
        "https://example.com/u/token", "unsub@example.com?subject=token");

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "CONNECT", "421 4.3.2 too busy", "NotSent Transient" },
        { "CONNECT", "554 no service for you", "NotSent Account" },
        { "CONNECT", SmtpMove.Drop, "NotSent Transient" },
        { "CONNECT", SmtpMove.Hang, "NotSent Transient" },
        { "EHLO", SmtpMove.Drop, "NotSent Transient" },
        { "AUTH", "535 5.7.8 bad credentials", "NotSent Account" },
        { "AUTH", "530 5.7.0 must sign in", "NotSent Account" },
        { "AUTH", "454 4.7.0 try later", "NotSent Transient" },
        { "MAIL", "530 5.7.0 authentication required", "NotSent Account" },
        { "MAIL", "550 5.1.8 sender rejected", "NotSent Account" },
        { "MAIL", "451 4.7.1 slow down", "NotSent Transient" },
        { "MAIL", SmtpMove.Drop, "NotSent Transient" },
        { "MAIL", SmtpMove.Hang, "NotSent Transient" },
        { "RCPT", "550 5.1.1 no such user", "Refused Bounced" },
        { "RCPT", "550 no such user here", "Refused Bounced" },
        { "RCPT", "550 unheard of", "Refused Bounced" },
        { "RCPT", "553 5.1.10 recipient not found", "Refused Bounced" },
        { "RCPT", "552 5.2.2 mailbox full", "Refused" },
        { "RCPT", "550 5.7.1 blocked by policy", "NotSent Account" },
        { "RCPT", "550 5.7.515 Access denied, sending domain does not meet the required authentication level", "NotSent Account" },
        { "RCPT", "554 client host blocked using a list", "NotSent Account" },
        { "RCPT", "552 5.3.4 too big", "Refused" },
        { "RCPT", "550 5.4.1 no route", "Refused" },
        { "RCPT", "451 4.7.1 greylisted", "NotSent Transient" },
        { "RCPT", "421 4.4.2 going down" + SmtpMove.Drop, "NotSent Transient" },
        { "RCPT", "550 5.1.1 no such user" + SmtpMove.Drop, "Refused Bounced" },
        { "RCPT", SmtpMove.Drop, "NotSent Transient" },
        { "RCPT", "nonsense", "NotSent Transient" },
        { "DATA", "554 5.6.0 not that content", "Refused" },
        { "DATA", "451 4.3.0 later", "NotSent Transient" },
        { "DATA", SmtpMove.Drop, "NotSent Transient" },
        { "DATA", SmtpMove.Hang, "NotSent Transient" },
        { "END", "550 5.7.1 looks like spam", "NotSent Account" },
        { "END", "554 5.6.0 bad content", "Refused" },
        { "END", "550 rejected", "Refused" },
        { "END", "550 rejected" + SmtpMove.Drop, "Refused" },
        { "END", "451 4.3.0 try again", "NotSent Transient" },
        { "END", SmtpMove.Drop, "Unknown" },
        { "END", SmtpMove.Hang, "Unknown" },
        { "END", "nonsense", "Unknown" },
        { "END", "250-half a reply" + SmtpMove.Drop, "Unknown" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Every_refusal_and_drop_is_classed_by_what_may_have_happened(string place, string reply, string expected)
    {
        await using var server = new ScriptedSmtp(place, reply);
        await using var mail = Mail(server.Port, machine: server.Machine);
        var permit = Permits.Fresh(Channel.Email);
        Assert.Equal(expected, Permits.Plainly(await mail.SendAsync(permit, Email, CancellationToken.None)));
        Assert.Equal(place == "END" ? 1 : 0, server.Messages.Count);
        Assert.Equal(1, server.Connections);

        // The permit is gone exactly when something of the message was said.
        Assert.Equal(place is "CONNECT" or "EHLO" or "AUTH", permit.TryUse());
    }

    [Fact]
    public async Task A_drop_in_the_middle_of_the_content_proves_that_nothing_was_handed_over()
    {
        await using var server = new ScriptedSmtp("CONTENT", SmtpMove.Drop);
        await using var mail = Mail(server.Port);
        var huge = Email with { TextBody = string.Concat(Enumerable.Repeat("A long line of words that says nothing at all.\n", 1_000_000)) };
        Assert.Equal("NotSent Transient", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), huge, CancellationToken.None)));
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task A_drop_that_may_have_come_after_end_of_data_is_unknown()
    {
        await using var server = new ScriptedSmtp("CONTENT", SmtpMove.Drop);
        await using var mail = Mail(server.Port);
        Assert.Equal("Unknown", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None)));
    }

    [Fact]
    public async Task An_accepted_message_is_said_once_and_says_what_was_meant()
    {
        await using var server = new ScriptedSmtp();
        await using var mail = Mail(server.Port);
        var permit = Permits.Fresh(Channel.Email);
        Assert.Equal("Accepted 2.0.0 queued as Q1", Permits.Plainly(await mail.SendAsync(permit, Email, CancellationToken.None)));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await mail.SendAsync(permit, Email, CancellationToken.None)));

        using var stream = new MemoryStream(System.Text.Encoding.Latin1.GetBytes(Assert.Single(server.Messages)));
        using var message = await MimeMessage.LoadAsync(stream, TestContext.Current.CancellationToken);
        Assert.Equal($"{Permits.TouchId}@example.com", message.MessageId);
        Assert.Equal("\"Sam Øst\" <sam@example.com>", message.From.ToString());
        Assert.Equal("\"Dana Whitman\" <dana@freight.example>", message.To.ToString());
        Assert.Equal("Grüße from Sam", message.Subject);
        Assert.Equal(new DateTimeOffset(2026, 10, 12, 15, 0, 0, TimeSpan.Zero), message.Date);
        Assert.Equal("<https://example.com/u/token>, <mailto:unsub@example.com?subject=token>", message.Headers[HeaderId.ListUnsubscribe]);
        Assert.Equal("List-Unsubscribe=One-Click", message.Headers[HeaderId.ListUnsubscribePost]);
        var parts = Assert.IsType<MultipartAlternative>(message.Body);
        var part = Assert.IsType<TextPart>(parts[0]);
        Assert.Equal(("text/plain", "utf-8", true), (part.ContentType.MimeType, part.ContentType.Charset, part.IsFlowed));
        Assert.Equal("Hi Dana,\n\n.dots first\n From us\n\nSam", part.Text.ReplaceLineEndings("\n").TrimEnd('\n'));
        Assert.Equal("text/html", parts[1].ContentType.MimeType);
    }

    [Fact]
    public async Task Two_messages_use_one_connection()
    {
        await using var server = new ScriptedSmtp();
        await using var mail = Mail(server.Port);
        foreach (var _ in (int[])[1, 2]) Assert.IsType<SendResult.Accepted>(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None));
        Assert.Equal((2, 1), (server.Messages.Count, server.Connections));
        Assert.DoesNotContain("NOOP", server.Said);
    }

    [Fact]
    public async Task A_connection_found_dead_at_mail_from_is_opened_anew_once()
    {
        await using var server = new ScriptedSmtp((connection, place) => connection == 1 && place == "IDLE" ? SmtpMove.Drop : null);
        await using var mail = Mail(server.Port);
        await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None);
        await server.IdleMoveDone.Task;
        Assert.IsType<SendResult.Accepted>(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None));
        Assert.Equal((2, 2), (server.Messages.Count, server.Connections));
    }

    [Fact]
    public async Task A_kept_connection_that_says_421_at_mail_from_is_opened_anew_only_once()
    {
        var mails = 0;
        await using var server = new ScriptedSmtp((_, place) => place == "MAIL" && Interlocked.Increment(ref mails) > 1 ? "421 4.4.2 idle too long" + SmtpMove.Drop : null);
        await using var mail = Mail(server.Port);
        await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None);
        Assert.Equal("NotSent Transient", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None)));
        Assert.Equal((1, 2, 3), (server.Messages.Count, server.Connections, mails));
    }

    [Fact]
    public async Task A_kept_connection_that_drops_after_end_of_data_is_not_opened_anew()
    {
        var ends = 0;
        await using var server = new ScriptedSmtp((_, place) => place == "END" && Interlocked.Increment(ref ends) > 1 ? SmtpMove.Drop : null);
        await using var mail = Mail(server.Port);
        await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None);
        Assert.Equal("Unknown", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None)));
        Assert.Equal((2, 1), (server.Messages.Count, server.Connections));
    }

    [Fact]
    public async Task A_connection_left_alone_too_long_is_replaced_before_it_is_needed()
    {
        var machine = new FakeTimeProvider();
        await using var server = new ScriptedSmtp();
        await using var mail = Mail(server.Port, machine: machine);
        await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None);
        machine.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<SendResult.Accepted>(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_permit_that_runs_out_while_the_server_dawdles_hands_nothing_over()
    {
        var machine = new FakeTimeProvider();
        await using var server = new ScriptedSmtp((_, place) =>
        {
            if (place == "RCPT") machine.Advance(SendPermit.Life);
            return null;
        });
        await using var mail = Mail(server.Port);
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await mail.SendAsync(Permits.On(machine, Channel.Email), Email, CancellationToken.None)));
        Assert.Empty(server.Messages);
        Assert.DoesNotContain("DATA", server.Said);
        Assert.IsType<SendResult.Accepted>(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None));
    }

    [Fact]
    public async Task An_expired_permit_or_a_stop_does_not_even_connect()
    {
        await using var server = new ScriptedSmtp();
        await using var mail = Mail(server.Port);
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await mail.SendAsync(Permits.Expired(Channel.Email), Email, CancellationToken.None)));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, new CancellationToken(true))));
        Assert.Empty(server.Said);
    }

    [Fact]
    public async Task A_closed_port_proves_that_nothing_was_sent()
    {
        using var closed = new NobodyListens();
        await using var mail = Mail(closed.Port);
        Assert.Equal("NotSent Transient", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None)));
    }

    [Fact]
    public async Task A_server_without_the_promised_encryption_gets_no_password()
    {
        await using var server = new ScriptedSmtp();
        await using var mail = Mail(server.Port, security: MailSecurity.StartTls);
        Assert.Equal("NotSent Account", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, CancellationToken.None)));
        Assert.DoesNotContain(server.Said, line => line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    public static TheoryData<string, OutgoingEmail> Injections => new()
    {
        { "subject", Email with { Subject = "Hi\r\nBcc: all@example.com" } },
        { "subject", Email with { Subject = "Hi\nthere" } },
        { "sender's name", Email with { FromName = "Sam\r\nX: y" } },
        { "recipient's name", Email with { ToName = "Dana\rX" } },
        { "recipient's address", Email with { ToAddress = "dana@freight.example\r\nRCPT TO:<x@y.z>" } },
        { "recipient's address", Email with { ToAddress = "Dana <dana@freight.example>" } },
        { "recipient's address", Email with { ToAddress = "dana@freight.example, two@freight.example" } },
        { "recipient's address", Email with { ToAddress = "dana" } },
        { "Message-ID", Email with { MessageId = "a@b>\r\nX: y" } },
        { "Message-ID", Email with { MessageId = "no-domain" } },
        { "unsubscribe address", Email with { UnsubscribeUrl = "https://x.example/>, <https://evil.example" } },
        { "unsubscribe mail address", Email with { UnsubscribeMailto = "a@b.c>\r\nX: y" } },
    };

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task What_would_write_headers_of_its_own_is_refused_with_the_reason(string named, OutgoingEmail email)
    {
        await using var server = new ScriptedSmtp();
        await using var mail = Mail(server.Port);
        var refused = Assert.IsType<SendResult.Refused>(await mail.SendAsync(Permits.Fresh(Channel.Email), email, CancellationToken.None));
        Assert.Contains(named, refused.Reason, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task An_unknown_mailbox_is_the_accounts_problem()
    {
        await using var mail = Mail(1);
        Assert.Equal("NotSent Account", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email with { FromAddress = "other@example.com" }, CancellationToken.None)));
    }

    [Fact]
    public async Task An_owners_copy_goes_by_the_owners_mailbox_and_needs_no_permit()
    {
        await using var senders = new ScriptedSmtp();
        await using var owners = new ScriptedSmtp();
        await using var mail = new SmtpMail([Mailbox(senders.Port)], Mailbox(owners.Port), Clock(), TimeProvider.System);
        var copy = Email with { MessageId = MessageIds.ForOwnerCopy(Permits.TouchId, "sam@example.com"), UnsubscribeUrl = null, UnsubscribeMailto = null };
        Assert.IsType<SendResult.Accepted>(await mail.SendToOwnerAsync(copy, CancellationToken.None));
        Assert.Contains($"<own.{Permits.TouchId}@example.com>", Assert.Single(owners.Messages), StringComparison.Ordinal);
        Assert.Empty(senders.Messages);
    }

    [Fact]
    public void A_message_id_leads_back_to_its_touch_and_an_owners_copy_does_not()
    {
        Assert.Equal(Permits.TouchId, MessageIds.TouchOf($"<{MessageIds.For(Permits.TouchId, "sam@Example.com")}>"));
        Assert.Null(MessageIds.TouchOf(MessageIds.ForOwnerCopy(Permits.TouchId, "sam@example.com")));
        Assert.Null(MessageIds.TouchOf("CAF=x@mail.gmail.com"));
        Assert.Null(MessageIds.TouchOf(null));
    }

    private static SmtpMail Mail(int port, MailSecurity security = MailSecurity.None, TimeProvider? machine = null) =>
        new([Mailbox(port, security)], null, Clock(), machine ?? TimeProvider.System);

    private static MailboxOptions Mailbox(int port, MailSecurity security = MailSecurity.None) => new()
    {
        Address = "Sam@example.com", Host = "127.0.0.1", Port = port, User = "sam", Password = "secret", Security = security,
    };

    private static FakeTimeProvider Clock() => new(new DateTimeOffset(2026, 10, 12, 15, 0, 0, TimeSpan.Zero));
}
