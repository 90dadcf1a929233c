using System.Globalization;
using System.Text;
using Meridian.Engine.Checks;
using NodaTime;

namespace Meridian.Host.Run;

/// <summary>
/// <c>operational_memory.md</c> in the data folder: what each check of a provider found, appended when it is news and once a day, each with its two sources:
/// the provider's own answer of that moment, and its documentation.
/// </summary>
public sealed class OperationalMemory(ICheckBook book, string folder) : ICheckBook
{
    public const string FileName = "operational_memory.md";
    private static readonly Duration StaysNews = Duration.FromHours(20);

    private static readonly Dictionary<string, string> Documentation = new()
    {
        ["apollo"] = "https://docs.apollo.io/reference",
        ["vapi"] = "https://docs.vapi.ai/api-reference",
        ["highlevel"] = "https://marketplace.gohighlevel.com/docs",
        ["gmail"] = "developers.google.com/gmail/api/guides/sending, developers.google.com/gmail/api/guides/handle-errors",
        ["graph"] = "learn.microsoft.com/graph/api/user-sendmail, learn.microsoft.com/graph/outlook-send-mime-message",
        ["mailgun"] = "documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages, documentation.mailgun.com/docs/mailgun/quickstart-guide/responses, documentation.mailgun.com/docs/mailgun/user-manual/events",
        ["smtp"] = "RFC 5321, RFC 3207 (STARTTLS), RFC 4954 (AUTH)",
        ["imap"] = "RFC 9051, RFC 3501",
    };

    private readonly Dictionary<string, (string Text, Instant At)> written = [];

    public async Task KeepAsync(string provider, IReadOnlyList<CheckFinding> findings, Instant at)
    {
        await book.KeepAsync(provider, findings, at);
        if (findings.Count == 0) return;
        var text = Lines(provider, findings);
        if (written.TryGetValue(provider, out var last) && last.Text == text && at < last.At + StaysNews) return;
        var stamp = at.ToString("uuuu-MM-dd HH:mm", CultureInfo.InvariantCulture);
        await File.AppendAllTextAsync(Path.Combine(folder, FileName), $"## {stamp} UTC, {provider}\n\n{text}\n");
        written[provider] = (text, at);
    }

    private static string Lines(string provider, IReadOnlyList<CheckFinding> findings)
    {
        var text = new StringBuilder();
        foreach (var f in findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"* **{f.Capability}** {(f.Passed ? "works" : "does not work, so it is not used")}: {OneLine(f.Found)}");
            if (f.Fix is { } fix) text.Append(CultureInfo.InvariantCulture, $" **Fix:** {OneLine(fix)}");
            text.Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"\nSources: the account's own answer to harmless read-only requests at this time; {Documentation.GetValueOrDefault(provider, "the provider's documentation")}\n");
        return text.ToString();
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
