using System.Globalization;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.Apollo;

/// <summary>What a request says, in the query with brackets (<c>person_titles[]=CEO</c>) or in the body without: Apollo takes both, and never minds a name it does not know.</summary>
internal sealed class Parameters(IQueryCollection query, JsonObject? body)
{
    public JsonObject? Body => body;

    public IReadOnlyList<string> Texts(string name) =>
    [
        .. query[name + "[]"].Concat(query[name]).OfType<string>(),
        .. Flat(body?[name]), .. Flat(body?[name + "[]"]),
    ];

    public string? Text(string name) => Texts(name) is [var first, ..] ? first : null;

    public bool Flag(string name) => string.Equals(Text(name), "true", StringComparison.OrdinalIgnoreCase);

    public int Number(string name, int otherwise) => int.TryParse(Text(name), CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    public static async Task<Parameters> OfAsync(HttpContext context) => new(context.Request.Query, await JsonBody.ReadAsync(context));

    private static IEnumerable<string> Flat(JsonNode? node) => node switch
    {
        JsonArray items => items.SelectMany(Flat),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        JsonValue value => [value.ToJsonString()],
        _ => [],
    };
}
