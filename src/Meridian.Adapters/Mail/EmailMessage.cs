using System.Text;
using Meridian.Engine.Dispatch;
using MimeKit;
using MimeKit.Text;

namespace Meridian.Adapters.Mail;

/// <summary>Writes the message: the judged text, and the same words as HTML.</summary>
internal static class EmailMessage
{
    /// <summary>A control character in a header's text would write headers of its own; such an e-mail is not repaired but refused.</summary>
    public static string? FirstProblem(OutgoingEmail email)
    {
        foreach (var (name, value) in ((string, string?)[])
            [
                ("subject", email.Subject), ("sender's name", email.FromName), ("recipient's name", email.ToName), ("sender's address", email.FromAddress),
                ("recipient's address", email.ToAddress), ("Message-ID", email.MessageId), ("unsubscribe address", email.UnsubscribeUrl),
                ("unsubscribe mail address", email.UnsubscribeMailto),
            ])
        {
            if (value?.Any(char.IsControl) == true) return $"the {name} contains a line break or another control character";
        }

        if (Mailbox(null, email.FromAddress) is null) return "the sender's address is not an e-mail address";
        if (Mailbox(null, email.ToAddress) is null) return "the recipient's address is not an e-mail address";
        if (email.MessageId.Count(c => c == '@') != 1 || email.MessageId.Any(c => c is '<' or '>' or ' ')) return "the Message-ID is not one";
        if (email.UnsubscribeUrl is { } url && (!Uri.TryCreate(url, UriKind.Absolute, out _) || url.AsSpan().ContainsAny("<> ,"))) return "the unsubscribe address is not a web address";
        if (email.UnsubscribeMailto?.AsSpan().ContainsAny("<> ,") == true) return "the unsubscribe mail address is not one";
        return null;
    }

    public static MimeMessage Of(OutgoingEmail email, DateTimeOffset date)
    {
        var message = new MimeMessage { MessageId = email.MessageId, Date = date, Subject = email.Subject };
        message.From.Add(Mailbox(email.FromName, email.FromAddress)!);
        message.To.Add(Mailbox(email.ToName, email.ToAddress)!);
        if (email.Follows is { Count: > 0 } before)
        {
            message.InReplyTo = before[^1];
            message.References.AddRange(before);
        }

        AddUnsubscribe(message.Headers, email);
        var text = new TextPart(TextFormat.Flowed);
        text.SetText(Encoding.UTF8, Flowed(email.TextBody));
        var html = new TextPart(TextFormat.Html);
        html.SetText(Encoding.UTF8, HtmlLetter.Of(email.TextBody));
        message.Body = new MultipartAlternative(text, html);
        return message;
    }

    /// <summary>The message as it travels where no mail server is spoken to: seven bits and CRLF, so that nobody has a reason to touch it.</summary>
    public static byte[] Bytes(OutgoingEmail email, DateTimeOffset date, DkimSignature? signature)
    {
        using var message = Of(email, date);
        if (signature is null) message.Prepare(EncodingConstraint.SevenBit);
        else signature.Sign(message);
        using var bytes = new MemoryStream();
        message.WriteTo(Dos, bytes);
        return bytes.ToArray();
    }

    private static readonly FormatOptions Dos = WithCrLf();

    private static FormatOptions WithCrLf()
    {
        var options = FormatOptions.Default.Clone();
        options.NewLineFormat = NewLineFormat.Dos;
        return options;
    }

    /// <summary>RFC 8058: one click works only over https, and only beside <c>List-Unsubscribe-Post</c>.</summary>
    private static void AddUnsubscribe(HeaderList headers, OutgoingEmail email)
    {
        var ways = new List<string>();
        if (!string.IsNullOrWhiteSpace(email.UnsubscribeUrl)) ways.Add($"<{email.UnsubscribeUrl}>");
        if (!string.IsNullOrWhiteSpace(email.UnsubscribeMailto))
        {
            ways.Add(email.UnsubscribeMailto.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? $"<{email.UnsubscribeMailto}>" : $"<mailto:{email.UnsubscribeMailto}>");
        }

        if (ways.Count == 0) return;
        headers.Add(HeaderId.ListUnsubscribe, string.Join(", ", ways));
        if (!string.IsNullOrWhiteSpace(email.UnsubscribeUrl)) headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
    }

    /// <summary>RFC 3676 without soft breaks: a paragraph stays one line and each reader wraps it to its own width.</summary>
    private static string Flowed(string text)
    {
        var flowed = new StringBuilder();
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var trimmed = line == "-- " ? line : line.TrimEnd(' ');
            if (trimmed.StartsWith(' ') || trimmed.StartsWith('>') || trimmed.StartsWith("From ", StringComparison.Ordinal)) flowed.Append(' ');
            flowed.Append(trimmed).Append("\r\n");
        }

        return flowed.ToString(0, flowed.Length - 2);
    }

    private static MailboxAddress? Mailbox(string? name, string address)
    {
        if (!MailboxAddress.TryParse(address, out var parsed) || parsed.Address.IndexOf('@') <= 0 || !string.IsNullOrEmpty(parsed.Name)) return null;
        parsed.Name = string.IsNullOrWhiteSpace(name) ? null : name;
        return parsed;
    }
}
