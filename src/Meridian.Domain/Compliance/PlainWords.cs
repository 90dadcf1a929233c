using System.Text;
using System.Text.RegularExpressions;

namespace Meridian.Domain.Compliance;

/// <summary>A message as bare words: lower case, no accents, no punctuation, no quoted letter of ours.</summary>
internal static partial class PlainWords
{
    private const string Accented = "áàâäãéèêëíìîïóòôöõúùûüñç";
    private const string Bare = "aaaaaeeeeiiiiooooouuuunc";

    /// <summary>Where one thought ends and another may begin.</summary>
    public static readonly char[] SentenceEnds = ['.', '!', '?', ',', ';', ':', '(', ')', '\n'];

    /// <summary>
    /// Words separated by single spaces; apostrophes vanish ("don't" → "dont"), hyphens part ("opt-out" → "opt out"), letters typed one by one join
    /// ("S T O P"), and a letter held down counts once ("stoooop").
    /// </summary>
    public static string Of(string text)
    {
        var plain = new StringBuilder(text.Length);
        var lower = text.ToLowerInvariant();
        for (var i = 0; i < lower.Length; i++)
        {
            var c = lower[i] is >= '\uFF01' and <= '\uFF5E' ? (char)(lower[i] - 0xFEE0) : lower[i]; // full width
            if (c is '\'' or '’' or '‘' or '`' or '´' or '\u200B' or '\u200C' or '\u200D' or '\u2060' or '\uFEFF' or '\uFE0F' or '\u00AD' or '\u0301') continue;
            var accent = Accented.IndexOf(c, StringComparison.Ordinal);
            if (accent >= 0) plain.Append(Bare[accent]);
            else if (c == '#' && (i + 1 == lower.Length || char.IsWhiteSpace(lower[i + 1]))) plain.Append(" number ");
            else plain.Append(char.IsLetterOrDigit(c) ? c : ' ');
        }

        var words = string.Join(' ', plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return Spelled().Replace(HeldDown().Replace(words, "$1"), m => m.Value.Replace(" ", "", StringComparison.Ordinal));
    }

    /// <summary>What the person wrote: without quoted lines, and without the letter that Outlook pastes below a reply.</summary>
    public static string WithoutQuotes(string text)
    {
        var end = Pasted().Match(text);
        var own = Reaction().Replace(end.Success ? text[..end.Index] : text, "$1");
        return string.Join('\n', own.Split('\n').Where(line => !line.TrimStart().StartsWith('>') && !Wrote().IsMatch(line)));
    }

    [GeneratedRegex(@"^\s*(-{2,}\s*(original message|mensaje original|forwarded message)\s*-{2,}|_{10,}\s*$|from:\s.+\r?\n\s*(sent|date|to):\s)",
        RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Pasted();

    // A telephone's thumb up carries the text it is about.
    [GeneratedRegex(@"^\s*(liked|loved|laughed at|emphasi[sz]ed|questioned|disliked|le gust[oó]|le encant[oó])\s+(?:“[^”]*”|""[^""]*"")", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Reaction();

    [GeneratedRegex(@"([a-z])\1{2,}")]
    private static partial Regex HeldDown();

    [GeneratedRegex(@"(?<!\S)[a-z](?: [a-z]){3,}(?!\S)")]
    private static partial Regex Spelled();

    [GeneratedRegex(@"^\s*(on\s.+\swrote|el\s.+\sescribi[oó]):\s*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Wrote();
}
