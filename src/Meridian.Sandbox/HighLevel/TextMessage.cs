using System.Text.Json.Nodes;

namespace Meridian.Sandbox.HighLevel;

/// <summary>One text in a conversation, in or out.</summary>
internal sealed record TextMessage(string Id, string ContactId, string ConversationId, bool Inbound, string From, string To, string Body, DateTimeOffset At)
{
    private static readonly TimeSpan Queued = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Carried = TimeSpan.FromSeconds(4);

    /// <summary>How it ended at the carrier; the reason is shown to nobody but in HighLevel's own pages.</summary>
    public string Ending { get; init; } = "delivered";

    public JsonObject ToJson(SandboxOptions options, DateTimeOffset now)
    {
        var json = ToJson(options.HighLevelLocation, now);
        if (options.HighLevelTextsNameNobody) foreach (var name in (ReadOnlySpan<string>)["from", "to"]) json.Remove(name);
        return json;
    }

    private JsonObject ToJson(string location, DateTimeOffset now) => new()
    {
        ["id"] = Id, ["type"] = 2, ["messageType"] = "TYPE_SMS", ["locationId"] = location, ["contactId"] = ContactId, ["conversationId"] = ConversationId,
        ["dateAdded"] = Stamp.Text(At), ["dateUpdated"] = Stamp.Text(At), ["body"] = Body, ["direction"] = Inbound ? "inbound" : "outbound",
        ["status"] = StatusAt(now), ["contentType"] = "text/plain", ["attachments"] = new JsonArray(),
        ["source"] = Inbound ? "app" : "api", ["from"] = From, ["to"] = To,
    };

    private string StatusAt(DateTimeOffset now) => Inbound ? "delivered" : now - At < Queued ? "pending" : now - At < Carried ? "sent" : Ending;
}
