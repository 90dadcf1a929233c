namespace Meridian.Host.Composition;

/// <summary>Variables of the environment that begin like a setting and are none: a misspelt key must not pass as a default, wherever it was written.</summary>
internal static class UnknownVariables
{
    public const string Prefix = "MERIDIAN__";

    private static int isNoted;

    /// <summary>Those of this process.</summary>
    public static IEnumerable<string> Here() => In(All());

    /// <summary>Their keys as configuration knows them: they set nothing, not even that their section is there.</summary>
    public static IEnumerable<string> Keys(IEnumerable<string> names) => Strays(names).Select(s => string.Join(':', s.Parts));

    public static IEnumerable<string> All() => Environment.GetEnvironmentVariables().Keys.Cast<string>();

    /// <summary>Said once, on standard error: a stray variable must keep nobody from stopping the engine or writing down an opt-out.</summary>
    public static void Note()
    {
        if (Interlocked.Exchange(ref isNoted, 1) == 0) foreach (var stray in Here()) Console.Error.WriteLine($"note: {stray}");
    }

    /// <param name="names">The names of all variables, as they are written: with <c>__</c>, or with <c>:</c> where a shell allows it.</param>
    public static IEnumerable<string> In(IEnumerable<string> names) =>
        Strays(names).Select(s => $"the environment's {s.Name} is not a setting; the nearest is {Prefix}{Nearest(s.Parts)}");

    private static IEnumerable<(string Name, string[] Parts)> Strays(IEnumerable<string> names) =>
        from name in names.Where(n => Plain(n).StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)
        let parts = Plain(name)[Prefix.Length..].Split("__")
        where !IsSetting(parts, typeof(MeridianSettings))
        select (name, parts);

    private static bool IsSetting(ReadOnlySpan<string> parts, Type type)
    {
        if (parts.Length == 0) return true;
        if (SettingsValues.Item(type) is { } item) return IsSetting(parts[1..], item); // an entry has any key: the keys' order is the entries' order
        if (!SettingsValues.IsSection(type)) return true; // a part of what has no parts: SettingsValues says so
        var name = parts[0];
        var setting = type.GetProperties().FirstOrDefault(p => p.CanWrite && string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));
        return setting is not null && IsSetting(parts[1..], setting.PropertyType);
    }

    /// <summary>The setting whose name looks most like this one, with this one's places in lists.</summary>
    private static string Nearest(string[] parts)
    {
        var places = new Queue<string>(parts.Where(p => int.TryParse(p, out _)));
        var typed = Letters(string.Concat(parts));
        var nearest = Names(typeof(MeridianSettings)).MinBy(n => Distance(Letters(n), typed) + 2 * Math.Abs(n.Split("__").Length - parts.Length))!;
        return string.Join("__", nearest.Split("__").Select(p => p != "0" ? p : places.TryDequeue(out var place) ? place : "0"));
    }

    private static IEnumerable<string> Names(Type type)
    {
        foreach (var setting in type.GetProperties().Where(p => p.CanWrite))
        {
            var name = $"{char.ToLowerInvariant(setting.Name[0])}{setting.Name[1..]}";
            var inner = SettingsValues.Item(setting.PropertyType);
            if (inner is not null) name += "__0";
            inner ??= setting.PropertyType;
            if (!SettingsValues.IsSection(inner)) yield return name;
            else foreach (var deeper in Names(inner)) yield return $"{name}__{deeper}";
        }
    }

    private static string Plain(string name) => name.Replace(":", "__", StringComparison.Ordinal);

    private static string Letters(string text) => string.Concat(text.Where(char.IsAsciiLetter)).ToLowerInvariant();

    /// <summary>How many letters are wrong, missing or too many (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var above = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var row = new int[other.Length + 1];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++) row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
            above = row;
        }

        return above[^1];
    }
}
