using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.HighLevel;

/// <summary>Makes sure that the location knows a person, and reads what it has stored of them. Tags are never written: an upsert with tags would replace them all.</summary>
internal sealed class HighLevelUpsert(HighLevelLocation location)
{
    /// <summary>Sends nothing to anybody and may be repeated.</summary>
    public async Task<(string? ContactId, JsonElement Contact, TextContact.NotReady? No)> UpsertAsync(
        string? phone, string? email, string? firstName, string? lastName, string? company, CancellationToken cancellation)
    {
        var body = new JsonObject { ["locationId"] = location.Options.LocationId };
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("phone", phone), ("firstName", firstName), ("lastName", lastName), ("email", email), ("companyName", company)])
            if (!string.IsNullOrWhiteSpace(value)) body[name] = value.Trim();

        var exchange = await location.SendAsync(HttpMethod.Post, "/contacts/upsert", location.Options.ContactsVersion, body, Haste.Urgent, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return (null, default, NotReady(exchange.Unanswered()));
        if (!answer.Succeeded) return (null, default, NotReady(HighLevelAnswers.ToSend(answer.Status, answer.Body, answer.RetryAfter)));

        var contact = (JsonReading.TryParse(answer.Body) ?? default).At("contact");
        if (contact.At("id").Text() is not { } contactId) return (null, default, new TextContact.NotReady(NotSentBecause.Transient, "HighLevel answered without a contact"));
        if (HighLevelContact.TellsDoNotDisturb(contact) || HighLevelContact.AnythingOn(contact) is not null) return (contactId, contact, null);

        // Some answers leave the do-not-disturb out; silence is not a no.
        var look = await location.GetAsync($"/contacts/{Uri.EscapeDataString(contactId)}", location.Options.ContactsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
        if (look is not Exchange.Answered shown) return (null, default, NotReady(look.Unanswered()));
        if (!shown.Succeeded) return (null, default, NotReady(HighLevelAnswers.ToSend(shown.Status, shown.Body, shown.RetryAfter)));
        var told = (JsonReading.TryParse(shown.Body) ?? default).At("contact");
        return HighLevelContact.TellsDoNotDisturb(told) || HighLevelContact.AnythingOn(told) is not null
            ? (contactId, told, null)
            : (null, default, new TextContact.NotReady(NotSentBecause.Transient, "HighLevel did not tell the contact's do-not-disturb", IsAboutThem: true));
    }

    private static TextContact.NotReady NotReady(SendResult result) => result switch
    {
        SendResult.NotSent notSent => new(notSent.Because, notSent.Reason),
        SendResult.Refused refused => new(NotSentBecause.Transient, refused.Reason, IsAboutThem: true),
        SendResult.Unknown unknown => new(NotSentBecause.Transient, unknown.Reason),
        _ => new(NotSentBecause.Transient, "HighLevel's answer could not be read"),
    };
}
