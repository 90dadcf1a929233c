using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Domain.Pacing;
using Meridian.Domain.Pulling;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
using Meridian.Engine.Pulling;
using NodaTime;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// The contacts of a HighLevel location, to be pulled from. The search only finds them, for its index lags and leaves out the do-not-disturb; each contact is then
/// read by itself. What an answer does not clearly tell stays untold.
/// </summary>
public sealed class HighLevelContacts(HighLevelLocation location, Clocks clocks) : IContactSource
{
    private const int PageSize = 100;

    private readonly HighLevelContactSearch search = new(location);
    private readonly HighLevelOptions options = location.Options;

    /// <summary>Tags and dates are HighLevel's to look for; how it writes a state or a source nobody knows, so those are compared here, folded.</summary>
    public async Task<ContactPage> FindAsync(PullFilter filter, string zone, string? after, CancellationToken cancellation)
    {
        var asked = new List<ContactFilter>();
        if (filter.AnyTag.Count > 0) asked.Add(ContactFilter.Any(filter.AnyTag.Select(tag => ContactFilter.Eq("tags", tag))));
        if (filter.AddedSince is not null || filter.AddedBefore is not null)
            asked.Add(ContactFilter.Between("dateAdded", filter.AddedSince is { } since ? Pace.DayStarts(since, zone) : null, filter.AddedBefore is { } before ? Pace.DayStarts(before, zone) : null));
        return await search.FindAsync(new ContactQuery(asked, PageSize, after, SortBy: "dateAdded"), cancellation).ConfigureAwait(false) switch
        {
            ContactsAnswer.Found found => new ContactPage([.. found.Contacts.Where(c => filter.Misses(AsFound(c), zone) is null).Select(c => c.Id)], found.Total, found.Next),
            ContactsAnswer.NotTold no => ContactPage.No(Refused(no.Status, no.Reason, no.RetryAfter, "contacts.readonly")),
            _ => throw new InvalidOperationException("an answer of the search is one of two"),
        };
    }

    public async Task<ContactReading> ReadAsync(string contactId, CancellationToken cancellation)
    {
        var (status, body, refusal) = await GetAsync($"/contacts/{Uri.EscapeDataString(contactId)}", options.ContactsVersion, "contacts.readonly", cancellation).ConfigureAwait(false);
        if (refusal is not null) return new ContactReading(null, refusal);
        // A contact that was deleted or merged is not found; HighLevel says so by more than one status.
        if (status is < 200 or >= 300) return new ContactReading(null);
        if (body.At("contact") is not { ValueKind: JsonValueKind.Object } contact) return new ContactReading(null, new SourceRefusal(SourceTrouble.Unavailable, "HighLevel's contact could not be read"));
        return contact.At("id").Text() == contactId ? new ContactReading(Read(contactId, contact)) : new ContactReading(null);
    }

    public async Task<HistoryReading> HistoryAsync(string contactId, CancellationToken cancellation)
    {
        var (place, id) = (Uri.EscapeDataString(options.LocationId), Uri.EscapeDataString(contactId));
        var deals = await GetAsync($"/opportunities/search?location_id={place}&contact_id={id}&status=all&limit={PageSize}", options.ContactsVersion, "opportunities.readonly", cancellation).ConfigureAwait(false);
        if (deals.Refusal is { } noDeals) return new HistoryReading(null, noDeals);
        var talks = await GetAsync($"/conversations/search?locationId={place}&contactId={id}&limit={PageSize}&sortBy=last_message_date&sort=desc", options.ConversationsVersion, "conversations.readonly", cancellation).ConfigureAwait(false);
        if (talks.Refusal is { } noTalks) return new HistoryReading(null, noTalks);
        var (busy, noWorkflows) = await IsInWorkflowAsync(contactId, cancellation).ConfigureAwait(false);
        return noWorkflows is not null ? new HistoryReading(null, noWorkflows) : new HistoryReading(new CrmHistory(Opportunities(deals.Body, contactId), LastTalk(talks.Body, contactId), busy));
    }

    /// <summary>No look at a contact shows its workflows; only the search does. Asked both ways: a filter that is passed over in silence would answer both the same.</summary>
    private async Task<(bool? Busy, SourceRefusal? Refusal)> IsInWorkflowAsync(string contactId, CancellationToken cancellation)
    {
        var (inOne, refused) = await IsFoundAsync(contactId, ContactFilter.Exists("activeWorkflows"), cancellation).ConfigureAwait(false);
        if (refused is not null) return (null, refused);
        var (inNone, refusedToo) = await IsFoundAsync(contactId, ContactFilter.NotExists("activeWorkflows"), cancellation).ConfigureAwait(false);
        if (refusedToo is not null) return (null, refusedToo);
        return (inOne == inNone ? null : inOne, null);
    }

    private async Task<(bool Found, SourceRefusal? Refusal)> IsFoundAsync(string contactId, ContactFilter filter, CancellationToken cancellation) =>
        await search.FindAsync(new ContactQuery([ContactFilter.Eq("id", contactId), filter], PageLimit: 2), cancellation).ConfigureAwait(false) switch
        {
            ContactsAnswer.Found found => (found.Contacts.Any(c => c.Id == contactId), null),
            ContactsAnswer.NotTold no => (false, Refused(no.Status, no.Reason, no.RetryAfter, "contacts.readonly")),
            _ => throw new InvalidOperationException("an answer of the search is one of two"),
        };

    /// <summary>Null: it cannot be read, is not all of them, or is about somebody else, too.</summary>
    private static List<string>? Opportunities(JsonElement answer, string contactId)
    {
        if (answer.At("opportunities") is not { ValueKind: JsonValueKind.Array } list) return null;
        var all = list.Items().ToList();
        if ((answer.At("meta", "total").Number() ?? answer.At("total").Number() ?? all.Count) > all.Count) return null;
        return all.Any(o => (o.At("contactId").Text() ?? o.At("contact", "id").Text()) != contactId || o.At("status").Text() is null) ? null : [.. all.Select(o => o.At("status").Text()!)];
    }

    /// <summary>The document leaves the date of the last message out, answers in the field have it; where it is missing nobody knows.</summary>
    private static LastTalk? LastTalk(JsonElement answer, string contactId)
    {
        if (answer.At("conversations") is not { ValueKind: JsonValueKind.Array } list) return null;
        var all = list.Items().ToList();
        if (all.Count == 0) return (answer.At("total").Number() ?? 0) > 0 ? null : new LastTalk(null);
        if (all.Any(c => c.At("contactId").Text() != contactId)) return null;
        var last = all.Select(c => c.At("lastMessageDate").Time() ?? c.At("dateUpdated").Time()).ToList();
        return last.Any(at => at is null) ? null : new LastTalk(last.Max());
    }

    private static CrmContact Read(string id, JsonElement c) => new(
        id, c.At("firstName").Text(), c.At("lastName").Text(), c.At("email").Text(), c.At("phone").Text(), c.At("companyName").Text(), c.At("website").Text(), c.At("address1").Text(), c.At("city").Text(),
        c.At("state").Text(), c.At("postalCode").Text(), c.At("country").Text(), c.At("timezone").Text(), c.At("type").Text(), c.At("source").Text(), [.. c.At("tags").Items().Select(t => t.Text()).OfType<string>()],
        c.At("dateAdded").Time(), HighLevelContact.TellsDoNotDisturb(c), HighLevelContact.AnythingOn(c), HighLevelContact.IsOn(c.At("inboundDndSettings", "all")));

    /// <summary>What the search shows, for the filter only.</summary>
    private static CrmContact AsFound(FoundContact c) => new(
        c.Id, c.FirstName, c.LastName, c.Email, c.Phone, c.CompanyName, null, c.Address, c.City, c.State, c.PostalCode, c.Country, c.Timezone, c.Type, c.Source, c.Tags, c.DateAdded, false, null, false);

    private async Task<(int Status, JsonElement Body, SourceRefusal? Refusal)> GetAsync(string path, string version, string scope, CancellationToken cancellation)
    {
        var exchange = await location.GetAsync(path, version, Haste.Patient, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return (0, default, Refused(null, $"HighLevel did not answer: {exchange.Why}", null, scope));
        var json = JsonReading.TryParse(answer.Body) ?? default;
        if (answer.Succeeded && json.ValueKind != JsonValueKind.Object) return (answer.Status, default, Refused(null, "HighLevel's answer could not be read", null, scope));
        // A "no" about this one contact is not one about the account: what it does not tell counts against the contact.
        return answer.Succeeded || answer.Status is >= 400 and < 500 and not (401 or 402 or 403 or 408 or 429) ? (answer.Status, answer.Succeeded ? json : default, null)
            : (answer.Status, default, Refused(answer.Status, $"HighLevel answered {answer.Status}: {JsonReading.ErrorText(json, answer.Body)}", answer.RetryAfter, scope));
    }

    private SourceRefusal Refused(int? status, string reason, TimeSpan? retryAfter, string scope) => status switch
    {
        402 or (>= 300 and < 400) => new SourceRefusal(SourceTrouble.Account, reason),
        401 or 403 => new SourceRefusal(SourceTrouble.Account, $"{reason}. The private integration needs the scopes contacts.readonly, opportunities.readonly and conversations.readonly (this one: {scope})"),
        429 => new SourceRefusal(SourceTrouble.RateLimited, reason, clocks.Now + (retryAfter is { } wait ? Duration.FromTimeSpan(wait) : Duration.FromSeconds(10))),
        400 or 404 or 422 => new SourceRefusal(SourceTrouble.Invalid, reason),
        _ => new SourceRefusal(SourceTrouble.Unavailable, reason),
    };
}
