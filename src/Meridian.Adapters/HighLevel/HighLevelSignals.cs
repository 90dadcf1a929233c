using System.Text.Json;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using Meridian.Domain.Compliance;
using Meridian.Adapters.Mail;
using Meridian.Engine.Inbound;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// Reads HighLevel's news in both forms: the flat envelope of a marketplace app (<c>type</c>, <c>webhookId</c>) and the workflow webhook, which
/// has neither a type nor an id (<c>contact_id</c>, <c>customData</c>). Whatever could be a person's words is read as words.
/// </summary>
public sealed partial class HighLevelSignals : ISignalReader
{
    private const string ConsentFormEvent = "consent_form";

    public string Provider => "highlevel";

    public SignalEnvelope Describe(string raw)
    {
        if (Body(raw) is not { } body || Kind(body) is not { } kind)
        {
            return new SignalEnvelope(NamedAddresses.HashId(raw), "unreadable", null, NamedAddresses.SalvageContactId(raw), NamedAddresses.Salvage(raw), Holds: true);
        }

        // A copy nobody can read must not stand in the way of the readable one.
        var (eventId, isDated) = Read(raw) is SignalMeaning.Unreadable ? (NamedAddresses.HashId(raw), true) : Identity(body, kind, raw);
        return new SignalEnvelope(eventId, kind, null, ContactId(body, kind), Addresses(body, kind), kind is "InboundMessage" or "ContactDndUpdate" or "workflow") { IsDated = isDated };
    }

    public SignalMeaning Read(string raw)
    {
        if (Body(raw) is not { } body) return new SignalMeaning.Unreadable("not a JSON object");
        return Kind(body) switch
        {
            null => new SignalMeaning.Unreadable("neither a type nor a contact_id"),
            "InboundMessage" => ReadInbound(body),
            "ContactDndUpdate" => ReadDoNotDisturb(body),
            "workflow" => ReadWorkflow(body),
            var kind => new SignalMeaning.Nothing($"{kind} asks nothing of us"),
        };
    }

    private static SignalMeaning ReadInbound(JsonElement body)
    {
        if (string.Equals(body.At("direction").Text(), "outbound", StringComparison.OrdinalIgnoreCase)) return new SignalMeaning.Nothing("our own side wrote it");
        var channel = Channel(body);
        if (channel is "CALL" or "VOICEMAIL") return new SignalMeaning.Nothing($"an inbound {channel.ToLowerInvariant()} carries no words");

        var contactId = ContactId(body, "InboundMessage");
        var from = PhoneOf(body.At("from"));
        if (contactId is null && from is null && EmailOf(body.At("from")) is null) return new SignalMeaning.Unreadable("a message that does not say from whom");

        var words = body.At("body");
        if (words.ValueKind != JsonValueKind.String && !body.At("attachments").Items().Any()) return new SignalMeaning.Unreadable("a message without a body");
        var text = words.Text() ?? "";
        if (channel == "EMAIL") text = MailSignals.Decisive(body.At("subject").Text() ?? "", FreshWords.OfHtml(text) is { Length: > 0 } fresh ? fresh : WithoutTags(text));
        // A machine that answers in somebody's name may pass on their "no".
        if (channel == "EMAIL" && Automatic.Why(body.At("subject").Text(), EmailOf(body.At("from"))) is { } machine && !MailSignals.SaysNo(text)) return new SignalMeaning.MailAutoReply(null, EmailOf(body.At("from")), machine);
        return new SignalMeaning.TextReceived(contactId, from, PhoneOf(body.At("to")), text, SaidAt(body));
    }

    private static SignalMeaning ReadDoNotDisturb(JsonElement body)
    {
        var (contactId, phone, email) = (ContactId(body, "ContactDndUpdate"), PhoneOf(body.At("phone")), EmailOf(body.At("email")));
        if (contactId is null && phone is null && email is null) return new SignalMeaning.Unreadable("a do-not-disturb that does not say whose");
        var settings = body.At("dndSettings");
        if (body.At("dnd").IsMissing() && settings.IsMissing()) return new SignalMeaning.Unreadable("a do-not-disturb update that says neither on nor off");

        return HighLevelContact.AnythingOn(body) is { } on
            ? new SignalMeaning.DoNotDisturbSet(contactId, phone, email, on)
            : new SignalMeaning.Nothing("do-not-disturb is off there; ours stays as it is");
    }

    /// <summary>The owner builds these by hand, so the words may be in any of three places; a template that was not filled in says nothing.</summary>
    private static SignalMeaning ReadWorkflow(JsonElement body)
    {
        if (ContactId(body, "workflow") is not { } contactId) return new SignalMeaning.Unreadable("a workflow webhook without a contact");
        if (string.Equals(body.At("message", "direction").Text(), "outbound", StringComparison.OrdinalIgnoreCase)) return new SignalMeaning.Nothing("our own side wrote it");

        var phone = PhoneOf(body.At("phone"));
        if (WorkflowWords(body) is { } words) return new SignalMeaning.TextReceived(contactId, phone, PhoneOf(body.At("customData", "to")), words, SaidAt(body));

        var happened = body.At("customData", "event").Text() ?? "";
        if (body.At("dnd").IsTrue() || OptOutEvent().IsMatch(happened))
        {
            return new SignalMeaning.DoNotDisturbSet(contactId, phone, EmailOf(body.At("email")), happened.Length > 0 ? happened : "all channels");
        }

        if (happened == ConsentFormEvent) return new SignalMeaning.ConsentFormSent(contactId, Form(body.At("customData")));
        return ReplyEvent().IsMatch(happened)
            ? new SignalMeaning.Unreadable($"{happened} without the words: add message_body to the workflow's custom data")
            : new SignalMeaning.Nothing("a workflow webhook without a message");
    }

    /// <summary>A template that was not filled in was not given.</summary>
    private static FormSubmission Form(JsonElement data)
    {
        string? Given(string name) => data.At(name).Text()?.Trim() is { Length: > 0 } text && !text.Contains("{{", StringComparison.Ordinal) ? text : null;
        return new FormSubmission(Given("form"), Given("phone"), Given("signature"), Given("consent_calls"), Given("consent_texts"), Given("text"), Given("text_hash"), Given("ip"), Given("submitted_at"));
    }

    private static string? WorkflowWords(JsonElement body)
    {
        foreach (var place in (ReadOnlySpan<JsonElement>)[body.At("customData", "message_body"), body.At("message", "body"), body.At("customData", "body"), body.At("message_body")])
        {
            if (place.Text() is { } text && !Template().IsMatch(text)) return text;
        }

        return null;
    }

    /// <summary>False only where it names another location.</summary>
    public static bool IsOf(string raw, string locationId) => Body(raw) is not { } body || body.At("locationId").Text() is not { } named || named == locationId;

    private static JsonElement? Body(string raw) => JsonReading.TryParse(raw) is { ValueKind: JsonValueKind.Object } body ? body : null;

    private static string? Kind(JsonElement body) => body.At("type").Text() ?? (ContactId(body, "workflow") is null ? null : "workflow");

    private static string? ContactId(JsonElement body, string kind) =>
        body.At("contactId").Text() ?? body.At("contact_id").Text() ?? body.At("customData", "contact_id").Text()
        ?? (kind.StartsWith("Contact", StringComparison.Ordinal) ? body.At("id").Text() : body.At("contact", "id").Text());

    /// <summary>
    /// A person's words are known by their message id, whichever way they came: webhook, workflow or poll. News without an id is known by whom it
    /// is about, what it says and the five minutes it belongs to, so that the same STOP an hour later is a new one. Undated: the time is that of arrival.
    /// </summary>
    private static (string EventId, bool IsDated) Identity(JsonElement body, string kind, string raw)
    {
        var words = kind == "InboundMessage" ? body.At("body").Text() : kind == "workflow" ? WorkflowWords(body) : null;
        // An e-mail's messageId may be that of its thread, which every letter of it shares.
        var messageId = (Channel(body) == "EMAIL" ? body.At("emailMessageId").Text() : null) ?? body.At("messageId").Text() ?? body.At("emailMessageId").Text() ?? body.At("message", "id").Text() ?? body.At("customData", "message_id").Text();
        if (messageId is not null && Template().IsMatch(messageId)) messageId = null;
        var hasWords = kind == "InboundMessage" || words is not null;
        if (messageId is not null && hasWords) return ($"InboundMessage:{messageId}", true);
        if (body.At("webhookId").Text() is { } webhookId) return (webhookId, true);
        if (messageId is not null && kind != "workflow") return ($"{kind}:{messageId}", true);

        var content = NamedAddresses.HashId($"{kind}|{ContactId(body, kind)}|{words ?? raw}");
        return SaidAt(body) is { } at ? ($"{content}:{SignalEnvelope.FiveMinutes(at)}", true) : (content, false);
    }

    private static IReadOnlyList<string> Addresses(JsonElement body, string kind) => kind switch
    {
        "InboundMessage" when string.Equals(body.At("direction").Text(), "outbound", StringComparison.OrdinalIgnoreCase) => [],
        // The poll adds the contact's own where the message names nobody.
        "InboundMessage" => NamedAddresses.Of(PhoneOf(body.At("from")), EmailOf(body.At("from")), PhoneOf(body.At("phone")), EmailOf(body.At("email"))),
        "ContactDndUpdate" or "workflow" => NamedAddresses.Of(PhoneOf(body.At("phone")), EmailOf(body.At("email"))),
        _ => [],
    };

    private static string Channel(JsonElement body) =>
        (body.At("messageType").Text() ?? body.At("messageTypeString").Text() ?? "SMS").ToUpperInvariant().Replace("TYPE_", "", StringComparison.Ordinal);

    /// <summary><c>from</c> and <c>to</c> were seen as text, as <c>{}</c>, as a list and not at all.</summary>
    private static string? PhoneOf(JsonElement place) => NamedAddresses.Phone(AddressText(place));

    private static string? EmailOf(JsonElement place) => NamedAddresses.Email(AddressText(place));

    private static string? AddressText(JsonElement place) => place.ValueKind switch
    {
        JsonValueKind.Array => place.Items().Select(AddressText).FirstOrDefault(text => text is not null),
        JsonValueKind.Object => place.At("phone").Text() ?? place.At("number").Text() ?? place.At("email").Text(),
        _ => place.Text(),
    };

    private static NodaTime.Instant? SaidAt(JsonElement body) => body.At("dateAdded").Time() ?? body.At("timestamp").Time();

    private static string WithoutTags(string html) => System.Net.WebUtility.HtmlDecode(Tag().Replace(html, " ")).Trim();

    [GeneratedRegex("<[^<>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"^\s*\{\{.*\}\}\s*$")]
    private static partial Regex Template();

    [GeneratedRegex(@"dnd|do.?not.?disturb|opt.?out|unsub|stop", RegexOptions.IgnoreCase)]
    private static partial Regex OptOutEvent();

    [GeneratedRegex(@"repl|message|sms|inbound", RegexOptions.IgnoreCase)]
    private static partial Regex ReplyEvent();
}
