using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using Meridian.Domain.Compliance;
using Meridian.Engine.Confirmations;
using Meridian.Engine.Inbound;
using MimeKit;
using NodaTime;

namespace Meridian.Adapters.Mail;

/// <summary>
/// Reads what arrived in our mailboxes. Machines are told from people first (RFC 3464, 5965, 3834); of a person's message only the fresh words
/// count, because what they quote carries our own "Reply STOP".
/// </summary>
public sealed partial class MailSignals : ISignalReader
{
    public string Provider => "mail";

    /// <summary>The event id is made from the message itself, not from its UID: a mailbox that is numbered anew brings nothing new.</summary>
    public SignalEnvelope Describe(string raw)
    {
        if (RawMail.Parse(raw) is not { } mail || mail.Open() is not { } message)
            return new SignalEnvelope(NamedAddresses.HashId(raw), "unreadable", null, null, NamedAddresses.Salvage(raw), Holds: true);
        using (message)
        {
            var report = DeliveryReport.In(message);
            var kind = report is not null ? "bounce" : Complaint.In(message) is not null ? "complaint" : Automatic.Why(message) is not null && ByToken(message, null, null) is null ? "auto-reply" : "message";
            var names = report is not null ? report.Recipient : Complaint.In(message) is { } complaint ? complaint.Person : Writer(message);
            return new SignalEnvelope(EventId(message, mail.Message), kind, TouchId(message, report), null, NamedAddresses.Of(names), Holds: true);
        }
    }

    public SignalMeaning Read(string raw)
    {
        if (RawMail.Parse(raw) is not { } mail) return new SignalMeaning.Unreadable("not a stored message");
        if (mail.Open() is not { } message) return new SignalMeaning.Unreadable("not an Internet message");
        using (message)
        {
            if (Complaint.In(message) is { } complaint)
            {
                return complaint.IsAbuse
                    ? new SignalMeaning.MailOptOut(complaint.TouchId, null, complaint.Person, "complained to the mail provider")
                    : new SignalMeaning.Nothing("a feedback report that complains of nothing");
            }

            if (DeliveryReport.In(message) is { } report)
            {
                return report.Failure is { } failure
                    ? new SignalMeaning.MailBounce(report.TouchId, report.Recipient, failure, report.Detail)
                    : new SignalMeaning.Nothing($"a delivery report without a failure: {report.Detail}");
            }

            var from = Writer(message);
            var touch = TouchId(message, null);
            // A mail program that unsubscribes for its owner may say that it is a program (Apple's does).
            if (ByToken(message, from, touch) is { } unsubscribed) return unsubscribed;
            if (Automatic.Why(message) is { } why)
            {
                return touch is not null && SaysNo(FreshWords.Of(message)) ? new SignalMeaning.MailOptOut(touch, null, from, "an automatic answer asked for it") : new SignalMeaning.MailAutoReply(touch, from, why);
            }

            if (from is null) return new SignalMeaning.Unreadable("a message that does not say from whom");
            if (from == mail.Mailbox) return new SignalMeaning.Nothing("written by the mailbox itself");
            return ReadPerson(message, mail, from, touch);
        }
    }

    private static SignalMeaning.MailOptOut? ByToken(MimeMessage message, string? from, string? touch)
    {
        if (Unsubscribe().Match(message.Subject ?? "") is not { Success: true } token) return null;
        var id = token.Groups["id"].Value;
        return new SignalMeaning.MailOptOut(id.StartsWith("tch_", StringComparison.Ordinal) ? id : touch, id.StartsWith("led_", StringComparison.Ordinal) ? id : null, from, "used the unsubscribe address");
    }

    /// <summary>
    /// A machine that answers in somebody's name may pass on their "no": "I have left, please take me off your list". One that tells its readers how to
    /// unsubscribe says nothing about them, so the words must be all there is or speak of the writer.
    /// </summary>
    internal static bool SaysNo(string words) =>
        CarrierKeywords.IsOne(words) || words.Split("\n\n").SelectMany(p => Sentence().Split(p)).Any(s => Writers().IsMatch(s) && !Instructs().IsMatch(s) && OptOutWords.Read(s) == OptOutReading.OptOut);

    private static SignalMeaning ReadPerson(MimeMessage message, RawMail mail, string from, string? touch)
    {
        var subject = message.Subject ?? "";
        var words = FreshWords.Of(message);
        var reading = Reading(words);
        // A subject of ours says nothing; one of theirs may say it all, and an empty message leaves only the subject.
        var theirs = Prefix().Replace(subject, "");
        if (!Prefix().IsMatch(subject) && OptOutWords.Read(theirs) == OptOutReading.OptOut) reading = OptOutReading.OptOut;
        if (reading == OptOutReading.OptOut) return new SignalMeaning.MailOptOut(touch, null, from, "wrote so by e-mail");
        var answers = Prefix().IsMatch(subject) || message.InReplyTo is not null || message.References.Count > 0;
        return new SignalMeaning.MailReply(touch, from, words, reading == OptOutReading.Unclear, Instant.FromDateTimeOffset(mail.ArrivedAt), answers);
    }

    /// <summary>The words that decide, of a message whose parts another provider tells: a subject of theirs, a paragraph that says no, or all they wrote.</summary>
    internal static string Decisive(string subject, string words)
    {
        if (!Prefix().IsMatch(subject) && OptOutWords.Read(subject) == OptOutReading.OptOut) return subject;
        if (words.Length == 0) return Prefix().Replace(subject, "");
        return OptOutWords.Read(words) == OptOutReading.OptOut ? words : words.Split("\n\n").FirstOrDefault(p => OptOutWords.Read(p) == OptOutReading.OptOut) ?? words;
    }

    /// <summary>Also paragraph by paragraph: "STOP" above a greeting is a message of its own.</summary>
    private static OptOutReading Reading(string words)
    {
        var whole = OptOutWords.Read(words);
        if (whole == OptOutReading.OptOut || words.Length == 0) return words.Length == 0 ? OptOutReading.Unclear : whole;
        return words.Split("\n\n").Any(p => OptOutWords.Read(p) == OptOutReading.OptOut) ? OptOutReading.OptOut : whole;
    }

    /// <summary>In-Reply-To first, then the references from the nearest to the farthest, then what a report or a token names.</summary>
    private static string? TouchId(MimeMessage message, DeliveryReport? report)
    {
        if (MessageIds.TouchOf(message.InReplyTo) is { } answered) return answered;
        foreach (var reference in message.References.Reverse())
            if (MessageIds.TouchOf(reference) is { } named) return named;
        if (report?.TouchId is { } reported) return reported;
        if (Complaint.In(message)?.TouchId is { } complained) return complained;
        return Unsubscribe().Match(message.Subject ?? "") is { Success: true } token && token.Groups["id"].Value is ['t', 'c', 'h', ..] id ? id : null;
    }

    private static string? Writer(MimeMessage message) => NamedAddresses.Email(message.From.Mailboxes.FirstOrDefault()?.Address ?? message.Sender?.Address);

    /// <summary>Message-ID alone would do, if every program made a new one each time.</summary>
    private static string EventId(MimeMessage message, byte[] bytes)
    {
        var body = bytes.AsSpan().IndexOf("\r\n\r\n"u8) is >= 0 and var blank ? bytes.AsSpan(blank) : bytes.AsSpan();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{message.MessageId}\n{message.From}\n{message.Subject}\n{(message.MessageId is null ? message.Headers[HeaderId.Date] : "")}\n"));
        hash.AppendData(body);
        return $"mail:{Convert.ToHexStringLower(hash.GetHashAndReset())[..40]}";
    }

    [GeneratedRegex(@"\bunsubscribe\s+(?<id>(tch|led)_[0-9A-Za-z_-]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Unsubscribe();

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^\s*((in order )?to (stop|unsubscribe|opt|be|no longer|cease|end|leave|avoid|cancel|remove)|if(?! possible)|para (dejar|cancelar|darse))\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Instructs();

    [GeneratedRegex(@"\b(me|my|mine|this (e-?mail )?address|m[ií]|mis)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Writers();

    [GeneratedRegex(@"^\s*((re|aw|sv|rv|fw|fwd|antw|odp|tr)(\[\d+\])?\s*:\s*)+", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Prefix();
}
