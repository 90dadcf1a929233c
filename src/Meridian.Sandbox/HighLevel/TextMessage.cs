using System.Text.Json.Nodes;

namespace Meridian.Sandbox.HighLevel;

/// <summary>One text in a conversation, in or out.</summary>
internal sealed record TextMessage(string Id, string ContactId, string ConversationId, bool Inbound, string From, string To, string Body, DateTimeOffset At)
{
    private static readonly TimeSpan Carrier = TimeSpan.FromSeconds(4);

    public JsonObject ToJson(string location, DateTimeOffset now) => new()
    {
        ["id"] = Id, ["type"] = 2, ["messageType"] = "TYPE_SMS", ["locationId"] = location, ["contactId"] = ContactId, ["conversationId"] = ConversationId,
        ["dateAdded"] = Stamp.Text(At), ["dateUpdated"] = Stamp.Text(At), ["body"] = Body, ["direction"] = Inbound ? "inbound" : "outbound",
        ["status"] = Inbound || now - At >= Carrier ? "delivered" : "sent", ["contentType"] = "text/plain", ["attachments"] = new JsonArray(),
        ["source"] = Inbound ? "app" : "api", ["from"] = From, ["to"] = To,
    };
}
