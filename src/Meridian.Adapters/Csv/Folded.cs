using System.Text;

namespace Meridian.Adapters.Csv;

/// <summary>Names compared the way a person would: no case, no accents, no punctuation. By table, because the program runs without ICU.</summary>
internal static class Folded
{
    private static readonly Dictionary<char, string> Bare = Table(
        "aàáâãåāăąǎ", "cçćĉċč", "dďđð", "eèéêëēĕėęěẽ", "gĝğġģ", "hĥħ", "iìíîïĩīĭįıǐ", "jĵ", "kķ", "lĺļľŀł", "nñńņňŉ", "oòóôõøōŏőǒơ", "rŕŗř", "sśŝşšș",
        "tţťŧț", "uùúûũūŭůűųǔư", "wŵ", "yýÿŷ", "zźżž", "aä", "oö", "uü");

    public static string Of(string? text)
    {
        var folded = new StringBuilder();
        foreach (var c in (text ?? "").ToLowerInvariant())
        {
            if (c is >= '\u0300' and <= '\u036F') continue; // a combining accent
            if (Bare.TryGetValue(c, out var bare)) folded.Append(bare);
            else if (char.IsLetterOrDigit(c)) folded.Append(c);
        }

        return folded.ToString();
    }

    private static Dictionary<char, string> Table(params string[] rows)
    {
        var table = new Dictionary<char, string> { ['ß'] = "ss", ['æ'] = "ae", ['œ'] = "oe", ['þ'] = "th" };
        foreach (var row in rows)
            foreach (var c in row[1..]) table[c] = row[..1];
        return table;
    }
}
