using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>
/// <c>POST /contacts/search</c> over the index. Pages by number reach ten thousand contacts; beyond, each contact carries the mark
/// (<c>searchAfter</c>) that the next question begins after.
/// </summary>
internal sealed class ContactSearch(SandboxOptions options)
{
    private const int MostPerPage = 500;
    private const int MostByNumber = 10_000;

    private static readonly HashSet<string> Known = ["locationId", "pageLimit", "page", "searchAfter", "query", "filters", "sort"];
    private static readonly HashSet<string> SortFields = ["firstNameLowerCase", "lastNameLowerCase", "businessName", "dateAdded", "dateUpdated", "email", "dnd", "source"];

    public Answer Answer(JsonObject request, IEnumerable<JsonObject> contacts)
    {
        if (request.Text("locationId") != options.HighLevelLocation) return HighLevelErrors.WrongLocation;
        if (Problems(request).ToList() is { Count: > 0 } problems) return HighLevelErrors.Unprocessable(problems);
        var (limit, page) = ((int)request.Number("pageLimit")!, (int?)request.Number("page"));
        if (page is not null && (long)page * limit > MostByNumber) return HighLevelErrors.BadRequest($"page and pageLimit reach {MostByNumber} contacts, use searchAfter");

        var sort = (request.List("sort") ?? []).Select(s => (Field: s.Text("field")!, Down: s.Text("direction") == "desc")).DefaultIfEmpty((Field: "dateAdded", Down: true)).ToList();
        var filters = request.List("filters") ?? [];
        var found = contacts.Where(c => filters.All(f => ContactFilter.Holds(f, c)) && Matches(c, request.Text("query")))
            .Select(c => (Contact: c, Mark: Mark(c, sort))).OrderBy(f => f.Mark, Comparer<JsonArray>.Create((a, b) => Order(a, b, sort))).ToList();
        var shown = request.List("searchAfter") is { } after ? found.SkipWhile(f => Order(f.Mark, after, sort) <= 0) : found.Skip(((page ?? 1) - 1) * limit);
        return Wire.Answer.Ok(new JsonObject
        {
            ["contacts"] = new JsonArray([.. shown.Take(limit).Select(f => Marked(f.Contact, f.Mark))]), ["total"] = found.Count, ["traceId"] = "sandbox",
        });
    }

    private static IEnumerable<string> Problems(JsonObject request)
    {
        foreach (var (name, _) in request.Where(p => !Known.Contains(p.Key))) yield return $"property {name} should not exist";
        if (request.Number("pageLimit") is not { } limit || limit != Math.Floor(limit)) yield return "pageLimit must be an integer number";
        else if (limit is < 1 or > MostPerPage) yield return $"pageLimit must not be greater than {MostPerPage}";
        if (request["page"] is not null && request.Number("page") is not >= 1) yield return "page must not be less than 1";
        if (request["page"] is not null && request["searchAfter"] is not null) yield return "page should not exist with searchAfter";
        if (request.Text("query") is { Length: > 75 }) yield return "query must be shorter than or equal to 75 characters";
        foreach (var problem in (request.List("filters") ?? []).Select(ContactFilter.Problem)) if (problem is not null) yield return problem;
        if (request.List("sort") is not { } sort) yield break;
        if (sort.Count > 2) yield return "sort must contain no more than 2 elements";
        foreach (var s in sort) if (s.Text("field") is not { } field || !SortFields.Contains(field) || s.Text("direction") is not ("asc" or "desc")) yield return $"Invalid sort {s?.ToJsonString()}";
        if (request["searchAfter"] is { } after && (after is not JsonArray mark || mark.Count != sort.Count + 1)) yield return "searchAfter does not fit the sort";
    }

    private static bool Matches(JsonObject contact, string? query) =>
        query is null || new[] { "firstNameLowerCase", "lastNameLowerCase", "email", "phone", "companyName" }.Any(f => contact.Text(f)?.Contains(query, StringComparison.OrdinalIgnoreCase) == true);

    private static JsonArray Mark(JsonObject contact, List<(string Field, bool Down)> sort) => [.. sort.Select(s => Key(contact, s.Field)), contact.Text("id")];

    private static JsonNode? Key(JsonObject contact, string field) =>
        Stamp.Read(field.StartsWith("date", StringComparison.Ordinal) ? contact.Text(field) : null) is { } at ? at.ToUnixTimeMilliseconds()
        : contact.Text(field)?.ToLowerInvariant() ?? (contact[field] is { } other ? other.ToJsonString() : "");

    private static int Order(JsonArray a, JsonArray b, List<(string Field, bool Down)> sort)
    {
        for (var i = 0; i <= sort.Count; i++)
        {
            var order = One(a[i], b.Count > i ? b[i] : null);
            if (order != 0) return i < sort.Count && sort[i].Down ? -order : order;
        }

        return 0;
    }

    private static int One(JsonNode? a, JsonNode? b) =>
        a is JsonValue x && b is JsonValue y && x.TryGetValue<long>(out var left) && y.TryGetValue<long>(out var right) ? left.CompareTo(right) : string.CompareOrdinal(a?.ToString(), b?.ToString());

    private static JsonObject Marked(JsonObject contact, JsonArray mark)
    {
        contact["searchAfter"] = mark.DeepClone();
        return contact;
    }
}
