using System.Text.Json.Nodes;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Scripts;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.HighLevel;

/// <summary>Texts out, and the people who answer them. A text is in the log, as it came over the wire, before its answer leaves.</summary>
internal sealed class TextLine(SandboxOptions options, Chance chance, SandboxLog log, ContactBook contacts, OptOuts optOuts, TimerQueue timers, InboundTexts inbound, DoNotDisturbNews news, ProviderBook book)
{
    private readonly Lock gate = new();
    private readonly List<TextMessage> messages = [];
    private readonly Dictionary<string, int> nth = [];
    private readonly HashSet<string> begun = [];
    private readonly Dictionary<string, InboundText> said = [];
    private readonly Dictionary<string, Carrier> unbrought = book.Found("carrier").ToDictionary(kept => kept.Id, kept => Carrier.Of(kept.Entry.Text("code"))!);

    /// <summary>A text that is asked for, known by its contact's number: no id of the sender travels with it.</summary>
    public ContactAsked? Contacting(HttpRequest request, JsonObject body) =>
        request.Path == "/conversations/messages" ? new ContactAsked(null, contacts.Texting(body.Text("contactId") ?? "")?.Phone, body.Text("message")) : null;

    /// <param name="carrier">Why the carrier does not bring it; null: it does.</param>
    public Answer Send(JsonObject request, string? carrier = null)
    {
        if (request.Text("type") != "SMS") return HighLevelErrors.Unprocessable(["The sandbox sends only type SMS"]);
        if (request.Text("contactId") is not { } contactId) return HighLevelErrors.Unprocessable(["contactId must be a string"]);
        if (request.Text("message") is not { Length: > 0 } body) return HighLevelErrors.BadRequest("There is no message or attachments for this message. Skip sending.");
        lock (gate)
        {
            if (contacts.Texting(contactId) is not { } contact) return HighLevelErrors.BadRequest($"Contact with id {contactId} not found");
            if (contact.Blocked) return HighLevelErrors.DoNotDisturb();
            if (contact.Phone is not { } to) return HighLevelErrors.BadRequest("Missing phone number");

            var number = nth[to] = nth.GetValueOrDefault(to) + 1;
            var id = chance.ShortId("message", to, number.ToString());
            // The book first, as everywhere: who never got a text answers none.
            if (Carrier.Of(carrier) is { } refusal) book.Keep("carrier", id, new JsonObject { ["code"] = (unbrought[id] = refusal).Code });
            var kind = optOuts.Heard(to) && Confirmation.Is(body) ? "confirm_sms" : "sms";
            var line = log.Append(at => new LogLine(at, "highlevel", kind)
            {
                From = request.Text("fromNumber") ?? options.TextNumber, To = to, Body = body, Outcome = "queued", Id = id, Contact = contactId,
            });
            var sent = Add(line, contactId);
            if (unbrought.TryGetValue(id, out var why)) Return(sent, why);
            else if (Reply(line, contactId, number) is { } reply) Schedule(reply);
            return Answer.Ok(new JsonObject { ["conversationId"] = sent.ConversationId, ["messageId"] = id, ["status"] = "pending", ["msg"] = "Message queued successfully." });
        }
    }

    /// <summary>
    /// The inbound-webhook trigger of a workflow that texts <c>message</c> to <c>phone</c>. It answers 200 whatever becomes of it, and the workflow runs a moment
    /// later; what it meets then, nobody is told.
    /// </summary>
    public Answer Trigger(string id, JsonObject payload)
    {
        var state = options.HighLevelTriggers.GetValueOrDefault(id);
        if (state is not ("published" or "silent")) return Answer.Ok(new JsonObject { ["status"] = "Success: test request received" });
        if (state == "published" && payload.Text("phone") is { } phone && contacts.IdOfPhone(phone) is { } contact)
        {
            timers.Schedule(Stamp.Now(options.Clock) + TimeSpan.FromSeconds(3), _ =>
            {
                Send(new JsonObject { ["type"] = "SMS", ["contactId"] = contact, ["message"] = payload.Text("message") });
                return Task.CompletedTask;
            });
        }

        return Answer.Ok(new JsonObject { ["status"] = "Success: request sent to trigger execution server", ["id"] = chance.ShortId("execution", id, payload.Text("event_id") ?? "") });
    }

    public Answer Read(string id)
    {
        lock (gate)
            return messages.Find(m => m.Id == id) is { } message
                ? Answer.Ok(message.ToJson(options, Stamp.Now(options.Clock)))
                : HighLevelErrors.NotFound($"Message with id {id} not found");
    }

    /// <summary>The texts of one conversation, the newest first, before the one that was named.</summary>
    public Answer List(string conversation, string? before, int limit)
    {
        lock (gate)
        {
            var all = messages.Where(m => m.ConversationId == conversation).OrderByDescending(m => m.At).ToList();
            var rest = all.Skip(string.IsNullOrEmpty(before) ? 0 : all.FindIndex(m => m.Id == before) + 1).ToList();
            var page = rest.Take(Math.Clamp(limit, 1, 100)).ToList();
            var now = Stamp.Now(options.Clock);
            var list = new JsonObject
            {
                ["lastMessageId"] = page.Count > 0 ? page[^1].Id : null, ["nextPage"] = rest.Count > page.Count, ["messages"] = new JsonArray([.. page.Select(m => m.ToJson(options, now))]),
            };
            // As it was seen to answer; the document says that it is flat.
            return Answer.Ok(options.HighLevelListsFlat ? list : new JsonObject { ["messages"] = list, ["traceId"] = chance.Uuid("trace", conversation, Stamp.Text(now)) });
        }
    }

    public Answer Export(MessageExport export)
    {
        if (export.Location != options.HighLevelLocation) return HighLevelErrors.WrongLocation;
        lock (gate)
        {
            var found = export.Sorted(messages.Where(export.Matches)).ToList();
            var now = Stamp.Now(options.Clock);
            var page = found.Skip(export.Cursor).Take(export.Limit).ToList();
            // Whoever reads the whole location asks what was said. A look at one contact asks what became of a text sent there.
            if (export.ContactId is null) foreach (var message in page.Where(m => m.Inbound)) inbound.Told(said[message.Id]);
            var next = export.Cursor + export.Limit;
            return Answer.Ok(new JsonObject
            {
                ["messages"] = new JsonArray([.. page.Select(m => m.ToJson(options, now))]), ["nextCursor"] = next < found.Count ? next.ToString() : null, ["total"] = found.Count,
            });
        }
    }

    /// <summary>Whatever the engine was told of is in the log; whoever it was not told of says it again, late if need be.</summary>
    public void Recall(LogLine line)
    {
        if (line is not { Provider: "highlevel", Kind: "sms" or "confirm_sms", To: { } to, Contact: { } contactId }) return;
        var number = nth[to] = nth.GetValueOrDefault(to) + 1;
        var sent = Add(line, contactId);
        if (unbrought.TryGetValue(sent.Id, out var why))
        {
            Return(sent, why);
            return;
        }

        if (Reply(line, contactId, number) is not { } reply) return;
        if (inbound.IsTold(reply.Message.Id)) Keep(reply);
        else Schedule(reply);
    }

    private TextMessage Add(LogLine line, string contactId)
    {
        var body = OptOutSuffix.On(line.Body ?? "", first: begun.Add(contactId));
        var message = new TextMessage(line.Id ?? "", contactId, Conversation(contactId), false, line.From ?? "", line.To ?? "", body, line.At) { Ending = unbrought.GetValueOrDefault(line.Id ?? "")?.Ending ?? "delivered" };
        messages.Add(message);
        return message;
    }

    private InboundText? Reply(LogLine line, string contactId, int number)
    {
        if (line.Kind != "sms" || TextReply.To(chance, line.To!, number, optOuts.Heard(line.To!)) is not { } reply) return null;
        var id = chance.ShortId("reply", line.To!, number.ToString());
        return new(new TextMessage(id, contactId, Conversation(contactId), true, line.To!, line.From!, reply.Body, line.At + reply.After), reply.IsOptOut);
    }

    private void Schedule(InboundText text) => timers.Schedule(text.Message.At, ct =>
    {
        lock (gate) Keep(text);
        // HighLevel hears STOP before it tells anybody: from this instant it refuses to text the person. It knows no other words.
        if (text.IsOptOut && text.Message.Body == "STOP") contacts.BlockTextsForGood(text.Message.ContactId, text.Message.Body);
        return TellAsync(text, ct);
    });

    private async Task TellAsync(InboundText text, CancellationToken ct)
    {
        await inbound.BringAsync(text, ct);
        if (text.IsOptOut && text.Message.Body == "STOP") await news.BringAsync(text.Message.ContactId, text.Message.At, ct);
    }

    /// <summary>The carrier says no after a moment, and after some of its words HighLevel blocks the contact.</summary>
    private void Return(TextMessage sent, Carrier why)
    {
        if (why.Blocks is not { } status) return;
        var at = sent.At + TextMessage.Carried;
        timers.Schedule(at, ct => contacts.BlockTexts(sent.ContactId, status, why.Words, why.Code) ? news.BringAsync(sent.ContactId, at, ct) : Task.CompletedTask);
    }

    /// <summary>From now on the API shows it, whatever becomes of its webhook.</summary>
    private void Keep(InboundText text)
    {
        messages.Add(text.Message);
        said[text.Message.Id] = text;
    }

    private string Conversation(string contactId) => chance.ShortId("conversation", contactId);
}
