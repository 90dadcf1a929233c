namespace Meridian.Domain.Compliance;

/// <summary>Whether somebody meant a long word and mistyped it: the same first letter and at most two letters wrong, missing or too many.</summary>
internal static class Misspelling
{
    public static bool IsOf(string word, string typed)
    {
        if (typed.Length == 0 || typed[0] != word[0] || Math.Abs(typed.Length - word.Length) > 2) return false;
        var above = Enumerable.Range(0, typed.Length + 1).ToArray();
        for (var i = 1; i <= word.Length; i++)
        {
            var row = new int[typed.Length + 1];
            row[0] = i;
            for (var j = 1; j <= typed.Length; j++)
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (word[i - 1] == typed[j - 1] ? 0 : 1));
            above = row;
        }

        return above[^1] <= 2;
    }
}
