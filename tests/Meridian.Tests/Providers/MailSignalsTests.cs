using System.Text;
using Meridian.Adapters.Mail;
using Meridian.Engine.Inbound;
using Xunit;

namespace Meridian.Tests.Providers;

public class MailSignalsTests
{
    private const string Ours = "tch_01890a5dac96774bbcceb302099a8057";
    private const string Mailbox = "ana@growth1.example";

    private const string Footer = """
        Kind regards,
        Ana

        --
        This is an advertisement from Example Growth LLC, 100 Example Way, Richmond, VA 23219.
        To stop all messages: Reply STOP or use mailto:ana@growth1.example?subject=unsubscribe%20led_1
        """;

    private static readonly string Quoted = "On Mon, Nov 16, 2026 at 9:00 AM Ana <ana@growth1.example> wrote:\n\n" + string.Join('\n', ("Hello Dana,\n\n" + Footer).Split('\n').Select(l => "> " + l));
    private static readonly MailSignals Reader = new();

    /// <summary>What it is, headers beside From/To/Subject/Message-ID, subject, body, and the meaning in a word or two.</summary>
    public static TheoryData<string, string, string, string, string> Shapes => new()
    {
        { "a plain reply", $"In-Reply-To: <{Ours}@growth1.example>", "Re: hello", "Interested, tell me more.\n\n" + Quoted, "Reply touch" },
        { "only references", $"References: <x@y.example> <{Ours}@growth1.example> <z@y.example>", "Re: hello", "Call me.\n", "Reply touch" },
        { "no thread at all", "X: y", "Re: hello", "Call me.", "Reply" },
        { "an owner's copy is not the person's", $"In-Reply-To: <own.{Ours}@growth1.example>", "Re: hello", "Call me.", "Reply" },
        { "STOP above the quoted letter", $"In-Reply-To: <{Ours}@growth1.example>", "Re: hello", "STOP\n\n" + Quoted, "OptOut touch" },
        { "a polite no", "X: y", "Re: hello", "Please remove me from your list.\n\nThanks,\nDana", "OptOut" },
        { "Spanish", "X: y", "Re: hello", "Por favor, no me escriban más.\n\nEl lun, 16 nov 2026 a las 9:00, Ana (<ana@growth1.example>) escribió:\n> Reply STOP", "OptOut" },
        { "STOP only in what is quoted", "X: y", "Re: hello", "Sounds good.\n\n" + Quoted, "Reply" },
        { "our footer quoted without a mark", "X: y", "Re: hello", "Sounds good.\n\nHello Dana,\n\n" + Footer, "Reply" },
        { "Outlook's rule and header", "X: y", "RE: hello", "Yes please\n\n________________________________\nFrom: Ana <ana@growth1.example>\nSent: Monday\nTo: Dana\nSubject: hello\n\n" + Footer, "Reply" },
        { "Outlook's header without a rule", "X: y", "RE: hello", "Yes please\n\nFrom: Ana <ana@growth1.example>\nSent: Monday\nTo: Dana\nSubject: hello\n\nReply STOP to opt out", "Reply" },
        { "a wrapped introduction", "X: y", "Re: hello", "Yes please\n\nOn Mon, Nov 16, 2026 at 9:00 AM Ana at Example Growth <\nana@growth1.example> wrote:\n\nunsubscribe", "Reply" },
        { "a forwarded original", "X: y", "Fw: hello", "For you?\n-----Original Message-----\nFrom: Ana\nunsubscribe me", "Reply" },
        { "words below a signature mark", "X: y", "Re: hello", "Fine for me.\n-- \nDana\nTo unsubscribe write to us", "Reply" },
        { "a phone's signature", "X: y", "Re: hello", "unsubscribe\n\nSent from my iPhone", "OptOut" },
        { "nothing but a subject", "X: y", "unsubscribe", "\n", "OptOut" },
        { "our subject repeated is no wish", "X: y", "Re: how to unsubscribe from chaos", "Nice.", "Reply" },
        { "the header's unsubscribe address", "X: y", $"unsubscribe {Ours}", "sent by a program", "OptOut touch" },
        { "a mail program that unsubscribes for its owner", "Auto-Submitted: auto-replied\nX-Apple-Unsubscribe: true", $"unsubscribe {Ours}", "Apple Mail sent this email", "OptOut touch" },
        { "the same by way of a list", "Precedence: bulk", "unsubscribe led_42", "", "OptOut led_42" },
        { "a machine that answers us with their no", $"Auto-Submitted: auto-replied\nIn-Reply-To: <{Ours}@mail.example>", "Re: hello", "I have left the company. Please remove me from your list.", "OptOut touch" },
        { "a machine that tells its readers how to leave", $"Auto-Submitted: auto-generated\nIn-Reply-To: <{Ours}@mail.example>", "Re: hello", "We have received your request. To stop getting these messages unsubscribe here.", "AutoReply" },
        { "a machine that says how its notices end", $"Auto-Submitted: auto-replied\nIn-Reply-To: <{Ours}@mail.example>", "Re: hello", "I am out of the office until Monday. To stop these notices remove me from your list.", "AutoReply" },
        { "a group that passes on a bare no", $"List-Id: <sales.people.example>\nIn-Reply-To: <{Ours}@mail.example>", "Re: hello", "STOP", "OptOut touch" },
        { "the same out of the blue", "Auto-Submitted: auto-replied", "Re: hello", "I have left the company. Please remove me from your list.", "AutoReply" },
        { "the footer's unsubscribe address", "X: y", "unsubscribe led_42", "", "OptOut led_42" },
        { "an empty reply", "X: y", "Re: hello", Quoted, "Reply unclear" },
        { "an angry maybe", "X: y", "Re: hello", "Is this spam? My lawyer will call you.", "Reply unclear" },
        { "a trap", "X: y", "Re: hello", "Stop by our stand tomorrow.", "Reply" },
        { "HTML alone", "Content-Type: text/html; charset=utf-8", "Re: hello", "<p>Please&nbsp;unsubscribe me</p>", "OptOut" },
        { "HTML with a marked quote", "Content-Type: text/html; charset=utf-8", "Re: hello", "<div>Great idea</div><blockquote type=\"cite\"><div>Reply STOP<br>unsubscribe</div></blockquote>", "Reply" },
        { "HTML from Outlook", "Content-Type: text/html; charset=utf-8", "Re: hello", "<p>Great idea</p><div id=\"divRplyFwdMsg\"><b>From:</b> Ana</div><p>unsubscribe</p>", "Reply" },
        { "Auto-Submitted", "Auto-Submitted: auto-replied", "Re: hello", "Out until Monday. unsubscribe", "AutoReply" },
        { "Auto-Submitted: no is a person", "Auto-Submitted: no", "Re: hello", "unsubscribe", "OptOut" },
        { "X-Autoreply", "X-Autoreply: yes", "Re: hello", "STOP", "AutoReply" },
        { "an empty return path", "Return-Path: <>", "Re: hello", "I am away", "AutoReply" },
        { "Precedence", "Precedence: auto_reply", "Re: hello", "I am away", "AutoReply" },
        { "a subject that says so", "X: y", "Automatic reply: hello", "I am away; remove me from the loop", "AutoReply" },
        { "a newsletter", "List-Unsubscribe: <https://news.example/u>", "News", "Click unsubscribe", "AutoReply" },
        { "a vacation in Spanish", "X: y", "Respuesta automática: hola", "Estoy fuera", "AutoReply" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_shape_of_message_has_its_meaning(string what, string header, string subject, string body, string expected)
    {
        var type = header.StartsWith("Content-Type", StringComparison.Ordinal) ? "" : "Content-Type: text/plain; charset=utf-8\n";
        var raw = Raw($"{header}\n{type}From: Dana <Dana@People.example>\nTo: {Mailbox}\nSubject: {Encoded(subject)}\nMessage-ID: <1@people.example>\nMIME-Version: 1.0\n\n{body}\n");
        Assert.Equal((what, expected), (what, Plainly(Reader.Read(raw))));
        Assert.True(Reader.Describe(raw).Holds);
    }

    [Theory]
    [InlineData("failed", "5.1.1", "550 5.1.1 user unknown", "Bounce Hard")]
    [InlineData("failed", "5.1.10", "550 5.1.10 null MX", "Bounce Hard")]
    [InlineData("failed", "5.0.0", "550 no such user here", "Bounce Hard")]
    [InlineData("failed", "5.2.2", "552 5.2.2 mailbox full", "Bounce Soft")]
    [InlineData("failed", "4.4.1", "421 timed out", "Bounce Soft")]
    [InlineData("failed", "5.3.4", "552 message too big", "Bounce Soft")]
    [InlineData("failed", "5.7.1", "550 5.7.1 blocked by policy", "Bounce Blocked")]
    [InlineData("failed", "5.7.515", "550 5.7.515 Access denied", "Bounce Blocked")]
    [InlineData("delayed", "4.4.7", "still trying", "Nothing")]
    [InlineData("delivered", "2.0.0", "250 ok", "Nothing")]
    public void A_delivery_report_says_whose_problem_it_is(string action, string status, string diagnostic, string expected)
    {
        var raw = Raw($"""
            Return-Path: <>
            From: Mail Delivery System <mailer-daemon@people.example>
            To: {Mailbox}
            Subject: Undelivered Mail Returned to Sender
            Message-ID: <2@people.example>
            Auto-Submitted: auto-replied
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary="b"

            --b
            Content-Type: text/plain

            Your message could not be delivered.

            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.people.example

            Final-Recipient: rfc822; Dana@people.example
            Action: {action}
            Status: {status}
            Diagnostic-Code: smtp;
             {diagnostic}

            --b
            Content-Type: text/rfc822-headers

            Message-ID: <{Ours}@growth1.example>
            To: dana@people.example

            --b--
            """);
        Assert.Equal(expected == "Nothing" ? expected : $"{expected} touch dana@people.example", Plainly(Reader.Read(raw)));
        var envelope = Reader.Describe(raw);
        Assert.Equal(("bounce", Ours, "dana@people.example"), (envelope.Kind, envelope.TouchId, Assert.Single(envelope.AddressIds)));
    }

    [Theory]
    [InlineData("Undeliverable: hello", "The address dana@people.example was not found.\nError: recipient not found", "Bounce Hard dana@people.example")]
    [InlineData("Delivery Status Notification (Delay)", "We will keep trying to reach dana@people.example", "Nothing")]
    [InlineData("Delivery failure", "dana@people.example: mailbox is full", "Bounce Soft dana@people.example")]
    public void A_bounce_in_plain_words_is_understood_too(string subject, string body, string expected) =>
        Assert.Equal(expected, Plainly(Reader.Read(Raw($"From: postmaster@people.example\nTo: {Mailbox}\nSubject: {subject}\nMessage-ID: <3@people.example>\nContent-Type: text/plain\n\n{body}\n"))));

    [Theory]
    [InlineData("abuse", "OptOut touch dana@people.example")]
    [InlineData("not-spam", "Nothing")]
    public void A_complaint_is_an_opt_out(string kind, string expected) => Assert.Equal(expected, Plainly(Reader.Read(Raw($"""
        From: feedback@provider.example
        To: {Mailbox}
        Subject: complaint
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="b"

        --b
        Content-Type: text/plain

        This is an abuse report.

        --b
        Content-Type: message/feedback-report

        Feedback-Type: {kind}
        User-Agent: provider/1.0
        Version: 1
        Original-Rcpt-To: dana@people.example

        --b
        Content-Type: message/rfc822

        Message-ID: <{Ours}@growth1.example>
        To: dana@people.example
        Subject: hello

        Hello
        --b--
        """)), withAddress: true));

    [Fact]
    public void What_cannot_be_read_is_kept_and_holds_whom_it_seems_to_name()
    {
        var envelope = Reader.Describe("{\"broken\": \"dana@people.example\"");
        Assert.True(envelope.Holds);
        Assert.Equal(["dana@people.example"], envelope.AddressIds);
        Assert.IsType<SignalMeaning.Unreadable>(Reader.Read("{\"broken\""));
        Assert.IsType<SignalMeaning.Unreadable>(Reader.Read(Raw("To: x@y.example\nSubject: nobody\n\nhello\n")));
    }

    [Fact]
    public void The_event_is_the_message_wherever_it_lies_and_another_message_with_the_same_id_is_another_event()
    {
        const string message = "From: dana@people.example\nTo: ana@growth1.example\nMessage-ID: <1@people.example>\n\nhello\n";
        Assert.Equal(Reader.Describe(Raw(message, uid: 3)).EventId, Reader.Describe(Raw(message, uid: 1003)).EventId);
        Assert.NotEqual(Reader.Describe(Raw(message)).EventId, Reader.Describe(Raw(message.Replace("hello", "STOP", StringComparison.Ordinal))).EventId);
    }

    [Fact]
    public void Bytes_that_are_no_text_survive_the_table()
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes("From: d@p.example\r\n\r\n"), 0xff, 0x00, 0xe9];
        Assert.Equal(bytes, RawMail.Parse(new RawMail(Mailbox, 1, 1, DateTimeOffset.UnixEpoch, bytes).ToJson())!.Message);
    }

    internal static string Raw(string message, long uid = 1) =>
        new RawMail(Mailbox, 20261116, uid, new DateTimeOffset(2026, 11, 16, 15, 0, 0, TimeSpan.Zero), Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n"))).ToJson();

    private static string Encoded(string subject) => subject.All(char.IsAscii) ? subject : $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(subject))}?=";

    private static string Plainly(SignalMeaning meaning, bool withAddress = false)
    {
        string Touch(string? touch) => touch is null ? "" : touch == Ours ? " touch" : $" {touch}?";
        return meaning switch
        {
            SignalMeaning.MailReply r => $"Reply{Touch(r.TouchId)}{(r.IsUnclear ? " unclear" : "")}",
            SignalMeaning.MailOptOut o => $"OptOut{Touch(o.TouchId)}{(o.LeadId is null ? "" : $" {o.LeadId}")}{(withAddress ? $" {o.From}" : "")}",
            SignalMeaning.MailBounce b => $"Bounce {b.Failure}{Touch(b.TouchId)} {b.Recipient}".TrimEnd(),
            SignalMeaning.MailAutoReply => "AutoReply",
            SignalMeaning.Nothing => "Nothing",
            _ => meaning.ToString(),
        };
    }
}
