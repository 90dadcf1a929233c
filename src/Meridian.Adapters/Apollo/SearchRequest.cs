using System.Text.Json.Nodes;
using Meridian.Engine.Prospecting;

namespace Meridian.Adapters.Apollo;

/// <summary>
/// A saved search as Apollo's body. Apollo ignores names it does not know and then shows its whole database, so every name here is one of its
/// documented ones.
/// </summary>
internal static class SearchRequest
{
    public const int MostPerPage = 100;

    /// <summary>Apollo shows no further, however many people a search has.</summary>
    public const int MostPages = 500;

    public static JsonObject Of(SearchFilter filter, int page)
    {
        var body = new JsonObject
        {
            ["person_locations"] = List(filter.Places.Count > 0 ? filter.Places : ["United States"]),
            // Only a verified address is ever written to, so nobody else is worth a credit.
            ["contact_email_status"] = List(["verified"]),
        };
        if (filter.Titles.Count > 0) body["person_titles"] = List(filter.Titles);
        if (filter.Seniorities.Count > 0) body["person_seniorities"] = List(filter.Seniorities);
        if (filter.HeadCounts.Count > 0) body["organization_num_employees_ranges"] = List(filter.HeadCounts);
        if (!string.IsNullOrWhiteSpace(filter.Keywords)) body["q_keywords"] = filter.Keywords.Trim();
        body["page"] = page;
        body["per_page"] = Math.Clamp(filter.PerPage, 1, MostPerPage);
        return body;
    }

    private static JsonArray List(IEnumerable<string> items) => new([.. items.Select(item => (JsonNode)item)]);
}
