using System.Text;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using Meridian.Engine.Inbound;
using MimeKit;

namespace Meridian.Adapters.Mail;

/// <summary>
/// What a mail server says about a message of ours that it could not deliver: RFC 3464, or in plain words from its daemon. Whose problem it is
/// follows the enhanced status (RFC 3463) and, where that is vague, the words.
/// </summary>
/// <param name="Failure">Null: it was delivered, relayed, or is only late.</param>
internal sealed partial record DeliveryReport(string? TouchId, string? Recipient, BounceKind? Failure, string Detail)
{
    public static DeliveryReport? In(MimeMessage message)
    {
        if (message.Body is MultipartReport report && "delivery-status".Equals(report.ReportType, StringComparison.OrdinalIgnoreCase)) return OfReport(report);
        return IsDaemon(message) ? OfWords(message) : null;
    }

    public static string TextOf(MimePart part)
    {
        if (part is TextPart text) return text.Text;
        using var content = new MemoryStream();
        part.Content?.DecodeTo(content);
        return Encoding.UTF8.GetString(content.ToArray());
    }

    /// <summary>The touch and the recipient that the returned message, or its headers, name.</summary>
    public static (string? TouchId, string? To) Original(Multipart report)
    {
        foreach (var part in report)
        {
            // text/rfc822-headers is one too, to MimeKit: a message without a body.
            var headers = part is MessagePart { Message: { } returned } ? returned.Headers : null;
            if (headers is null) continue;
            return (MessageIds.TouchOf(headers[HeaderId.MessageId]), NamedAddresses.Email(headers[HeaderId.To]));
        }

        return (null, null);
    }

    private static DeliveryReport OfReport(MultipartReport report)
    {
        var (touch, to) = Original(report);
        var groups = report.OfType<MessageDeliveryStatus>().FirstOrDefault()?.StatusGroups;
        var words = string.Join(' ', report.OfType<TextPart>().Take(1).Select(t => t.Text));
        touch ??= Named(report.ToString());
        // Some servers leave out the blank line between what they say of the message and what of the person.
        var people = groups?.Where(g => g["Final-Recipient"] is not null || g["Original-Recipient"] is not null).ToList() ?? [];
        if (people.Count == 0) return new(touch, to, Class("", words), Short(words));

        var person = people.FirstOrDefault(g => "failed".Equals(g["Action"]?.Trim(), StringComparison.OrdinalIgnoreCase)) ?? people[0];
        var recipient = Address(person["Original-Recipient"]) ?? Address(person["Final-Recipient"]) ?? to;
        // A mailbox that forwards has another final recipient; the one we wrote to is the one we know.
        if (to is not null && person["Original-Recipient"] is null && Address(person["Final-Recipient"]) is { } final && final != to) recipient = final;
        var action = person["Action"]?.Trim().ToLowerInvariant() ?? "failed";
        var status = Enhanced().Match(person["Status"] ?? "") is { Success: true } match ? match.Value : "";
        var detail = Short($"{status} {person["Diagnostic-Code"]}".Trim());
        return new(touch, recipient, action == "failed" ? Class(status, person["Diagnostic-Code"] ?? words) : null, action == "failed" ? detail : $"{action} {detail}".Trim());
    }

    private static DeliveryReport OfWords(MimeMessage message)
    {
        var words = message.TextBody ?? message.HtmlBody ?? "";
        var status = Enhanced().Match(words) is { Success: true } match ? match.Value : "";
        var said = NamedAddresses.Salvage(words).FirstOrDefault(a => a.Contains('@') && !a.StartsWith("tch_", StringComparison.Ordinal) && !Daemon().IsMatch(a));
        var late = Late().IsMatch(message.Subject ?? "");
        return new(MessageIds.TouchOf(message.InReplyTo) ?? Named(words), said, late ? null : Class(status, words), Short(late ? "delayed" : $"{status} {words}".Trim()));
    }

    /// <summary>The enhanced status (RFC 3463) among a server's words; null: none.</summary>
    public static string? EnhancedIn(string words) => Enhanced().Match(words) is { Success: true } match ? match.Value : null;

    public static BounceKind Class(string status, string words)
    {
        if (status.StartsWith('4')) return BounceKind.Soft;
        if (status is "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10" or "5.2.1") return BounceKind.Hard;
        if (status == "5.2.2" || Full().IsMatch(words)) return BounceKind.Soft;
        if (status == "5.4.1" && NotTaken().IsMatch(words)) return BounceKind.Hard; // Microsoft's edge, for an address its directory does not have
        if (status is "5.1.7" or "5.1.8" || status.StartsWith("5.7.", StringComparison.Ordinal)) return BounceKind.Blocked;
        if (Unknown().IsMatch(words)) return BounceKind.Hard;
        if (Blocked().IsMatch(words)) return BounceKind.Blocked;
        // Size, content and routes say nothing about the mailbox; any other permanent failure does.
        if (status.StartsWith("5.3", StringComparison.Ordinal) || status.StartsWith("5.4", StringComparison.Ordinal) || status.StartsWith("5.6", StringComparison.Ordinal)) return BounceKind.Soft;
        return status.StartsWith('5') ? BounceKind.Hard : BounceKind.Soft;
    }

    private static bool IsDaemon(MimeMessage message) =>
        message.From.Mailboxes.FirstOrDefault()?.Address is { } from && Daemon().IsMatch(from) && (Failed().IsMatch(message.Subject ?? "") || Late().IsMatch(message.Subject ?? ""));

    private static string? Named(string? text) => OurMessageId().Match(text ?? "") is { Success: true } match ? match.Groups[1].Value : null;

    private static string? Address(string? field) => field is null ? null : NamedAddresses.Email(field[(field.IndexOf(';') + 1)..].Trim().Trim('<', '>'));

    public static string Short(string text)
    {
        // A server's words are anybody's: nothing that steers a terminal, and no half of a character, which a database would refuse.
        var clean = new System.Text.StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            if (clean.Length < 600) clean.Append(System.Text.Rune.IsControl(rune) || rune == System.Text.Rune.ReplacementChar ? " " : rune.ToString());
        var one = string.Join(' ', clean.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return one.Length <= 300 ? one : one[..(char.IsHighSurrogate(one[299]) ? 299 : 300)];
    }

    [GeneratedRegex("recipient address rejected", RegexOptions.IgnoreCase)]
    private static partial Regex NotTaken();

    [GeneratedRegex(@"\b[245]\.\d{1,3}\.\d{1,3}\b")]
    private static partial Regex Enhanced();

    [GeneratedRegex(@"\b(tch_[0-9A-Za-z_-]+)@")]
    private static partial Regex OurMessageId();

    [GeneratedRegex(@"^(mailer-daemon|postmaster|mdaemon|microsoftexchange\w*)(\+[^@]*)?@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Daemon();

    [GeneratedRegex(@"undeliver|delivery (status|failure|has failed|problem)|failure notice|returned (mail|to sender)|mail delivery|rejected|could not be delivered", RegexOptions.IgnoreCase)]
    private static partial Regex Failed();

    [GeneratedRegex(@"delay|still (trying|being retried)|warning", RegexOptions.IgnoreCase)]
    private static partial Regex Late();

    [GeneratedRegex(@"user unknown|unknown user|unknown recipient|no such (user|mailbox|recipient|address|person)|(user|mailbox|recipient|address|account)( \S+)? (does not exist|doesn't exist|doesn’t exist|not ?found|is unknown|couldn't be found)|nxdomain|domain (name )?not found|no longer (employed|active|valid)|not listed in (the )?\S+ directory|invalid recipient|recipient ?not ?found", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Unknown();

    [GeneratedRegex(@"over ?quota|quota exceeded|mailbox (is )?full|out of storage", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Full();

    [GeneratedRegex(@"block(ed|list)|black ?list|\bspam\b|reputation|policy|dmarc|\bspf\b|dkim", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Blocked();
}
