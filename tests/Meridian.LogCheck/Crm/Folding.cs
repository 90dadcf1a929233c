using System.Globalization;
using System.Text;

namespace Meridian.LogCheck.Crm;

/// <summary>Names without case, diacritics and needless spaces. A table of its own: invariant globalization need not decompose letters.</summary>
internal static class Folding
{
    private const string From = "àáâãäåāăąçćĉċčďđðèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĺļľŀłñńņňòóôõöøōŏőŕŗřśŝşšțţťŧùúûüũūŭůűųŵýÿŷźżžș";
    private const string To = "aaaaaaaaacccccdddeeeeeeeeegggghhiiiiiiiiijklllllnnnnooooooooorrrsssstttt" + "uuuuuuuuuuwyyyzzzs";
    private static readonly Dictionary<char, char> Table = From.Zip(To).ToDictionary(p => p.First, p => p.Second);

    public static string Fold(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var c in name.ToLowerInvariant())
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark) continue;
            if (!char.IsWhiteSpace(c)) folded.Append(Table.GetValueOrDefault(c, c));
            else if (folded.Length > 0 && folded[^1] != ' ') folded.Append(' ');
        }
        return folded.ToString().TrimEnd();
    }
}
