using System.Text.Json.Nodes;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.HighLevel;

/// <summary>A question to HighLevel's contact search.</summary>
/// <param name="Filters">All of them must hold.</param>
/// <param name="SearchAfter">The mark of the last contact of the page before; null: from the first.</param>
/// <param name="SortBy">One of its sort fields; null: as HighLevel likes.</param>
public sealed record ContactQuery(IReadOnlyList<ContactFilter> Filters, int PageLimit = 100, string? SearchAfter = null, string? SortBy = null, bool Descending = false)
{
    public const int MostPerPage = 500;

    /// <summary>Never with a page number: numbers reach ten thousand contacts and no further.</summary>
    internal JsonObject ToJson(string locationId)
    {
        var json = new JsonObject { ["locationId"] = locationId, ["pageLimit"] = Math.Clamp(PageLimit, 1, MostPerPage) };
        if (Filters.Count > 0) json["filters"] = new JsonArray([.. Filters.Select(f => f.ToJson())]);
        if (SortBy is not null) json["sort"] = new JsonArray(new JsonObject { ["field"] = SortBy, ["direction"] = Descending ? "desc" : "asc" });
        if (SearchAfter is not null) json["searchAfter"] = JsonNode.Parse(SearchAfter);
        return json;
    }
}

/// <summary>One condition of a contact search, or several of which all or any must hold.</summary>
public sealed class ContactFilter
{
    private readonly JsonObject json;

    private ContactFilter(JsonObject json) => this.json = json;

    public static ContactFilter Eq(string field, string value) => Leaf(field, "eq", value);

    public static ContactFilter Eq(string field, bool value) => Leaf(field, "eq", value);

    public static ContactFilter NotEq(string field, string value) => Leaf(field, "not_eq", value);

    /// <param name="value">At most 75 characters, no special ones.</param>
    public static ContactFilter Contains(string field, string value) => Leaf(field, "contains", value);

    public static ContactFilter NotContains(string field, string value) => Leaf(field, "not_contains", value);

    public static ContactFilter Exists(string field) => new(new JsonObject { ["field"] = field, ["operator"] = "exists" });

    public static ContactFilter NotExists(string field) => new(new JsonObject { ["field"] = field, ["operator"] = "not_exists" });

    /// <summary>From one instant, included, to another, included; null: open on that side.</summary>
    public static ContactFilter Between(string field, Instant? from, Instant? to)
    {
        var range = new JsonObject();
        if (from is { } first) range["gte"] = InstantPattern.ExtendedIso.Format(first);
        if (to is { } last) range["lte"] = InstantPattern.ExtendedIso.Format(last);
        return Leaf(field, "range", range);
    }

    public static ContactFilter All(params IEnumerable<ContactFilter> filters) => Group("AND", filters);

    public static ContactFilter Any(params IEnumerable<ContactFilter> filters) => Group("OR", filters);

    internal JsonNode ToJson() => json.DeepClone();

    private static ContactFilter Leaf(string field, string verb, JsonNode value) => new(new JsonObject { ["field"] = field, ["operator"] = verb, ["value"] = value });

    private static ContactFilter Group(string word, IEnumerable<ContactFilter> filters) =>
        new(new JsonObject { ["group"] = word, ["filters"] = new JsonArray([.. filters.Select(f => f.ToJson())]) });
}
