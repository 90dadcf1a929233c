using System.Text.RegularExpressions;
using MimeKit;

namespace Meridian.Adapters.Mail;

/// <summary>Whether a machine wrote it (RFC 3834 section 2, and what is used in practice). Only signs that no person's mail program makes.</summary>
internal static partial class Automatic
{
    /// <summary>The sign, or null for a person's message.</summary>
    public static string? Why(MimeMessage message)
    {
        var headers = message.Headers;
        if (headers["Auto-Submitted"] is { } submitted && !submitted.Trim().StartsWith("no", StringComparison.OrdinalIgnoreCase)) return $"Auto-Submitted: {submitted.Trim()}";
        foreach (var name in new[] { "X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Auto-Reply" })
            if (headers[name] is not null) return name;
        if (headers["X-Apple-Action"]?.Contains("vacation", StringComparison.OrdinalIgnoreCase) == true) return "X-Apple-Action: vacation";
        if (headers.Any(h => h.Id == HeaderId.ReturnPath && h.Value.Trim() == "<>")) return "an empty Return-Path";
        if (headers["Precedence"]?.Trim().ToLowerInvariant() is "bulk" or "junk" or "list" or "auto_reply") return $"Precedence: {headers["Precedence"]!.Trim()}";
        if (headers[HeaderId.ListId] is not null || headers[HeaderId.ListUnsubscribe] is not null) return "a mailing list's message";
        if (message.Body is MultipartReport) return "a report";
        return Why(message.Subject, message.From.Mailboxes.FirstOrDefault()?.Address);
    }

    /// <summary>What is left to tell it by where another provider keeps the headers to itself.</summary>
    public static string? Why(string? subject, string? from) =>
        from is not null && Robot().IsMatch(from) ? "the address of a machine" : Subject().IsMatch(subject ?? "") ? "its subject" : null;

    [GeneratedRegex(@"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+=.-][^@]*)?@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Robot();

    [GeneratedRegex(@"^\s*(auto(matic)?[ -]?(reply|response)|auto|out of (the )?office|respuesta autom[aá]tica|fuera de la oficina|abwesenheit\w*|automatische antwort|r[eé]ponse automatique|risposta automatica|fuori sede|resposta autom[aá]tica|automatisch antwoord|afwezig\w*|autosvar|automatisk? sva?r|automaattinen vastaus|odpowied[zź] automatyczna|automatick[aá] odpov[eě][dď]\w*|автоматический ответ|otomatik yan[ıi]t|自動応答|自动答复|自動回覆|자동 회신)\s*[:：]", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Subject();
}
