using System.Text.Json;

namespace Meridian.Domain.Compliance.Pack;

/// <summary>
/// One object of a pack, read strictly: a field that is missing, of another kind, or that nobody reads is an error which names its path. A law that this
/// build does not understand must not look like no law.
/// </summary>
internal sealed class PackNode
{
    private readonly JsonElement _json;
    private readonly string _path;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private PackNode(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new FormatException($"{path} must be an object");
        (_json, _path) = (json, path);
    }

    /// <summary>Reads a whole document.</summary>
    /// <exception cref="FormatException">The first field that is not as expected, with its path.</exception>
    public static T Read<T>(JsonElement root, string path, Func<PackNode, T> read)
    {
        var node = new PackNode(root, path);
        var value = read(node);
        foreach (var field in root.EnumerateObject())
            if (!node._read.Contains(field.Name)) throw new FormatException($"{path}.{field.Name} is not a field this build understands");
        return value;
    }

    public T Object<T>(string name, Func<PackNode, T> read) => Read(Field(name), Path(name), read);

    /// <summary>Every element of a list of objects.</summary>
    public IReadOnlyList<T> Objects<T>(string name, Func<PackNode, T> read) => [.. List(name).Select((e, i) => Read(e, $"{Path(name)}[{i}]", read))];

    /// <summary>Every entry of an object that is a table: its keys are data.</summary>
    public IReadOnlyDictionary<string, T> Table<T>(string name, Func<string, PackNode, T> read)
    {
        var table = Field(name);
        if (table.ValueKind != JsonValueKind.Object) throw Wrong(name, "an object");
        return table.EnumerateObject().ToDictionary(p => p.Name, p => Read(p.Value, $"{Path(name)}.{p.Name}", n => read(p.Name, n)), StringComparer.Ordinal);
    }

    public string Text(string name) => TextOrNull(name) ?? throw Wrong(name, "a text");

    public string? TextOrNull(string name)
    {
        var field = Field(name);
        return field.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => field.GetString(), _ => throw Wrong(name, "a text or null") };
    }

    public int Number(string name) => NumberOrNull(name) ?? throw Wrong(name, "a number");

    public int? NumberOrNull(string name)
    {
        var field = Field(name);
        if (field.ValueKind == JsonValueKind.Null) return null;
        return field.ValueKind == JsonValueKind.Number && field.TryGetInt32(out var number) ? number : throw Wrong(name, "a whole number or null");
    }

    public bool Flag(string name) => Field(name).ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => throw Wrong(name, "true or false") };

    public IReadOnlyList<string> Texts(string name) =>
        [.. List(name).Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : throw Wrong(name, "a list of texts"))];

    public IReadOnlyList<string>? TextsOrNull(string name) => Field(name).ValueKind == JsonValueKind.Null ? null : Texts(name);

    /// <summary>A word of an enum: <c>consent_and_permit</c> is <c>ConsentAndPermit</c>.</summary>
    public T Word<T>(string name) where T : struct, Enum
    {
        var word = Text(name);
        return Enum.TryParse<T>(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var value) && !char.IsAsciiDigit(word[0])
            ? value : throw new FormatException($"{Path(name)} is '{word}': use one of {string.Join(", ", Enum.GetNames<T>())}");
    }

    public T? WordOrNull<T>(string name) where T : struct, Enum => Field(name).ValueKind == JsonValueKind.Null ? null : Word<T>(name);

    /// <summary>True when an optional field is there.</summary>
    public bool Has(string name) => _json.TryGetProperty(name, out _);

    /// <summary>Fields that are known and that this build has no use for.</summary>
    public void PassOver(params string[] names)
    {
        foreach (var name in names) Field(name);
    }

    public FormatException Wrong(string name, string wanted) => new($"{Path(name)} must be {wanted}");

    private string Path(string name) => $"{_path}.{name}";

    private JsonElement Field(string name)
    {
        _read.Add(name);
        return _json.TryGetProperty(name, out var field) ? field : throw new FormatException($"{Path(name)} is missing");
    }

    private IEnumerable<JsonElement> List(string name)
    {
        var field = Field(name);
        return field.ValueKind == JsonValueKind.Array ? field.EnumerateArray() : throw Wrong(name, "a list");
    }
}
