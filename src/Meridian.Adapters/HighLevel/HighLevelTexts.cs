using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// Sends texts through a HighLevel location. There is no idempotency key and a text is billed when queued, so a lost answer is looked for in
/// the export, never asked again. Tags are never written: an upsert with tags would replace them all.
/// </summary>
public sealed partial class HighLevelTexts(HighLevelLocation location) : ITextTransport
{
    /// <summary>Two clocks need not agree.</summary>
    private static readonly Duration Slack = Duration.FromMinutes(1);

    private const int PageSize = 100;
    private const int MostPages = 10;

    private readonly HighLevelOptions options = location.Options;

    public async Task<TextContact> PrepareAsync(TextPerson person, CancellationToken cancellation)
    {
        var body = new JsonObject { ["locationId"] = options.LocationId, ["phone"] = person.PhoneE164 };
        Set(body, "firstName", person.FirstName);
        Set(body, "lastName", person.LastName);
        Set(body, "email", person.Email);
        Set(body, "companyName", person.CompanyName);

        var exchange = await location.SendAsync(HttpMethod.Post, "/contacts/upsert", options.ContactsVersion, body, Haste.Urgent, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return NotReady(exchange.Unanswered());
        if (!answer.Succeeded) return NotReady(HighLevelAnswers.ToSend(answer.Status, answer.Body, answer.RetryAfter));

        var contact = (JsonReading.TryParse(answer.Body) ?? default).At("contact");
        if (contact.At("id").Text() is not { } contactId) return new TextContact.NotReady(NotSentBecause.Transient, "HighLevel answered without a contact");
        if (!HighLevelContact.TellsDoNotDisturb(contact))
        {
            // Some answers leave the do-not-disturb out; silence is not a no.
            var look = await location.GetAsync($"/contacts/{Uri.EscapeDataString(contactId)}", options.ContactsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
            if (look is not Exchange.Answered { Succeeded: true } shown) return new TextContact.NotReady(NotSentBecause.Transient, "HighLevel did not tell the contact's do-not-disturb");
            contact = (JsonReading.TryParse(shown.Body) ?? default).At("contact");
        }

        return HighLevelContact.Judge(contactId, contact, person.PhoneE164);
    }

    public async Task<SendResult> SendAsync(SendPermit permit, OutgoingText text, CancellationToken cancellation)
    {
        if (permit.TouchId != text.TouchId) throw new ArgumentException($"permit {permit.PermitId} is for touch {permit.TouchId}, not for {text.TouchId}");
        if (permit.IsExpired) return new Exchange.NotPermitted().Unanswered();
        var body = new JsonObject
        {
            ["type"] = "SMS", ["contactId"] = text.ContactId, ["message"] = text.Body, ["fromNumber"] = text.FromE164, ["toNumber"] = text.ToE164,
        };
        var exchange = await location.SendAsync(HttpMethod.Post, "/conversations/messages", options.ConversationsVersion, body, Haste.Urgent, cancellation, permit).ConfigureAwait(false);
        return exchange is Exchange.Answered answer ? HighLevelAnswers.ToSend(answer.Status, answer.Body, answer.RetryAfter) : exchange.Unanswered();
    }

    /// <summary>The location may append its name and opt-out words to a first text, so ours is recognised by its beginning.</summary>
    public async Task<Sighting> FindAsync(string contactId, string body, Instant from, CancellationToken cancellation)
    {
        var ours = OneSpace(body);
        if (ours.Length == 0) return new Sighting.CannotTell("an empty text cannot be recognised");

        var path = $"/conversations/messages/export?locationId={Uri.EscapeDataString(options.LocationId)}&contactId={Uri.EscapeDataString(contactId)}"
            + $"&channel=SMS&startDate={Uri.EscapeDataString(InstantPattern.ExtendedIso.Format(from - Slack))}&limit={PageSize}&sortBy=createdAt&sortOrder=asc";
        string? cursor = null;
        for (var page = 0; page < MostPages; page++)
        {
            var at = cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}";
            var exchange = await location.GetAsync(at, options.ConversationsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
            if (exchange is not Exchange.Answered { Succeeded: true } answer) return new Sighting.CannotTell("HighLevel could not be asked for its messages");
            if (HighLevelAnswers.Messages(answer.Body, out cursor) is not { } messages) return new Sighting.CannotTell("HighLevel's export could not be read");

            foreach (var message in messages)
            {
                if (IsOurs(message, ours, from - Slack)) return new Sighting.Found(message.At("id").Text() ?? message.At("messageId").Text() ?? "");
            }

            if (cursor is null) return new Sighting.NotFound();
        }

        return new Sighting.CannotTell("HighLevel lists more messages than were read");
    }

    /// <summary>A permanent do-not-disturb may not be overwritten, and need not be.</summary>
    public async Task<bool> SetDoNotDisturbAsync(string contactId, CancellationToken cancellation)
    {
        var settings = new JsonObject();
        foreach (var channel in (ReadOnlySpan<string>)["SMS", "Call", "Email"]) settings[channel] = new JsonObject { ["status"] = "active" };
        var body = new JsonObject { ["dndSettings"] = settings };
        var exchange = await location.SendAsync(HttpMethod.Put, $"/contacts/{Uri.EscapeDataString(contactId)}", options.ContactsVersion, body, Haste.Urgent, cancellation).ConfigureAwait(false);
        return exchange is Exchange.Answered answer
            && (answer.Succeeded || (answer.Status is >= 400 and < 500 && answer.Body?.Contains("permanent dnd", StringComparison.OrdinalIgnoreCase) == true));
    }

    private static bool IsOurs(JsonElement message, string ours, Instant since) =>
        string.Equals(message.At("direction").Text(), "outbound", StringComparison.OrdinalIgnoreCase)
        && OneSpace(message.At("body").Text() ?? "").StartsWith(ours, StringComparison.Ordinal)
        && (message.At("dateAdded").Time() is not { } added || added >= since);

    private static TextContact.NotReady NotReady(SendResult result) => result switch
    {
        SendResult.NotSent notSent => new(notSent.Because, notSent.Reason),
        SendResult.Refused refused => new(NotSentBecause.Transient, refused.Reason),
        SendResult.Unknown unknown => new(NotSentBecause.Transient, unknown.Reason),
        _ => new(NotSentBecause.Transient, "HighLevel's answer could not be read"),
    };

    private static void Set(JsonObject body, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value)) body[name] = value.Trim();
    }

    private static string OneSpace(string text) => Space().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
