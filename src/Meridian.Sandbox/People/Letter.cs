using System.Globalization;
using System.Text;
using Meridian.Sandbox.Smtp;

namespace Meridian.Sandbox.People;

/// <summary>Writes mail as the world's mail programs do, with our own hands: quoting of four kinds, three encodings, RFC 3834 and RFC 3464.</summary>
internal sealed record Letter(string From, string To, string? Subject, string Words, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    private string Id { get; init; } = "";
    private string Person { get; init; } = "";
    private string Boundary { get; init; } = "";
    private DateTimeOffset SentAt { get; init; }
    private MailMessage Ours { get; init; } = null!;

    private string Domain => Person[(Person.IndexOf('@') + 1)..];

    public static Letter About(Chance chance, string person, string nth, string mailbox, DateTimeOffset sentAt, MailMessage ours) => new(person, mailbox, null, "", [], "")
    {
        Id = chance.ShortId("mail-id", person, nth), Boundary = "=_" + chance.ShortId("mail-boundary", person, nth), Person = person, SentAt = sentAt, Ours = ours,
    };

    /// <summary>The bytes as they arrive at <paramref name="at"/>.</summary>
    public byte[] At(DateTimeOffset at)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Headers.Where(h => h.Name == "Return-Path")) text.Append($"{name}: {value}\r\n");
        text.Append($"Received: from mx.{Domain} by sandbox.invalid with ESMTP; {Date(at)}\r\nDate: {Date(at)}\r\nFrom: {From}\r\nTo: {To}\r\n");
        if (Subject is not null) text.Append($"Subject: {Encoded(Subject)}\r\n");
        text.Append($"Message-ID: <{Id}@{Domain}>\r\nMIME-Version: 1.0\r\n");
        foreach (var (name, value) in Headers.Where(h => h.Name != "Return-Path")) text.Append($"{name}: {value}\r\n");
        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(Body.ReplaceLineEndings("\r\n")).Append("\r\n").ToString());
    }

    public Letter Reply(string words, double style)
    {
        var about = Ours.MessageId is { } id ? $"<{id}>" : null;
        var headers = new List<(string, string)>();
        var from = $"\"A person\" <{Person}>";
        if (about is not null && style is < 0.15)
        {
            // Another address of the same person: only the references tell.
            from = $"{Person[..Person.IndexOf('@')]}@mail.{Domain}";
            headers.Add(("References", about));
        }
        else if (about is not null && style is < 0.8)
        {
            headers.Add(("In-Reply-To", about));
            headers.Add(("References", about));
        }

        var all = words + "\n\n" + Quoted(style);
        var body = all;
        if (style is >= 0.3 and < 0.45)
        {
            headers.Add(("Content-Type", $"multipart/alternative; boundary=\"{Boundary}\""));
            body = $"--{Boundary}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{Base64(all)}\n--{Boundary}\nContent-Type: text/html; charset=utf-8\n\n"
                + $"<div dir=\"ltr\">{Html(words)}</div><br><div class=\"gmail_quote\"><blockquote>{Html(Ours.Text ?? "")}</blockquote></div>\n--{Boundary}--";
        }
        else if (style is >= 0.45 and < 0.55)
        {
            headers.Add(("Content-Type", "text/html; charset=utf-8"));
            body = $"<html><body><p>{Html(words)}</p><div id=\"divRplyFwdMsg\"><b>From:</b> {Ours.From}<br><b>Subject:</b> {Html(Ours.Subject ?? "")}</div><div>{Html(Ours.Text ?? "")}</div></body></html>";
        }
        else
        {
            headers.Add(("Content-Type", "text/plain; charset=utf-8"));
            headers.Add(("Content-Transfer-Encoding", style < 0.7 ? "8bit" : "base64"));
            if (style >= 0.7) body = Base64(all);
        }

        return this with { From = from, Subject = $"Re: {Ours.Subject}", Words = words, Headers = headers, Body = body };
    }

    public Letter OutOfOffice(double style)
    {
        const string words = "Thank you for your message. I am out of the office until Monday with no access to e-mail. To stop these notices remove me from your list.";
        var headers = new List<(string, string)> { ("Return-Path", "<>"), ("Content-Type", "text/plain; charset=utf-8") };
        if (style < 0.7) headers.Add(("Auto-Submitted", "auto-replied"));
        else headers.Add(("X-Autoreply", "yes"));
        if (Ours.MessageId is { } id) headers.Add(("In-Reply-To", $"<{id}>"));
        return this with { Subject = $"{(style < 0.5 ? "Automatic reply" : "Out of office")}: {Ours.Subject}", Words = words, Headers = headers, Body = words };
    }

    public Letter Bounce(string status, string diagnostic)
    {
        var body = $"--{Boundary}\nContent-Type: text/plain; charset=us-ascii\n\nYour message to {Person} could not be delivered.\n{diagnostic}\n\n--{Boundary}\nContent-Type: message/delivery-status\n\n"
            + $"Reporting-MTA: dns; mx.{Domain}\nArrival-Date: {Date(SentAt)}\n\nFinal-Recipient: rfc822; {Person}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {diagnostic}\n\n"
            + $"--{Boundary}\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{Ours.MessageId}>\nFrom: {Ours.From}\nTo: {Person}\nSubject: {Encoded(Ours.Subject ?? "")}\n\n--{Boundary}--";
        return this with
        {
            From = $"mailer-daemon@{Domain}", Subject = "Undelivered Mail Returned to Sender", Words = diagnostic, Body = body,
            Headers = [("Return-Path", "<>"), ("Auto-Submitted", "auto-replied"), ("Content-Type", $"multipart/report; report-type=delivery-status;\r\n boundary=\"{Boundary}\"")],
        };
    }

    /// <summary>What a mail program sends when its reader presses "unsubscribe".</summary>
    public Letter Unsubscribe(string address, string subject) => this with
    {
        To = address, Subject = subject, Words = "This message was sent by a mail program on behalf of its reader.",
        Body = "This message was sent by a mail program on behalf of its reader.", Headers = [("Content-Type", "text/plain; charset=utf-8")],
    };

    private string Quoted(double style)
    {
        var when = SentAt.UtcDateTime.ToString("ddd, MMM d, yyyy 'at' h:mm tt", CultureInfo.InvariantCulture);
        var lines = (Ours.Text ?? "").Split('\n');
        var quoted = string.Join('\n', lines.Select(l => $"> {l}"));
        return style switch
        {
            < 0.4 => $"On {when} {Ours.From} <\n{Ours.From}> wrote:\n\n{quoted}", // long enough that the program wrapped it
            < 0.6 => $"On {when}, {Ours.From} wrote:\n{quoted}",
            < 0.75 => $"El {when}, {Ours.From} escribió:\n{quoted}",
            _ => $"________________________________\nFrom: {Ours.From}\nSent: {when}\nTo: {Person}\nSubject: {Ours.Subject}\n\n{string.Join('\n', lines)}",
        };
    }

    private static string Html(string text) => System.Net.WebUtility.HtmlEncode(text).Replace("\n", "<br>\n");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), Base64FormattingOptions.InsertLineBreaks);

    /// <summary>RFC 2047, one word for each piece short enough.</summary>
    private static string Encoded(string text) => text.All(char.IsAscii) ? text
        : string.Join("\r\n ", text.Chunk(15).Select(piece => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(piece)))}?="));

    private static string Date(DateTimeOffset at) => at.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
}
