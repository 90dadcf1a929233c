using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.HighLevel;

/// <summary>Makes sure that the location knows a person, and reads what it has stored of them. Tags are never written: an upsert with tags would replace them all.</summary>
internal sealed class HighLevelContacts(Wire wire, HighLevelOptions options)
{
    /// <summary>Sends nothing to anybody and may be repeated.</summary>
    public async Task<(string? ContactId, JsonElement Contact, TextContact.NotReady? No)> UpsertAsync(
        string? phone, string? email, string? firstName, string? lastName, string? company, CancellationToken cancellation)
    {
        var body = new JsonObject { ["locationId"] = options.LocationId };
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("phone", phone), ("firstName", firstName), ("lastName", lastName), ("email", email), ("companyName", company)])
            if (!string.IsNullOrWhiteSpace(value)) body[name] = value.Trim();

        var exchange = await wire.SendAsync(HttpMethod.Post, At("/contacts/upsert"), Authorize, body, null, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return (null, default, NotReady(exchange.Unanswered()));
        if (!answer.Succeeded) return (null, default, NotReady(HighLevelAnswers.ToSend(answer.Status, answer.Body, answer.RetryAfter)));

        var contact = (JsonReading.TryParse(answer.Body) ?? default).At("contact");
        if (contact.At("id").Text() is not { } contactId) return (null, default, new TextContact.NotReady(NotSentBecause.Transient, "HighLevel answered without a contact"));
        if (HighLevelContact.TellsDoNotDisturb(contact)) return (contactId, contact, null);

        // Some answers leave the do-not-disturb out; silence is not a no.
        var look = await wire.GetAsync(At($"/contacts/{Uri.EscapeDataString(contactId)}"), Authorize, cancellation).ConfigureAwait(false);
        return look is Exchange.Answered { Succeeded: true } shown
            ? (contactId, (JsonReading.TryParse(shown.Body) ?? default).At("contact"), null)
            : (null, default, new TextContact.NotReady(NotSentBecause.Transient, "HighLevel did not tell the contact's do-not-disturb"));
    }

    private static TextContact.NotReady NotReady(SendResult result) => result switch
    {
        SendResult.NotSent notSent => new(notSent.Because, notSent.Reason),
        SendResult.Refused refused => new(NotSentBecause.Transient, refused.Reason),
        SendResult.Unknown unknown => new(NotSentBecause.Transient, unknown.Reason),
        _ => new(NotSentBecause.Transient, "HighLevel's answer could not be read"),
    };

    private void Authorize(HttpRequestHeaders headers) => HighLevelTexts.Authorize(headers, options, options.ContactsVersion);

    private Uri At(string path) => new(options.BaseUrl.AbsoluteUri.TrimEnd('/') + path);
}
