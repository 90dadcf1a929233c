using System.Text.Json;

namespace Meridian.Domain.Compliance.Pack;

/// <summary>The JSON files embedded in this assembly. A file that is missing or malformed is a broken build, so it throws.</summary>
internal static class PackFile
{
    public static JsonDocument Read(string name)
    {
        var assembly = typeof(PackFile).Assembly;
        var resource = assembly.GetManifestResourceNames().Single(n => n.EndsWith(name, StringComparison.Ordinal));
        using var stream = assembly.GetManifestResourceStream(resource)!;
        return JsonDocument.Parse(stream);
    }

    public static string[] Strings(this JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(e => e.GetString()!)] : [];
}
