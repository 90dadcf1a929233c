using System.Globalization;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.Http;

/// <summary>Reads other people's JSON without trusting it: a missing or differently typed field reads as nothing, never as an exception.</summary>
internal static class JsonReading
{
    public static JsonElement? TryParse(string? raw)
    {
        if (string.IsNullOrWhiteSpace(raw)) return null;
        try
        {
            using var document = JsonDocument.Parse(raw);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Walks names, exact first and then without regard to case (v3 of HighLevel renames keys by case). Missing: an undefined element.</summary>
    public static JsonElement At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            element = Step(element, name);
            if (element.ValueKind == JsonValueKind.Undefined) return default;
        }

        return element;
    }

    public static bool IsMissing(this JsonElement element) => element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>A string, or a number or a boolean as its text; null for everything else and for the empty string.</summary>
    public static string? Text(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String when SafeString(element) is { Length: > 0 } text => text,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        _ => null,
    };

    public static bool IsTrue(this JsonElement element) =>
        element.ValueKind == JsonValueKind.True || (element.ValueKind == JsonValueKind.String && string.Equals(SafeString(element), "true", StringComparison.OrdinalIgnoreCase));

    public static double? Number(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.String when double.TryParse(SafeString(element), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        _ => null,
    };

    public static decimal? Money(this JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetDecimal(out var money) ? money : null;

    /// <summary>ISO 8601 text or milliseconds since 1970.</summary>
    public static Instant? Time(this JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            var parsed = OffsetDateTimePattern.ExtendedIso.Parse(SafeString(element) ?? "");
            return parsed.Success ? parsed.Value.ToInstant() : null;
        }

        return element.Number() is { } ms && Math.Abs(ms) < 253402300799000 ? Instant.FromUnixTimeMilliseconds((long)ms) : null;
    }

    /// <summary>The items of an array; nothing for anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Properties(this JsonElement element) => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : [];

    /// <summary>The <c>message</c> of an error envelope, a string or an array of strings with every provider, else the start of the body.</summary>
    public static string ErrorText(JsonElement? error, string? body)
    {
        var message = (error ?? default).At("message");
        if (message.ValueKind == JsonValueKind.Array) return string.Join("; ", message.EnumerateArray().Select(item => item.Text() ?? item.GetRawText()));
        if (message.Text() is { } text) return text;
        if (message.At("message").Text() is { } inner) return inner;
        if ((error ?? default).At("error").Text() is { } word) return word;
        return body is null ? "no readable body" : string.IsNullOrWhiteSpace(body) ? "no explanation" : body.Length > 200 ? body[..200] : body;
    }

    /// <summary>A lone surrogate escape is valid JSON to the parser and an exception on reading.</summary>
    private static string? SafeString(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return element.GetRawText();
        }
    }

    private static JsonElement Step(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object) return default;
        if (element.TryGetProperty(name, out var exact)) return exact;
        foreach (var property in element.EnumerateObject())
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase)) return property.Value;
        }

        return default;
    }
}
