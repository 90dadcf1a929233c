using System.Text.Json.Nodes;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>Tells the engine what people texted: the flat InboundMessage envelope, and six more tries ten minutes apart when it is not taken.</summary>
internal sealed class InboundTexts(SandboxOptions options, Chance chance, SandboxLog log, TimerQueue timers, WebhookSender sender, OptOuts optOuts)
{
    private const int Tries = 7;
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly Dictionary<string, string> NoHeaders = [];

    public async Task DeliverAsync(InboundText text, int tries, CancellationToken ct)
    {
        var status = options.HighLevelWebhook is { } url ? await sender.PostAsync(url, Envelope(text.Message).ToJsonString(), NoHeaders, Patience, ct) : null;
        if (status is >= 200 and < 300) Told(text);
        else if (tries < Tries) timers.Schedule(Stamp.Now(options.Clock) + Between, again => DeliverAsync(text, tries + 1, again));
    }

    private void Told(InboundText text)
    {
        var message = text.Message;
        log.Append(at => new LogLine(at, "highlevel", text.IsOptOut ? "optout" : "reply")
        {
            From = message.From, To = message.To, Body = message.Body, Outcome = "told", SaidAt = message.At, Id = message.Id, Contact = message.ContactId,
        });
        if (text.IsOptOut) optOuts.Add(message.From);
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
