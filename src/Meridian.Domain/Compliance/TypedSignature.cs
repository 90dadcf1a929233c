using System.Globalization;
using System.Text;

namespace Meridian.Domain.Compliance;

/// <summary>A name typed as a signature. Names are shown in terminals and on pages: nothing in one steers either.</summary>
public static class TypedSignature
{
    public const int Longest = 120;

    public static bool IsOne(string name) => name.Count(char.IsLetter) >= 2 && name.Length <= Longest && name.EnumerateRunes().All(IsOfAName);

    private static bool IsOfAName(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) && rune != Rune.ReplacementChar;
}
