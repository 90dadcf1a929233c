using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>The filters of the contact search: leaves with an operator, in groups of AND and OR; what stands side by side is AND.</summary>
internal static class ContactFilter
{
    private const int LongestContains = 75;

    private static readonly HashSet<string> Fields =
    [
        "id", "email", "phone", "firstNameLowerCase", "lastNameLowerCase", "companyName", "address", "city", "state", "postalCode", "country", "tags", "dnd", "dateAdded", "dateUpdated",
        "timezone", "assignedTo", "type", "validEmail", "source", "activeWorkflows", "finishedWorkflows", "dndSettings.Email.status", "dndSettings.SMS.status", "dndSettings.Call.status",
        "inboundDndSettings.all.status",
    ];

    private static readonly HashSet<string> Operators = ["eq", "not_eq", "contains", "not_contains", "exists", "not_exists", "range"];

    /// <summary>What the vendor would refuse, or null.</summary>
    public static string? Problem(JsonNode? filter)
    {
        if (filter is not JsonObject given) return "each value in filters must be an object";
        if (given.Text("group") is { } group)
            return group is not ("AND" or "OR") ? "group must be one of the following values: AND, OR"
                : given.List("filters") is not { Count: > 0 } inner ? "filters should not be empty"
                : inner.Select(Problem).FirstOrDefault(problem => problem is not null);
        var (field, verb) = (given.Text("field"), given.Text("operator"));
        if (field is null || (!Fields.Contains(field) && !field.StartsWith("customFields.", StringComparison.Ordinal))) return $"Invalid filter field: {field}";
        if (verb is null || !Operators.Contains(verb)) return $"Invalid operator {verb} for field {field}";
        if (verb is "exists" or "not_exists") return given["value"] is null ? null : $"value must not be given with {verb}";
        if (given["value"] is not { } value) return $"value is required for {field}";
        if (verb is "contains" or "not_contains" && given.Text("value") is not { Length: > 0 and <= LongestContains }) return $"value of {field} must be a string of at most {LongestContains} characters";
        if (verb != "range") return null;
        return value is JsonObject range && range.Count > 0 && range.All(b => b.Key is "gte" or "lte" or "gt" or "lt") ? null : $"Invalid range for field {field}";
    }

    public static bool Holds(JsonNode? filter, JsonObject contact)
    {
        var given = (JsonObject)filter!;
        if (given.Text("group") is { } group)
            return group == "AND" ? given.List("filters")!.All(inner => Holds(inner, contact)) : given.List("filters")!.Any(inner => Holds(inner, contact));
        var (verb, values) = (given.Text("operator"), Values(contact, given.Text("field")!));
        return verb switch
        {
            "exists" => values.Count > 0,
            "not_exists" => values.Count == 0,
            "eq" => Any(given["value"], values),
            "not_eq" => !Any(given["value"], values),
            "contains" => values.Any(v => v.Contains(given.Text("value")!, StringComparison.OrdinalIgnoreCase)),
            "not_contains" => !values.Any(v => v.Contains(given.Text("value")!, StringComparison.OrdinalIgnoreCase)),
            _ => values.Any(v => Within(v, (JsonObject)given["value"]!)),
        };
    }

    private static bool Any(JsonNode? wanted, IReadOnlyList<string> values) =>
        wanted is JsonArray several ? several.Any(one => Any(one, values)) : values.Contains(Plain(wanted!), StringComparer.OrdinalIgnoreCase);

    private static bool Within(string value, JsonObject range) => range.All(bound => Compare(value, Plain(bound.Value!)) is { } order && bound.Key switch
    {
        "gte" => order >= 0,
        "lte" => order <= 0,
        "gt" => order > 0,
        _ => order < 0,
    });

    private static int? Compare(string value, string bound) =>
        Time(value) is { } at && Time(bound) is { } limit ? at.CompareTo(limit)
        : double.TryParse(value, out var number) && double.TryParse(bound, out var edge) ? number.CompareTo(edge) : null;

    private static DateTimeOffset? Time(string text) => long.TryParse(text, out var milliseconds) ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : Stamp.Read(text);

    /// <summary>What a field holds, as text; a list holds each of its items, and an empty text is nothing.</summary>
    private static IReadOnlyList<string> Values(JsonObject contact, string field)
    {
        JsonNode? at = contact;
        foreach (var step in field.Split('.')) at = (at as JsonObject)?[step];
        return at switch
        {
            null => [],
            JsonArray list => [.. list.OfType<JsonNode>().Select(Plain)],
            _ => Plain(at) is { Length: > 0 } text ? [text] : [],
        };
    }

    private static string Plain(JsonNode value) => value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}
