using System.Text.Json;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Mail;

/// <summary>
/// Reads the answers of the mail APIs by what may have happened. Pure. A 5xx is nobody's word for "not sent", whatever its body says: each of the three
/// puts a message in its queue before it answers.
/// </summary>
/// <remarks>
/// Gmail: developers.google.com/gmail/api/guides/handle-errors (vendor). Graph: learn.microsoft.com/graph/api/user-sendmail and /graph/errors (vendor); the names
/// of Outlook's own errors from Exchange Web Services' list of response codes (vendor, older). Mailgun: documentation.mailgun.com quickstart-guide/responses
/// (vendor); the sentences in its 400 and 403 from users.
/// </remarks>
public static partial class MailApiAnswers
{
    /// <summary>A 2xx carries Gmail's own id of the message.</summary>
    public static SendResult Gmail(int status, string? body, TimeSpan? retryAfter)
    {
        var json = JsonReading.TryParse(body);
        var error = (json ?? default).At("error");
        var reasons = string.Join(' ', error.At("errors").Items().Select(e => e.At("reason").Text()).Append(error.At("status").Text()));
        var why = $"Gmail answered {status}: {JsonReading.ErrorText(error.IsMissing() ? json : error, body)}";
        return status switch
        {
            >= 200 and < 300 => Accepted("Gmail", status, (json ?? default).At("id").Text()),
            403 when GmailBusy().IsMatch(reasons) => new SendResult.NotSent(NotSentBecause.Transient, why, retryAfter),
            400 when GmailAccount().IsMatch($"{reasons} {why}") => new SendResult.NotSent(NotSentBecause.Account, why),
            _ => Refusal(status, why, retryAfter),
        };
    }

    /// <summary>A 202 has no body and no id: the message is known by its Message-ID.</summary>
    public static SendResult Graph(int status, string? body, TimeSpan? retryAfter, string messageId)
    {
        var json = JsonReading.TryParse(body);
        var error = (json ?? default).At("error");
        var code = error.At("code").Text() ?? "";
        var why = $"Microsoft Graph answered {status}: {(code.Length > 0 ? $"{code}: " : "")}{JsonReading.ErrorText(error.IsMissing() ? json : error, body)}";
        return status switch
        {
            202 => new SendResult.Accepted(messageId),
            >= 200 and < 300 => new SendResult.Unknown($"{why} (Graph takes a letter with 202)"),
            >= 400 and < 500 when GraphBusy().IsMatch(code) => new SendResult.NotSent(NotSentBecause.Transient, why, retryAfter),
            400 when GraphAccount().IsMatch(code) => new SendResult.NotSent(NotSentBecause.Account, why),
            _ => Refusal(status, why, retryAfter),
        };
    }

    /// <summary>A 2xx carries the Message-ID in angle brackets.</summary>
    public static SendResult Mailgun(int status, string? body, TimeSpan? retryAfter)
    {
        var json = JsonReading.TryParse(body);
        var why = $"Mailgun answered {status}: {JsonReading.ErrorText(json, body)}";
        return status switch
        {
            >= 200 and < 300 => Accepted("Mailgun", status, (json ?? default).At("id").Text()?.Trim('<', '>')),
            400 when MailgunAccount().IsMatch(why) => new SendResult.NotSent(NotSentBecause.Account, why),
            _ => Refusal(status, why, retryAfter),
        };
    }

    private static SendResult Accepted(string who, int status, string? id) =>
        id is { Length: > 0 } ? new SendResult.Accepted(id) : new SendResult.Unknown($"{who} answered {status} without an id that can be read");

    private static SendResult Refusal(int status, string why, TimeSpan? retryAfter) => status switch
    {
        408 or >= 500 => new SendResult.Unknown(why),
        429 => new SendResult.NotSent(NotSentBecause.Transient, why, retryAfter),
        401 or 402 or 403 or 404 or 405 or 415 => new SendResult.NotSent(NotSentBecause.Account, why), // the account, or an address that is not theirs
        >= 300 and < 400 => new SendResult.NotSent(NotSentBecause.Account, $"{why} (a redirect: is baseUrl right?)"),
        >= 400 => new SendResult.Refused(why),
        _ => new SendResult.Unknown(why),
    };

    [GeneratedRegex(@"\b(userRateLimitExceeded|rateLimitExceeded|RESOURCE_EXHAUSTED)\b")]
    private static partial Regex GmailBusy();

    [GeneratedRegex(@"failedPrecondition|FAILED_PRECONDITION|mail service not enabled|delegation denied|invalid_grant", RegexOptions.IgnoreCase)]
    private static partial Regex GmailAccount();

    [GeneratedRegex("throttl|TooManyRequests|MailboxConcurrency|ErrorServerBusy", RegexOptions.IgnoreCase)]
    private static partial Regex GraphBusy();

    [GeneratedRegex("SubmissionBlocked|SendAsDenied|ExceededMessageLimit|SubmissionQuota|SendQuota|QuotaExceeded|AccessDenied|NotEnabledForRESTAPI|AccountSuspend|AccountDisabled", RegexOptions.IgnoreCase)]
    private static partial Regex GraphAccount();

    [GeneratedRegex(@"\b(?:account|domain)\b.*\b(?:disabled|not allowed|unverified|not verified|limit|suspended|probation|deactivated|for test purposes)|limit exceeded|not allowed to send", RegexOptions.IgnoreCase)]
    private static partial Regex MailgunAccount();
}
