using System.Text.RegularExpressions;

namespace Meridian.Sandbox.Smtp;

/// <summary>What a reader would see of a message: who it says it is from, the decoded subject, the plain words.</summary>
internal sealed partial record MailMessage(string? From, string? Subject, string? MessageId, string? Text)
{
    public string? To { get; init; }

    /// <summary>Where RFC 2369 lets a reader unsubscribe by mail: address and subject.</summary>
    public (string Address, string Subject)? UnsubscribeBy { get; init; }

    public static MailMessage Parse(byte[] message)
    {
        var part = MimePart.Parse(message);
        return new(
            part.Header("From") is { } from ? Address(from) : null,
            part.Header("Subject") is { } subject ? HeaderText.Decode(subject) : null,
            part.Header("Message-ID") is { } id ? id.Trim().Trim('<', '>') : null,
            PlainText.Of(part))
        {
            To = part.Header("To") is { } to ? Address(to) : null,
            UnsubscribeBy = part.Header("List-Unsubscribe") is { } ways && Mailto().Match(ways) is { Success: true } way
                ? (way.Groups[1].Value.ToLowerInvariant(), Uri.UnescapeDataString(way.Groups[2].Value)) : null,
        };
    }

    private static string Address(string header) =>
        (Bracketed().Match(header) is { Success: true } match ? match.Groups[1].Value : header).Trim().ToLowerInvariant();

    // The last angle bracket: a display name may contain one in quotes.
    [GeneratedRegex(@"<([^<>]+)>\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"<\s*mailto:([^?>]+)(?:\?subject=([^>&]*))?[^>]*>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Mailto();
}
