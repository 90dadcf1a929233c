using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>The location's contacts, found by e-mail first and phone second, never twice.</summary>
internal sealed class ContactBook(SandboxOptions options, Chance chance, ProviderBook book)
{
    private static readonly TimeSpan LongAgo = TimeSpan.FromDays(90);
    private readonly Lock gate = new();
    private readonly OrderedDictionary<string, Contact> contacts = [];
    private readonly SearchIndex index = new(options);
    private readonly ContactSearch search = new(options);

    public Answer Upsert(JsonObject request)
    {
        if (ContactFields.RefusalOfUpsert(request) is { } refusal) return refusal;
        if (request.Text("locationId") != options.HighLevelLocation) return HighLevelErrors.WrongLocation;
        var (email, phone) = (ContactFields.Email(request), ContactFields.Phone(request));
        lock (gate)
        {
            var contact = (email is null ? null : ByEmail(email)) ?? (phone is null ? null : ByPhone(phone));
            var isNew = contact is null;
            contact ??= new Contact(NewId(email ?? phone ?? request.ToJsonString()), new JsonObject
            {
                ["email"] = null, ["phone"] = null, ["dnd"] = false, ["dndSettings"] = new JsonObject(), ["tags"] = new JsonArray(),
                ["dateAdded"] = Stamp.Text(Stamp.Now(options.Clock)),
            });
            if (Change(contact, request) is { } closed) return closed;
            Keep(contact);
            return Answer.Ok(new JsonObject
            {
                ["new"] = isNew, ["contact"] = contact.ToJson(options.HighLevelLocation), ["traceId"] = chance.Uuid("trace", contact.Id, Stamp.Text(Stamp.Now(options.Clock))),
            });
        }
    }

    public Answer Update(string id, JsonObject request)
    {
        if (ContactFields.RefusalOfUpdate(request) is { } refusal) return refusal;
        lock (gate)
        {
            if (!contacts.TryGetValue(id, out var contact)) return Missing(id);
            if (Change(contact, request) is { } closed) return closed;
            Keep(contact);
            // The vendor's spelling.
            return Answer.Ok(new JsonObject { ["succeded"] = true, ["contact"] = contact.ToJson(options.HighLevelLocation) });
        }
    }

    public Answer Read(string id)
    {
        lock (gate)
            return contacts.TryGetValue(id, out var contact)
                ? Answer.Ok(new JsonObject { ["contact"] = contact.ToJson(options.HighLevelLocation) })
                : Missing(id);
    }

    public Answer Search(JsonObject request)
    {
        lock (gate) return search.Answer(request, index.Contacts());
    }

    /// <summary>All tags as they are afterwards; small letters, as the vendor keeps them.</summary>
    public Answer ChangeTags(string id, JsonObject request, bool adds)
    {
        if (request.List("tags") is not { Count: > 0 } given || given.Any(t => t is not JsonValue v || !v.TryGetValue<string>(out _))) return HighLevelErrors.Unprocessable(["tags must be an array", "each value in tags must be a string"]);
        lock (gate)
        {
            if (!contacts.TryGetValue(id, out var contact)) return Missing(id);
            var named = given.Select(t => t!.GetValue<string>().Trim().ToLowerInvariant()).ToList();
            var now = (contact.Fields.List("tags") ?? []).Select(t => t!.GetValue<string>()).ToList();
            now = adds ? [.. now.Union(named)] : [.. now.Except(named)];
            contact.Fields["tags"] = new JsonArray([.. now.Select(t => (JsonNode)t)]);
            contact.Fields["dateUpdated"] = Stamp.Text(Stamp.Now(options.Clock));
            Keep(contact);
            return new Answer(adds ? 201 : 200, new JsonObject { ["tags"] = contact.Fields["tags"]!.DeepClone() });
        }
    }

    public bool Has(string id)
    {
        lock (gate) return contacts.ContainsKey(id);
    }

    /// <summary>What sending a text needs to know, read at one instant; null for an unknown contact.</summary>
    public (string? Phone, bool Blocked)? Texting(string id)
    {
        lock (gate) return contacts.TryGetValue(id, out var contact) ? (contact.Phone, contact.TextsBlocked) : null;
    }

    /// <summary>What sending an e-mail needs to know; null for an unknown contact.</summary>
    public (string? Email, bool Blocked)? Mailing(string id)
    {
        lock (gate) return contacts.TryGetValue(id, out var contact) ? (contact.Email, contact.LettersBlocked) : null;
    }

    public string? IdOf(string email)
    {
        lock (gate) return ByEmail(email)?.Id;
    }

    public string? IdOfPhone(string phone)
    {
        lock (gate) return ByPhone(phone)?.Id;
    }

    public void BlockTextsForGood(string id, string words) => Block(id, contact => contact.BlockTextsForGood(words));

    /// <summary>False: it was blocked like this before, or for good.</summary>
    public bool BlockTexts(string id, string status, string words, string code)
    {
        var changes = Shown(id) is { } contact && contact.Object("dndSettings").Object("SMS").Text("status") is var before && before != status && before != "permanent";
        if (changes) Block(id, blocked => blocked.BlockTexts(status, words, code));
        return changes;
    }

    /// <summary>The contact as it stands, a copy; null for an unknown one.</summary>
    public JsonObject? Shown(string id)
    {
        lock (gate) return contacts.TryGetValue(id, out var contact) ? contact.ToJson(options.HighLevelLocation) : null;
    }

    private void Block(string id, Action<Contact> how)
    {
        lock (gate)
        {
            if (!contacts.TryGetValue(id, out var contact)) return;
            how(contact);
            contact.Fields["dateUpdated"] = Stamp.Text(Stamp.Now(options.Clock));
            Keep(contact);
        }
    }

    /// <summary>The contacts as an earlier run kept them, and whoever was there before us.</summary>
    public void Reopen()
    {
        foreach (var (id, fields) in book.Found("contact")) Know(new Contact(id, (JsonObject)fields.DeepClone()));
        foreach (var fields in options.HighLevelContacts)
        {
            var id = fields.Text("id") ?? NewId(fields.Text("email") ?? fields.Text("phone") ?? fields.ToJsonString());
            if (contacts.ContainsKey(id) || (ContactFields.Email(fields) is { } email && ByEmail(email) is not null)) continue;
            var own = (JsonObject)fields.DeepClone();
            own.Remove("id");
            own["dnd"] ??= false;
            own["dndSettings"] ??= new JsonObject();
            own["tags"] ??= new JsonArray();
            own["dateAdded"] ??= Stamp.Text(Stamp.Now(options.Clock) - LongAgo);
            own["dateUpdated"] ??= own["dateAdded"]!.DeepClone();
            Know(new Contact(id, own));
        }
    }

    /// <summary>Should the book be lost, the log still knows whom it texted and who said stop.</summary>
    public void Recall(LogLine line)
    {
        if (line is not { Provider: "highlevel", Contact: { } id }) return;
        if (!contacts.ContainsKey(id))
            Know(new Contact(id, new JsonObject { ["email"] = null, ["phone"] = line.Kind is "optout" or "reply" ? line.From : line.To, ["dnd"] = false }));
        if (line is { Kind: "optout", Body: "STOP" } && contacts[id].StatusOf("SMS") != "permanent") contacts[id].BlockTextsForGood(line.Body ?? "");
    }

    /// <summary>
    /// An address that already belongs to another contact is left alone without a word: the update goes to the first match only.
    /// </summary>
    private Answer? Change(Contact contact, JsonObject request)
    {
        if (request.Object("dndSettings") is { } settings && contact.TakeSettings(settings) is { } closed)
            return HighLevelErrors.BadRequest($"Not authorized to update permanent dnd setting for {closed}");
        ContactFields.Take(request, contact.Fields);
        if (ContactFields.Email(request) is { } email && (ByEmail(email) ?? contact) == contact) contact.Fields["email"] = email;
        if (ContactFields.Phone(request) is { } phone && (ByPhone(phone) ?? contact) == contact) contact.Fields["phone"] = phone;
        contact.Fields["dateUpdated"] = Stamp.Text(Stamp.Now(options.Clock));
        return null;
    }

    private void Keep(Contact contact)
    {
        book.Keep("contact", contact.Id, contact.Fields);
        contacts[contact.Id] = contact;
        index.Note(contact, Stamp.Now(options.Clock));
    }

    /// <summary>It was there before this run, so the index has it.</summary>
    private void Know(Contact contact)
    {
        contacts[contact.Id] = contact;
        index.Note(contact, DateTimeOffset.MinValue);
    }

    private Contact? ByEmail(string email) => contacts.Values.FirstOrDefault(c => c.Email == email);

    private Contact? ByPhone(string phone) => contacts.Values.FirstOrDefault(c => c.Phone == phone);

    private string NewId(string address)
    {
        for (var n = 1; ; n++)
            if (chance.ShortId("contact", address, n.ToString()) is var id && !contacts.ContainsKey(id)) return id;
    }

    private static Answer Missing(string id) => HighLevelErrors.NotFound($"Contact with id {id} not found");
}
