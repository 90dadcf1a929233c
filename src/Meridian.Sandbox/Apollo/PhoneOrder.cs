using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Apollo;

/// <summary>Phones that are being looked for, and where they go.</summary>
internal sealed record PhoneOrder(string Id, Uri DeliverTo, IReadOnlyList<string> People, DateTimeOffset At, DateTimeOffset ReadyAt)
{
    public JsonObject ToJson() => new()
    {
        ["url"] = DeliverTo.AbsoluteUri, ["people"] = new JsonArray([.. People.Select(id => (JsonNode)id)]), ["at"] = Stamp.Text(At), ["ready_at"] = Stamp.Text(ReadyAt),
    };

    public static PhoneOrder Of(string id, JsonObject kept) => new(
        id, new Uri(kept.Text("url")!), [.. kept.List("people")!.Select(person => (string)person!)], Stamp.Read(kept.Text("at"))!.Value, Stamp.Read(kept.Text("ready_at"))!.Value);
}
