using System.Collections;
using System.Globalization;
using HandlebarsDotNet;
using HandlebarsDotNet.IO;

namespace Meridian.Domain.Campaigns;

/// <summary>A known variable without a value: false to a condition, an error to whoever prints it.</summary>
internal sealed class Blank(string name) : IEnumerable<object>
{
    public string Name { get; } = name;

    public IEnumerator<object> GetEnumerator() => Enumerable.Empty<object>().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A group of variables, such as <c>lead</c>; it has parts, no text of its own.</summary>
internal sealed class Group : Dictionary<string, object>
{
    /// <summary>Turns <c>lead.first_name</c> → value (or nested dictionaries) into groups; null and white space become <see cref="Blank"/>.</summary>
    public static Group Of(IReadOnlyDictionary<string, object?> values, IReadOnlyList<string> optional)
    {
        var root = new Group();
        foreach (var (name, value) in values) root.Put(name, name.Split('.'), value);
        foreach (var name in optional) root.Put(name, name.Split('.'), null, onlyIfAbsent: true);
        return root;
    }

    private void Put(string name, ReadOnlySpan<string> path, object? value, bool onlyIfAbsent = false)
    {
        if (path.Length > 1)
        {
            if (!TryGetValue(path[0], out var inner) || inner is Blank) this[path[0]] = inner = new Group();
            if (inner is Group group) group.Put(name, path[1..], value, onlyIfAbsent);
        }
        else if (value is IReadOnlyDictionary<string, object?> parts)
        {
            foreach (var (part, partValue) in parts) Put($"{name}.{part}", [path[0], .. part.Split('.')], partValue, onlyIfAbsent);
        }
        else if (!(onlyIfAbsent && ContainsKey(path[0])))
        {
            this[path[0]] = Text(value) is { } text ? text : new Blank(name);
        }
    }

    private static object? Text(object? value) => value switch
    {
        bool flag => flag,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() is { } text && !string.IsNullOrWhiteSpace(text) ? text : null,
    };
}

/// <summary>Thrown while printing, caught in <see cref="Renderer"/>: Handlebars has no other way out.</summary>
internal sealed class NothingToPrintException(RenderResult result) : Exception
{
    public RenderResult Result { get; } = result;
}

/// <summary>Refuses to print what has no text.</summary>
internal sealed class NothingToPrint : IFormatterProvider, IFormatter
{
    public bool TryCreateFormatter(Type type, out IFormatter formatter)
    {
        var ours = type == typeof(Blank) || type == typeof(Group);
        formatter = ours ? this : null!;
        return ours;
    }

    public void Format<T>(T value, in EncodedTextWriter writer) => throw new NothingToPrintException(value switch
    {
        Blank blank => new MissingVariable(blank.Name),
        _ => new BadTemplate("a group of variables has no text of its own: name one of its parts"),
    });
}
