using System.Text.Json.Nodes;

namespace Meridian.Sandbox;

/// <summary>
/// What the providers must remember over a restart and no log line may carry: a contact nobody texted yet, a do-not-disturb set through the API,
/// the webhook address and its secret headers of a call, a call hung up early. Kept beside the log, which stays a record of touches.
/// </summary>
internal sealed class ProviderBook(string folder) : IDisposable
{
    private readonly Lock gate = new();
    private readonly JsonLines lines = JsonLines.Open(Path.Combine(folder, "sandbox-book.jsonl"));

    /// <summary>The last entry of each kind and id, in the order of their first appearance.</summary>
    public IEnumerable<(string Id, JsonObject Entry)> Found(string kind)
    {
        var last = new OrderedDictionary<string, JsonObject>();
        foreach (var line in lines.Found.Where(line => (string?)line["kind"] == kind)) last[(string)line["id"]!] = (JsonObject)line["entry"]!;
        return last.Select(pair => (pair.Key, pair.Value));
    }

    public void Keep(string kind, string id, JsonObject entry)
    {
        lock (gate) lines.Append(new JsonObject { ["kind"] = kind, ["id"] = id, ["entry"] = entry.DeepClone() });
    }

    public void Dispose() => lines.Dispose();
}
