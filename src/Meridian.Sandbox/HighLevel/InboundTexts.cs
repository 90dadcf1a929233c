using System.Text.Json.Nodes;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>Tells the engine what people texted: the flat InboundMessage envelope, and six more tries ten minutes apart when it is not taken.</summary>
internal sealed class InboundTexts(SandboxOptions options, Chance chance, SandboxLog log, TimerQueue timers, WebhookSender sender, WebhookRoad road, OptOuts optOuts)
{
    private const int Tries = 7;
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly Dictionary<string, string> NoHeaders = [];

    private readonly Lock gate = new();
    private readonly HashSet<string> told = [.. log.Found.Where(l => l is { Provider: "highlevel", Kind: "optout" or "reply", Id: not null }).Select(l => l.Id!)];

    /// <summary>Has the engine heard this message, one way or the other?</summary>
    public bool IsTold(string messageId)
    {
        lock (gate) return told.Contains(messageId);
    }

    public Task BringAsync(InboundText text, CancellationToken ct) =>
        road.TakeAsync(
            "highlevel InboundMessage", $"text:{text.Message.Id}", text.Message.At, text.Message.From, carriesWords: true, Envelope(text.Message).ToJsonString(),
            () => Envelope(text.Message with { Id = text.Message.Id + "forged", Body = "STOP" }).ToJsonString(), (parcel, later) => DeliverAsync(text, parcel, 1, later), ct);

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

    private async Task DeliverAsync(InboundText text, Parcel parcel, int tries, CancellationToken ct)
    {
        var status = options.HighLevelWebhook is { } url ? await sender.PostAsync(parcel.Address(url), parcel.Json, NoHeaders, Patience, ct) : null;
        if (status is >= 200 and < 300)
        {
            if (parcel.Readable) Told(text);
        }
        else if (tries < Tries && parcel.Paper != Paper.Forged)
        {
            timers.Schedule(Stamp.Now(options.Clock) + Between, again => DeliverAsync(text, parcel, tries + 1, again));
        }
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
