using System.Text.Json.Nodes;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>Tells the engine what people texted, in the flat envelope of an app or as a workflow of the owner's puts it.</summary>
internal sealed class InboundTexts(SandboxOptions options, Chance chance, SandboxLog log, ContactBook contacts, WebhookRoad road, WebhookPost post, OptOuts optOuts)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> told = [.. log.Found.Where(l => l is { Provider: "highlevel", Kind: "optout" or "reply", Id: not null }).Select(l => l.Id!)];

    /// <summary>Has the engine heard this message, one way or the other?</summary>
    public bool IsTold(string messageId)
    {
        lock (gate) return told.Contains(messageId);
    }

    public Task BringAsync(InboundText text, CancellationToken ct) =>
        road.TakeAsync(
            "highlevel InboundMessage", $"text:{text.Message.Id}", text.Message.At, text.Message.From, carriesWords: true, Form(text.Message).ToJsonString(),
            () => Form(text.Message with { Id = text.Message.Id + "forged", Body = "STOP" }).ToJsonString(), (parcel, later) => post.BringAsync(parcel, () => Told(text), later), ct);

    /// <summary>The engine knows it now: by a webhook it took and could read, or by the answer that is about to leave. One line a message.</summary>
    public void Told(InboundText text)
    {
        var message = text.Message;
        lock (gate)
        {
            if (!told.Add(message.Id)) return;
        }

        log.Append(at => new LogLine(at, "highlevel", text.IsOptOut ? "optout" : "reply")
        {
            From = message.From, To = message.To, Body = message.Body, Outcome = "told", SaidAt = message.At, Id = message.Id, Contact = message.ContactId,
        });
        if (text.IsOptOut) optOuts.Add(message.From);
    }

    private JsonObject Form(TextMessage message) => options.HighLevelTellsByWorkflow ? Workflow(message) : Envelope(message);

    /// <summary>A workflow's webhook action: no type, no id of its own, no signature; tags are one line, and what the owner added by hand is under <c>customData</c>.</summary>
    private JsonObject Workflow(TextMessage message)
    {
        var contact = contacts.Shown(message.ContactId);
        return new JsonObject
        {
            ["contact_id"] = message.ContactId, ["first_name"] = contact.Text("firstName"), ["last_name"] = contact.Text("lastName"),
            ["full_name"] = $"{contact.Text("firstName")} {contact.Text("lastName")}".Trim(), ["email"] = contact.Text("email"), ["phone"] = message.From,
            ["tags"] = string.Join(',', (contact.List("tags") ?? []).Select(tag => tag?.ToString())), ["country"] = "US", ["date_created"] = contact.Text("dateAdded"), ["full_address"] = "",
            ["contact_type"] = "lead", ["location"] = new JsonObject { ["id"] = options.HighLevelLocation, ["name"] = "Sandbox location" },
            ["workflow"] = new JsonObject { ["id"] = chance.Uuid("workflow"), ["name"] = "Tell of replies" }, ["triggerData"] = new JsonObject(),
            ["contact"] = new JsonObject { ["attributionSource"] = new JsonObject() }, ["attributionSource"] = new JsonObject(),
            ["message"] = new JsonObject { ["type"] = 2, ["body"] = message.Body, ["direction"] = "inbound", ["status"] = "delivered" },
            ["customData"] = new JsonObject { ["event"] = "customer_replied", ["message_body"] = message.Body, ["message_id"] = message.Id },
        };
    }

    /// <summary>Built from the message alone, so that a retry carries the same bytes.</summary>
    private JsonObject Envelope(TextMessage message) => new()
    {
        ["type"] = "InboundMessage", ["locationId"] = options.HighLevelLocation, ["contactId"] = message.ContactId, ["conversationId"] = message.ConversationId,
        ["messageId"] = message.Id, ["messageType"] = "SMS", ["messageTypeId"] = 2, ["messageTypeString"] = "TYPE_SMS", ["direction"] = "inbound",
        ["body"] = message.Body, ["contentType"] = "text/plain", ["attachments"] = new JsonArray(), ["status"] = "delivered",
        ["dateAdded"] = Stamp.Text(message.At), ["from"] = message.From, ["to"] = message.To, ["timestamp"] = Stamp.Text(message.At),
        ["webhookId"] = chance.Uuid("webhook", message.Id), ["appId"] = "sandboxApp", ["versionId"] = "sandboxApp",
    };
}
