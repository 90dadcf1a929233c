using System.Text.Json;

namespace Meridian.Host.Composition;

/// <summary>Names of a settings file that mean nothing: a misspelt key must not pass as a default.</summary>
internal static class UnknownSettings
{
    public static IEnumerable<string> In(JsonElement json, Type type, string path = "")
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            if (IsValue(json)) yield break;
            yield return $"{(path.Length == 0 ? "the file" : $"'{path}'")} must be an object in braces";
            yield break;
        }

        var known = type.GetProperties().Where(p => p.CanWrite).ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var property in json.EnumerateObject())
        {
            var here = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (!known.TryGetValue(property.Name, out var inner))
            {
                yield return $"'{here}' is not a setting; use {string.Join(", ", known.Keys.Select(k => char.ToLowerInvariant(k[0]) + k[1..]))}";
                continue;
            }

            if (SettingsValues.Item(inner) is { } item)
            {
                if (property.Value.ValueKind != JsonValueKind.Array && !IsValue(property.Value)) yield return $"'{here}' must be a list in brackets";
                else if (property.Value.ValueKind == JsonValueKind.Array && SettingsValues.IsSection(item))
                    foreach (var (element, i) in property.Value.EnumerateArray().Select((e, i) => (e, i)))
                        foreach (var problem in In(element, item, $"{here}[{i}]")) yield return problem;
            }
            else if (SettingsValues.IsSection(inner) && property.Value.ValueKind != JsonValueKind.Null)
            {
                foreach (var problem in In(property.Value, inner, here)) yield return problem;
            }
        }
    }

    /// <summary>One value where several belong: <see cref="SettingsValues"/> says so, for the environment too.</summary>
    private static bool IsValue(JsonElement json) => json.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False || (json.ValueKind == JsonValueKind.String && json.GetString()!.Length > 0);
}
