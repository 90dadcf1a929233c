using System.Text.Json;
using Meridian.Adapters.Http;

namespace Meridian.Adapters.HighLevel;

/// <summary>What a search brought.</summary>
public abstract record ContactsAnswer
{
    /// <param name="Next">The mark for the next page; null: this was the last.</param>
    public sealed record Found(IReadOnlyList<FoundContact> Contacts, long Total, string? Next) : ContactsAnswer;

    /// <param name="Status">HighLevel's, or null: it did not answer.</param>
    public sealed record NotTold(string Reason, int? Status, TimeSpan? RetryAfter = null) : ContactsAnswer;
}

/// <summary>Asks for the contacts of a location. A question changes nothing there and may be asked again.</summary>
public sealed class HighLevelContactSearch(HighLevelLocation location)
{
    /// <summary>One page.</summary>
    public Task<ContactsAnswer> FindAsync(ContactQuery query, CancellationToken cancellation) => FindAsync(query, Haste.Patient, cancellation);

    internal async Task<ContactsAnswer> FindAsync(ContactQuery query, Haste haste, CancellationToken cancellation)
    {
        var options = location.Options;
        var exchange = await location.SendAsync(HttpMethod.Post, "/contacts/search", options.ContactsVersion, query.ToJson(options.LocationId), haste, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return new ContactsAnswer.NotTold($"HighLevel did not answer: {exchange.Why}", null);
        var json = JsonReading.TryParse(answer.Body) ?? default;
        if (!answer.Succeeded) return new ContactsAnswer.NotTold($"HighLevel answered {answer.Status}: {JsonReading.ErrorText(json, answer.Body)}", answer.Status, answer.RetryAfter);
        if (json.At("contacts") is not { ValueKind: JsonValueKind.Array } list) return new ContactsAnswer.NotTold("HighLevel's contacts could not be read", answer.Status);

        var found = list.Items().Select(FoundContact.Of).OfType<FoundContact>().ToList();
        // A page that is not full was the last; a full one without a mark would come again and again.
        var full = list.GetArrayLength() >= Math.Clamp(query.PageLimit, 1, ContactQuery.MostPerPage);
        var next = full ? found.LastOrDefault()?.SearchAfter : null;
        if (full && next is null) return new ContactsAnswer.NotTold("HighLevel's page is full and does not say how to go on", answer.Status);
        return new ContactsAnswer.Found(found, (long)(json.At("total").Number() ?? found.Count), next == query.SearchAfter ? null : next);
    }
}
