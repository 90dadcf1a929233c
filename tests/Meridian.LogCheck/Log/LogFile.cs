using System.Globalization;
using System.Text.Json;

namespace Meridian.LogCheck.Log;

/// <summary>The log, a JSON object a line. Only the last line may be torn: its writer may have been cut off there and nowhere else.</summary>
internal static class LogFile
{
    public static IReadOnlyList<LogLine> Read(string path, List<Violation> violations, List<string> notes)
    {
        var texts = File.ReadAllLines(path);
        var last = Array.FindLastIndex(texts, t => t.Trim().Length > 0);
        var lines = new List<LogLine>(texts.Length);
        for (var i = 0; i <= last; i++)
        {
            if (texts[i].Trim().Length == 0) continue;
            try
            {
                var line = Parse(texts[i], i + 1);
                lines.Add(line);
                if (!Kinds.Known.Contains(line.Kind)) violations.Add(new("0-log", i + 1, $"unknown kind '{line.Kind}'"));
            }
            catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
            {
                if (i == last && e is JsonException) notes.Add($"the last line ({i + 1}) is torn and was left out");
                else violations.Add(new("0-log", i + 1, $"not a log line: {e.Message}"));
            }
        }
        return lines;
    }

    private static LogLine Parse(string text, int number)
    {
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        var at = DateTimeOffset.Parse(root.GetProperty("at").GetString() ?? throw new FormatException("no time"),
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        return new LogLine(number, at, Text(root, "kind") ?? throw new FormatException("no kind"),
            Address(root, "from"), Address(root, "to"), Text(root, "touch"), Text(root, "subject"));
    }

    private static string Address(JsonElement root, string name) => (Text(root, name) ?? "").Trim().ToLowerInvariant();

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
