using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Meridian.Tests.Providers;
using NJsonSchema;

namespace Meridian.Tests.Contracts;

/// <summary>
/// The vendors' own OpenAPI documents, cut down by <c>extract.py</c> to the operations we use. Every request a test sees on a scripted provider is
/// held against them: the operation exists, each query parameter and header is one of its, and the body fits its schema with no name beyond it.
/// </summary>
internal sealed class VendorContract
{
    private static readonly string[] Files =
        ["apollo", "vapi", "highlevel-contacts", "highlevel-conversations", "highlevel-locations", "highlevel-calendars", "highlevel-opportunities", "highlevel-oauth"];

    /// <summary>Where we knowingly differ from the published document, and why. Matched against the start of a problem.</summary>
    public static readonly IReadOnlyDictionary<string, string> Differences = new Dictionary<string, string>
    {
        ["POST /call: #/metadata: NoAdditionalPropertiesAllowed"] = "Vapi takes metadata on a call and echoes it (its own skill shows it, docs pull request 1027); only the document lacks it. VapiOptions.SendsTopLevelMetadata switches it off.",
        ["POST /conversations/messages: #/subType: PropertyRequired"] = "Marked required only since the document of May 2026; callers in the field send type, contactId and message.",
        ["POST /conversations/messages: #/status: PropertyRequired"] = "As subType: it is HighLevel's to tell, not ours.",
    };

    /// <summary>What we call that no document of ours describes, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> Undocumented = new Dictionary<string, string>
    {
        ["POST /control"] = "a live call's control address comes with the call (docs: calls/call-features)",
        ["POST /hooks/"] = "a workflow's inbound-webhook trigger, described only on HighLevel's help page",
        ["GET /v2/PhoneNumbers/"] = "Twilio Lookup v2; Twilio publishes no document among our specs",
    };

    /// <summary>Where our sandbox knowingly answers otherwise than the published document, and why. Matched against the start of a problem.</summary>
    public static readonly IReadOnlyDictionary<string, string> AnswersThatDiffer = new Dictionary<string, string>
    {
        ["GET /conversations/messages/export 200: #/nextCursor: StringExpected"] = "The document knows no end of the pages; null is how it was seen, and whatever is no text ends them here, too.",
        ["GET /call/{id} 200: #/endedReason"] = "A script ends calls with words nobody wrote down: Vapi's own list grows.",
        ["GET /opportunities/pipelines 200: #/pipelines"] = "The document has a list of lists of stages, its own example one list.",
    };

    private static readonly Lazy<IReadOnlyList<VendorContract>> Loaded = new(() => [.. Files.Select(Load)]);

    private readonly JsonSchema root;

    private VendorContract(string vendor, JsonSchema root, IReadOnlyList<Operation> operations)
    {
        Vendor = vendor;
        this.root = root;
        Operations = operations;
    }

    public static IReadOnlyList<VendorContract> All => Loaded.Value;

    public string Vendor { get; }

    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>Everything about a request that no vendor documents; empty when it fits.</summary>
    public static IReadOnlyList<string> Problems(Asked asked)
    {
        var uri = UriOf(asked);
        foreach (var contract in All)
        {
            if (contract.Operations.FirstOrDefault(o => o.Method == asked.Method && o.Path.IsMatch(uri.AbsolutePath)) is { } operation)
                return [.. contract.ProblemsOf(operation, asked, uri).Where(p => !Differences.Keys.Any(d => p.StartsWith(d, StringComparison.Ordinal)))];
        }

        return Undocumented.Keys.Any(u => asked.Method == u.Split(' ')[0] && (uri.AbsolutePath.StartsWith(u.Split(' ')[1], StringComparison.Ordinal) || uri.AbsolutePath.EndsWith(u.Split(' ')[1], StringComparison.Ordinal)))
            ? []
            : [$"{asked.Method} {uri.AbsolutePath} is in no vendor's document"];
    }

    /// <summary>Everything about a success that the vendor documents otherwise; empty when it fits.</summary>
    public static IReadOnlyList<string> ProblemsOfAnswer(Asked asked, int status, string body)
    {
        if (Find(asked) is not { } operation) return [];
        if (operation.Answers.Count == 0) return [];
        if (!operation.Answers.TryGetValue(status, out var schema)) return status is >= 200 and < 300 ? [$"{operation.Method} {operation.Template} answered {status}, which is not documented"] : [];
        return [.. schema.Validate(body).SelectMany(Plainly).Select(e => $"{operation.Method} {operation.Template} {status}: {e}").Where(p => !AnswersThatDiffer.Keys.Any(d => p.StartsWith(d, StringComparison.Ordinal)))];
    }

    /// <summary>As the document writes it; null: in no document.</summary>
    public static string? OperationOf(Asked asked) => Find(asked) is { } operation ? $"{operation.Method} {operation.Template}" : null;

    private static Operation? Find(Asked asked) => All.SelectMany(c => c.Operations).FirstOrDefault(o => o.Method == asked.Method && o.Path.IsMatch(UriOf(asked).AbsolutePath));

    /// <summary>Apollo's server has a path of its own.</summary>
    private static Uri UriOf(Asked asked) => new($"http://vendor{(asked.Path.StartsWith("/api/v1/", StringComparison.Ordinal) ? asked.Path["/api/v1".Length..] : asked.Path)}");

    private IEnumerable<string> ProblemsOf(Operation operation, Asked asked, Uri uri)
    {
        var name = $"{operation.Method} {operation.Template}";
        var given = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToList();
        foreach (var pair in given)
        {
            var key = Uri.UnescapeDataString(pair[0]);
            if (operation.Parameters.FirstOrDefault(p => p.In == "query" && p.Name == key) is not { } parameter) yield return $"{name}: the query parameter '{key}' is not one of its";
            else if (parameter.Problem(pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "") is { } problem) yield return $"{name}: {key}: {problem}";
        }

        foreach (var missing in operation.Parameters.Where(p => p.Required && p.In == "query" && given.All(g => Uri.UnescapeDataString(g[0]) != p.Name))) yield return $"{name}: the query parameter '{missing.Name}' is missing";
        foreach (var header in operation.Parameters.Where(p => p is { Required: true, In: "header" }))
        {
            if (!asked.Headers.TryGetValue(header.Name, out var value)) yield return $"{name}: the header {header.Name} is missing";
            else if (header.Problem(value) is { } problem) yield return $"{name}: {header.Name}: {problem}";
        }

        // Apollo documents its filters as a query with brackets; its own command line sends the same names as a body.
        if (Vendor == "apollo" && operation.Body is null && asked.Body.Length > 0)
        {
            foreach (var problem in InBody(name, operation, asked.Body)) yield return problem;
            yield break;
        }

        if (operation.Body is not { } body)
        {
            if (asked.Body.Length > 0) yield return $"{name}: it takes no body";
            yield break;
        }

        if (operation.Media == "application/x-www-form-urlencoded")
        {
            foreach (var field in asked.Body.Split('&').Select(f => Uri.UnescapeDataString(f.Split('=')[0]))) if (!body.Raw.Contains($"\"{field}\"", StringComparison.Ordinal)) yield return $"{name}: the field '{field}' is not one of its";
            yield break;
        }

        foreach (var error in root.Definitions[body.Key].Validate(asked.Body).SelectMany(Plainly)) yield return $"{name}: {error}";
    }

    private static IEnumerable<string> InBody(string name, Operation operation, string body)
    {
        using var json = JsonDocument.Parse(body);
        foreach (var property in json.RootElement.EnumerateObject())
        {
            var parameter = operation.Parameters.FirstOrDefault(p => p.Name == property.Name || p.Name == property.Name + "[]");
            if (parameter is null) yield return $"{name}: the filter '{property.Name}' is not one of its: Apollo would ignore it and show everybody";
            else if (parameter.Name.EndsWith("[]", StringComparison.Ordinal) != (property.Value.ValueKind == JsonValueKind.Array)) yield return $"{name}: {property.Name} is a {property.Value.ValueKind}";
        }
    }

    /// <summary>An alternative that does not fit is told by its own errors, not by the fact alone.</summary>
    private static IEnumerable<string> Plainly(NJsonSchema.Validation.ValidationError error)
    {
        if (error is NJsonSchema.Validation.ChildSchemaValidationError { Errors.Count: > 0 } child)
        {
            var nearest = child.Errors.Values.MinBy(errors => errors.Count)!.SelectMany(Plainly).ToList();
            if (nearest.Count > 0) return nearest.Select(inner => $"{error.Path} > {inner}");
        }

        return [$"{error.Path}: {error.Kind}"];
    }

    private static VendorContract Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Meridian.Tests.Contracts.{name}.json")!;
        using var json = JsonDocument.Parse(stream);
        var operations = new List<Operation>();
        var definitions = new Dictionary<string, JsonElement>();
        foreach (var definition in json.RootElement.GetProperty("definitions").EnumerateObject()) definitions[definition.Name] = definition.Value;
        foreach (var op in json.RootElement.GetProperty("operations").EnumerateArray())
        {
            var template = op.GetProperty("path").GetString()!;
            BodySchema? body = null;
            string? media = null;
            if (op.GetProperty("body") is { ValueKind: JsonValueKind.Object } given)
            {
                media = given.GetProperty("media").GetString();
                var key = $"body {op.GetProperty("method").GetString()} {template}";
                var schema = given.GetProperty("schema");
                var raw = schema.TryGetProperty("$ref", out var reference) ? definitions[reference.GetString()!.Split('/')[^1]].GetRawText() : schema.GetRawText();
                body = new BodySchema(key, raw);
                definitions[key] = schema;
            }

            operations.Add(new Operation(
                op.GetProperty("method").GetString()!, template, new Regex("^" + Regex.Replace(Regex.Escape(template), @"\\\{[^}]*}", "[^/]+") + "$"),
                [.. op.GetProperty("parameters").EnumerateArray().Select(Parameter.Of)], media, body,
                [.. op.GetProperty("examples").EnumerateArray().Select(e => new Example(
                    e.GetProperty("status").GetInt32(), e.GetProperty("name").GetString()!,
                    e.GetProperty("body") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : e.GetProperty("body").GetRawText()))],
                op.GetProperty("answers").EnumerateArray().ToDictionary(a => a.GetProperty("status").GetInt32(), a => JsonSchema.FromJsonAsync(a.GetProperty("schema").GetRawText()).GetAwaiter().GetResult())));
        }

        var document = $$"""{"definitions":{{JsonSerializer.Serialize(definitions)}}}""";
        return new VendorContract(name, JsonSchema.FromJsonAsync(document).GetAwaiter().GetResult(), operations);
    }

    /// <summary>One operation of a vendor's document.</summary>
    internal sealed record Operation(string Method, string Template, Regex Path, IReadOnlyList<Parameter> Parameters, string? Media, BodySchema? Body, IReadOnlyList<Example> Examples, IReadOnlyDictionary<int, JsonSchema> Answers);

    /// <summary>A documented refusal.</summary>
    internal sealed record Example(int Status, string Name, string Body);

    internal sealed record BodySchema(string Key, string Raw);

    internal sealed record Parameter(string Name, string In, bool Required, string? Type, IReadOnlyList<string>? Words, double? Least, double? Most)
    {
        public static Parameter Of(JsonElement p)
        {
            var schema = p.GetProperty("schema");
            var items = schema.TryGetProperty("items", out var inner) ? inner : schema;
            return new Parameter(
                p.GetProperty("name").GetString()!, p.GetProperty("in").GetString()!, p.GetProperty("required").GetBoolean(),
                schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null,
                items.TryGetProperty("enum", out var words) ? [.. words.EnumerateArray().Select(w => w.ToString())] : null,
                schema.TryGetProperty("minimum", out var least) ? least.GetDouble() : null,
                schema.TryGetProperty("maximum", out var most) ? most.GetDouble() : null);
        }

        public string? Problem(string value)
        {
            if (Words is not null && !Words.Contains(value)) return $"'{value}' is none of {string.Join(", ", Words)}";
            if (Type is "number" or "integer")
            {
                if (!double.TryParse(value, CultureInfo.InvariantCulture, out var number)) return $"'{value}' is not a number";
                if (number < Least || number > Most) return $"{value} is not within {Least} to {Most}";
            }

            return Type == "boolean" && value is not ("true" or "false") ? $"'{value}' is not true or false" : null;
        }
    }
}
