using System.Collections.Concurrent;
using System.Text;

namespace Meridian.Adapters.Sql;

/// <summary>Enums as the ledger writes them: <c>NoLegalBasis</c> is <c>no_legal_basis</c>. An unknown word is an error: fail closed.</summary>
public static class Words
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, object>> Known = new();

    public static string Of<T>(T value) where T : struct, Enum
    {
        var name = value.ToString();
        var word = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i])) word.Append('_');
            word.Append(char.ToLowerInvariant(name[i]));
        }

        return word.ToString();
    }

    public static string? Of<T>(T? value) where T : struct, Enum => value is { } v ? Of(v) : null;

    public static T Read<T>(string word) where T : struct, Enum
    {
        var words = Known.GetOrAdd(typeof(T), static _ => Enum.GetValues<T>().ToDictionary(Of, v => (object)v));
        return words.TryGetValue(word, out var value) ? (T)value : throw new InvalidOperationException($"'{word}' is not a {typeof(T).Name}");
    }

    public static T? ReadOrNull<T>(string? word) where T : struct, Enum => word is null ? null : Read<T>(word);
}
