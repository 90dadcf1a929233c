using System.Net.Http.Headers;
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
public sealed class HighLevelContactSearch(HttpClient http, HighLevelOptions options, TimeProvider machine)
{
    private readonly Wire wire = new(http, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    /// <summary>One page.</summary>
    public async Task<ContactsAnswer> FindAsync(ContactQuery query, CancellationToken cancellation)
    {
        var uri = new Uri(options.BaseUrl.AbsoluteUri.TrimEnd('/') + "/contacts/search");
        var exchange = await wire.SendAsync(HttpMethod.Post, uri, Authorize, query.ToJson(options.LocationId), null, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return new ContactsAnswer.NotTold("HighLevel did not answer", null);
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

    private void Authorize(HttpRequestHeaders headers) => HighLevelTexts.Authorize(headers, options, options.ContactsVersion);
}
