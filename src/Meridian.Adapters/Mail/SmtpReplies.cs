using System.Text.RegularExpressions;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Mail;

/// <summary>Where in the conversation a reply fell.</summary>
public enum SmtpPhase
{
    /// <summary>Connecting, TLS, greeting, sign-in.</summary>
    Opening,

    /// <summary>MAIL FROM.</summary>
    Sender,

    /// <summary>RCPT TO.</summary>
    Recipient,

    /// <summary>DATA up to, not including, end-of-data.</summary>
    Content,

    /// <summary>End-of-data may have reached the server: from here on only its reply can tell.</summary>
    HandedOver,
}

/// <summary>Reads a server's refusal by whose problem it is: the person's mailbox, our sender, or the moment. Pure.</summary>
public static partial class SmtpReplies
{
    public static SendResult ToRefusal(SmtpPhase phase, int code, string text)
    {
        var why = $"the mail server answered {code} {text}".TrimEnd();
        if (code is >= 400 and < 500) return new SendResult.NotSent(NotSentBecause.Transient, why);
        if (phase is SmtpPhase.Opening or SmtpPhase.Sender || code is 530 or 535 or 538) return new SendResult.NotSent(NotSentBecause.Account, why);

        var status = Enhanced().Match(text) is { Success: true } match ? match.Value : "";
        if (NoSuchMailbox(status, text)) return new SendResult.Refused(why, Disposition.Bounced);
        if (status == "5.2.2" || Full().IsMatch(text)) return new SendResult.Refused(why);
        if (IsOurs(status, text)) return new SendResult.NotSent(NotSentBecause.Account, why);
        if (status.StartsWith("5.3", StringComparison.Ordinal) || status.StartsWith("5.4", StringComparison.Ordinal) || status.StartsWith("5.6", StringComparison.Ordinal)) return new SendResult.Refused(why);
        return new SendResult.Refused(why, phase == SmtpPhase.Recipient ? Disposition.Bounced : null);
    }

    private static bool NoSuchMailbox(string status, string text) =>
        status is "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10" or "5.2.1" || Unknown().IsMatch(text);

    /// <summary>A block is the provider's no to our sender; the person must not pay for it.</summary>
    private static bool IsOurs(string status, string text) =>
        status is "5.1.7" or "5.1.8" || status.StartsWith("5.7.", StringComparison.Ordinal) || (status.Length == 0 && Blocked().IsMatch(text));

    [GeneratedRegex(@"\b5\.\d{1,3}\.\d{1,3}\b")]
    private static partial Regex Enhanced();

    [GeneratedRegex(@"user unknown|unknown user|unknown recipient|no such (?:user|mailbox|recipient|address|person)|(?:user|mailbox|recipient|address|account)(?: \S+)? (?:does not exist|doesn't exist|not ?found|is unknown)|mailbox unavailable|nxdomain", RegexOptions.IgnoreCase)]
    private static partial Regex Unknown();

    [GeneratedRegex(@"over ?quota|quota exceeded|mailbox (?:is )?full", RegexOptions.IgnoreCase)]
    private static partial Regex Full();

    [GeneratedRegex(@"block|black ?list|spam|reputation|policy|dmarc|\bspf\b|dkim|relay", RegexOptions.IgnoreCase)]
    private static partial Regex Blocked();
}
