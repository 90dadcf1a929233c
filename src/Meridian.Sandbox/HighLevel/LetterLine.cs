using System.Text;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Imap;
using Meridian.Sandbox.Smtp;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>
/// E-mails of the location. Headers are HighLevel's own; what people answer lies in its conversations, not in a mailbox. The export tells of a letter
/// without its words, which are asked for one by one.
/// </summary>
internal sealed class LetterLine(SandboxOptions options, Chance chance, ContactBook contacts, MailStore store, InboundMail inbound, PostRoom postRoom)
{
    private readonly Lock gate = new();

    public Answer Send(JsonObject request)
    {
        if (request.Text("contactId") is not { } contactId) return HighLevelErrors.Unprocessable(["contactId must be a string"]);
        if (contacts.Mailing(contactId) is not { } contact) return HighLevelErrors.BadRequest($"Contact with id {contactId} not found");
        if ((request.Text("html") ?? request.Text("message")) is not { Length: > 0 } html) return HighLevelErrors.BadRequest("There is no message or attachments for this message. Skip sending.");
        if (contact.Blocked) return HighLevelErrors.DoNotDisturb("Email");
        var to = (request.Text("emailTo") ?? contact.Email)?.Trim().ToLowerInvariant();
        if (to is null || to != contact.Email) return HighLevelErrors.BadRequest("Unable to send e-mail, contact's e-mail is invalid");

        MailMessage sent;
        lock (gate)
        {
            var number = store.All(MailStore.HighLevelSent).Count(m => MailMessage.Parse(m.Raw).To == to) + 1;
            var from = request.Text("emailFrom") ?? "location@mg.sandbox.example";
            var raw = Letter(from, to, request.Text("subject") ?? "", html, $"{chance.ShortId("letter-no", to, number.ToString())}@mg.sandbox.example");
            sent = MailMessage.Parse(raw);
            postRoom.Deliver(sent.From ?? from, [to], raw, raw, MailStore.HighLevelSent);
        }

        return Answer.Ok(new JsonObject
        {
            ["conversationId"] = chance.ShortId("conversation", contactId), ["messageId"] = MessageId(sent), ["emailMessageId"] = Id(sent), ["msg"] = "Email queued successfully.",
        });
    }

    public Answer Export(MessageExport export)
    {
        if (export.Location != options.HighLevelLocation) return HighLevelErrors.WrongLocation;
        var all = (options.HighLevelLettersInThreads ? Threads() : All()).Where(m => (export.ContactId is null || (string?)m.Json["contactId"] == export.ContactId)
            && (export.From is null || m.Made >= export.From) && (export.Until is null || m.Made <= export.Until)).OrderBy(m => export.ByChange ? m.Changed : m.Made).ToList();
        if (!export.Ascending) all.Reverse();
        var page = all.Skip(export.Cursor).Take(export.Limit).Select(m => (JsonNode)m.Json);
        var next = export.Cursor + export.Limit;
        return Answer.Ok(new JsonObject { ["messages"] = new JsonArray([.. page]), ["nextCursor"] = next < all.Count ? next.ToString() : null, ["total"] = all.Count });
    }

    /// <summary>From here on whoever asked has been told.</summary>
    public Answer Read(string id)
    {
        foreach (var folder in (string[])[MailStore.HighLevelSent, MailStore.HighLevelInbox])
        {
            if (store.All(folder).FirstOrDefault(m => Id(MailMessage.Parse(m.Raw)) == id) is not { } stored) continue;
            inbound.Tell(stored);
            var mail = MailMessage.Parse(stored.Raw);
            return Answer.Ok(new JsonObject
            {
                ["id"] = id, ["threadId"] = MessageId(mail), ["locationId"] = options.HighLevelLocation, ["contactId"] = contacts.IdOf(Person(stored, mail)), ["conversationId"] = chance.ShortId("conversation", Person(stored, mail)),
                ["dateAdded"] = Stamp.Text(stored.At), ["subject"] = mail.Subject, ["body"] = mail.Text, ["direction"] = folder == MailStore.HighLevelInbox ? "inbound" : "outbound", ["contentType"] = "text/html",
                ["from"] = mail.From, ["to"] = new JsonArray(mail.To), ["source"] = folder == MailStore.HighLevelInbox ? "app" : "api",
            });
        }

        return HighLevelErrors.NotFound($"Email message with id {id} not found");
    }

    /// <summary>One record for all letters to and from somebody, dated by the first of ours.</summary>
    private IEnumerable<(DateTimeOffset Made, DateTimeOffset Changed, JsonObject Json)> Threads() => All().GroupBy(m => (string?)m.Json["contactId"]).Select(letters =>
    {
        var all = letters.OrderBy(m => m.Made).ToList();
        var record = all.Find(m => (string?)m.Json["direction"] == "outbound") is { Json: not null } ours ? ours : all[0];
        record.Json["meta"]!["email"]!["messageIds"] = new JsonArray([.. all.Select(m => m.Json["meta"]!["email"]!["messageIds"]![0]!.DeepClone())]);
        return (record.Made, all[^1].Made, record.Json);
    });

    private IEnumerable<(DateTimeOffset Made, DateTimeOffset Changed, JsonObject Json)> All() => ((string[])[MailStore.HighLevelSent, MailStore.HighLevelInbox]).SelectMany(folder => store.All(folder).Select(mail =>
    {
        var parsed = MailMessage.Parse(mail.Raw);
        var person = Person(mail, parsed);
        return (mail.At, mail.At, new JsonObject
        {
            ["id"] = MessageId(parsed), ["type"] = 3, ["messageType"] = "TYPE_EMAIL", ["locationId"] = options.HighLevelLocation, ["contactId"] = contacts.IdOf(person), ["conversationId"] = chance.ShortId("conversation", person),
            ["dateAdded"] = Stamp.Text(mail.At), ["direction"] = folder == MailStore.HighLevelInbox ? "inbound" : "outbound", ["status"] = "sent", ["contentType"] = "text/html",
            ["meta"] = new JsonObject { ["email"] = new JsonObject { ["messageIds"] = new JsonArray(Id(parsed)) } }, ["source"] = folder == MailStore.HighLevelInbox ? "app" : "api",
        });
    }));

    private static string Person(StoredMail stored, MailMessage mail) => (stored.Folder == MailStore.HighLevelInbox ? mail.From : mail.To) ?? "";

    private string Id(MailMessage mail) => chance.ShortId("letter", mail.MessageId ?? "");

    private string MessageId(MailMessage mail) => chance.ShortId("letter-message", mail.MessageId ?? "");

    private static byte[] Letter(string from, string to, string subject, string html, string id) => Encoding.UTF8.GetBytes(
        $"From: {from}\r\nTo: {to}\r\nSubject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(subject))}?=\r\nMessage-ID: <{id}>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + Convert.ToBase64String(Encoding.UTF8.GetBytes(html), Base64FormattingOptions.InsertLineBreaks) + "\r\n");
}
