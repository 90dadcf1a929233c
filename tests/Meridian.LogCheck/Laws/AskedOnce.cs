using System.Text.Json;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>
/// Law 16: a touch is asked for once on the wire, whatever became of the request: one order of a call, one e-mail handed over. Read from the record of
/// requests beside the log, where there is one; no id travels with a text.
/// </summary>
internal static class AskedOnce
{
    public const string Law = "16-asked-once";
    private static readonly string[] Requests = ["POST /call", "END"];

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var record = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(evidence.Input.LogPath))!, "sandbox-wire.jsonl");
        if (!File.Exists(record)) yield break;
        var seen = new Dictionary<(string Request, string To, string Touch), int>();
        var owners = evidence.Lines.Where(l => l.Kind == Kinds.OwnerEmail).Select(l => l.To).ToHashSet(StringComparer.OrdinalIgnoreCase); // a copy is no contact
        var number = 0;
        foreach (var line in File.ReadLines(record))
        {
            number++;
            if (Read(line) is not { } asked || !Requests.Contains(asked.Request) || owners.Contains(asked.To)) continue;
            if (!seen.TryAdd(asked, number)) yield return new(Law, number, $"{asked.Request} for {asked.Touch} to {asked.To} was asked for before, on line {seen[asked]} of the record");
        }
    }

    /// <summary>Null: a torn last line, or a request that names no touch.</summary>
    private static (string Request, string To, string Touch)? Read(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            string? Text(string name) => json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
            return Text("touch") is { Length: > 0 } touch ? (Text("request") ?? "", Text("to") ?? "", touch) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
