using System.Text.Json.Nodes;

namespace Meridian.Sandbox.Scripts;

/// <summary>
/// Every request that could contact a person, written down as it arrives and before anything is done: <c>sandbox-wire.jsonl</c>. The log says what
/// happened; this says how often it was asked for, also when it was turned away, broken off or never answered.
/// </summary>
internal sealed class WireRecord(string folder, TimeProvider clock) : IDisposable
{
    private readonly Lock gate = new();
    private readonly JsonLines lines = JsonLines.Open(Path.Combine(folder, "sandbox-wire.jsonl"));

    public void Asked(string provider, string request, string? touch, string? to, string? body, Happening? happens)
    {
        lock (gate)
        {
            lines.Append(new JsonObject
            {
                ["at"] = Stamp.Text(Stamp.Now(clock)), ["provider"] = provider, ["request"] = request, ["to"] = to, ["touch"] = touch, ["body"] = body,
                ["fault"] = happens?.Name,
            });
        }
    }

    public void Dispose() => lines.Dispose();
}
