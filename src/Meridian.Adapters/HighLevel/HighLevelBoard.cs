using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Crm;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.HighLevel;

/// <summary>Tags, notes and opportunities on HighLevel's contacts. Tags go by their own route: an upsert with tags would replace all that are there.</summary>
public sealed class HighLevelBoard(HighLevelLocation location) : ICrmBoard
{
    private readonly HighLevelOptions options = location.Options;

    public CrmWishes? Wishes
    {
        get
        {
            var tags = options.Tags.Words();
            var opportunities = !string.IsNullOrWhiteSpace(options.PipelineId);
            return tags.Count == 0 && !options.Notes && !opportunities ? null : new CrmWishes(tags, options.Notes, opportunities, options.ShowsEverybody);
        }
    }

    public async Task<CrmAnswer> KnowAsync(CrmPerson person, CancellationToken cancellation)
    {
        var body = new JsonObject { ["locationId"] = options.LocationId };
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("firstName", person.FirstName), ("lastName", person.LastName), ("email", person.Email), ("phone", person.PhoneE164), ("companyName", person.CompanyName)])
            if (!string.IsNullOrWhiteSpace(value)) body[name] = value.Trim();
        if (body["email"] is null && body["phone"] is null) return new CrmAnswer.Refused("they have neither an e-mail address nor a number by which HighLevel could know them");
        var exchange = await location.SendAsync(HttpMethod.Post, "/contacts/upsert", options.ContactsVersion, body, Haste.Patient, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered { Succeeded: true } answer) return No(exchange);
        var contact = (JsonReading.TryParse(answer.Body) ?? default).At("contact");
        var theirs = (person.Email is { } email && NamedAddresses.Email(contact.At("email").Text()) == NamedAddresses.Email(email))
            || (person.PhoneE164 is { } phone && NamedAddresses.Phone(contact.At("phone").Text()) == NamedAddresses.Phone(phone));
        return contact.At("id").Text() is not { } id ? new CrmAnswer.NotNow("HighLevel answered without a contact")
            : theirs ? new CrmAnswer.Shown(id) : new CrmAnswer.Refused("HighLevel knows this address as somebody else's");
    }

    public async Task<CrmAnswer> TagAsync(string contactId, string tag, CancellationToken cancellation)
    {
        var exchange = await location.SendAsync(HttpMethod.Post, $"{Contact(contactId)}/tags", options.ContactsVersion, new JsonObject { ["tags"] = new JsonArray(tag) }, Haste.Patient, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered { Succeeded: true } answer) return No(exchange);
        var tags = (JsonReading.TryParse(answer.Body) ?? default).At("tags");
        return tags.ValueKind == System.Text.Json.JsonValueKind.Array && tags.Items().Any(t => string.Equals(t.Text()?.Trim(), tag.Trim(), StringComparison.OrdinalIgnoreCase))
            ? new CrmAnswer.Shown(null) : new CrmAnswer.NotNow($"HighLevel answered {answer.Status} and does not show the tag '{tag}'");
    }

    public async Task<CrmAnswer> NoteAsync(string contactId, string mark, string body, bool maybeThere, CancellationToken cancellation)
    {
        if (maybeThere)
        {
            var look = await location.GetAsync($"{Contact(contactId)}/notes", options.ContactsVersion, Haste.Patient, cancellation).ConfigureAwait(false);
            if (look is not Exchange.Answered { Succeeded: true } shown) return No(look);
            if ((JsonReading.TryParse(shown.Body) ?? default).At("notes") is not { ValueKind: System.Text.Json.JsonValueKind.Array } notes) return new CrmAnswer.NotNow("HighLevel's notes could not be read");
            foreach (var note in notes.Items())
                if (note.At("body").Text()?.Contains(mark, StringComparison.Ordinal) == true) return new CrmAnswer.Shown(note.At("id").Text());
        }

        var exchange = await location.SendAsync(HttpMethod.Post, $"{Contact(contactId)}/notes", options.ContactsVersion, new JsonObject { ["body"] = body }, Haste.Patient, cancellation).ConfigureAwait(false);
        return Made(exchange, "note");
    }

    public async Task<CrmAnswer> OpportunityAsync(string contactId, string name, CancellationToken cancellation)
    {
        var path = $"/opportunities/search?location_id={Uri.EscapeDataString(options.LocationId)}&contact_id={Uri.EscapeDataString(contactId)}&pipeline_id={Uri.EscapeDataString(options.PipelineId ?? "")}&status=open&limit=20";
        var look = await location.GetAsync(path, options.ContactsVersion, Haste.Patient, cancellation).ConfigureAwait(false);
        if (look is not Exchange.Answered { Succeeded: true } shown) return No(look);
        if ((JsonReading.TryParse(shown.Body) ?? default).At("opportunities") is not { ValueKind: System.Text.Json.JsonValueKind.Array } open) return new CrmAnswer.NotNow("HighLevel's opportunities could not be read");
        if (open.Items().FirstOrDefault() is { ValueKind: System.Text.Json.JsonValueKind.Object } one) return new CrmAnswer.Shown(one.At("id").Text());

        var body = new JsonObject { ["pipelineId"] = options.PipelineId, ["locationId"] = options.LocationId, ["name"] = name, ["status"] = "open", ["contactId"] = contactId };
        if (!string.IsNullOrWhiteSpace(options.StageId)) body["pipelineStageId"] = options.StageId;
        var exchange = await location.SendAsync(HttpMethod.Post, "/opportunities/", options.ContactsVersion, body, Haste.Patient, cancellation).ConfigureAwait(false);
        return Made(exchange, "opportunity");
    }

    private static string Contact(string id) => $"/contacts/{Uri.EscapeDataString(id)}";

    /// <summary>A success that does not name what it made is looked for before it is asked for again.</summary>
    private static CrmAnswer Made(Exchange exchange, string what)
    {
        if (exchange is not Exchange.Answered { Succeeded: true } answer) return No(exchange);
        return (JsonReading.TryParse(answer.Body) ?? default).At(what, "id").Text() is { } id ? new CrmAnswer.Shown(id) : new CrmAnswer.NotNow($"HighLevel answered {answer.Status} without the {what}");
    }

    private static CrmAnswer No(Exchange exchange)
    {
        if (exchange is not Exchange.Answered answer) return new CrmAnswer.NotNow(exchange.Why, exchange is Exchange.TurnedAway { Because: NotSentBecause.Account });
        var why = $"HighLevel answered {answer.Status}: {JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body)}";
        return answer.Status switch
        {
            401 or 402 or 403 or (>= 300 and < 400) => new CrmAnswer.NotNow(why, OwnersToMend: true),
            408 or 429 or >= 500 => new CrmAnswer.NotNow(why),
            _ => new CrmAnswer.Refused(why),
        };
    }
}
