using System.Text.RegularExpressions;

namespace Meridian.Sandbox.Smtp;

/// <summary>What a reader would see of a message: who it says it is from, the decoded subject, the plain words.</summary>
internal sealed partial record MailMessage(string? From, string? Subject, string? MessageId, string? Text)
{
    public static MailMessage Parse(byte[] message)
    {
        var part = MimePart.Parse(message);
        return new(
            part.Header("From") is { } from ? Address(from) : null,
            part.Header("Subject") is { } subject ? HeaderText.Decode(subject) : null,
            part.Header("Message-ID") is { } id ? id.Trim().Trim('<', '>') : null,
            PlainText.Of(part));
    }

    private static string Address(string header) =>
        (Bracketed().Match(header) is { Success: true } match ? match.Groups[1].Value : header).Trim().ToLowerInvariant();

    // The last angle bracket: a display name may contain one in quotes.
    [GeneratedRegex(@"<([^<>]+)>\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Bracketed();
}
