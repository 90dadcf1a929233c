using System.Text;
using System.Text.RegularExpressions;

namespace Meridian.Domain.Compliance;

/// <summary>A message as bare words: lower case, no accents, no punctuation, no quoted letter of ours.</summary>
internal static partial class PlainWords
{
    private const string Accented = "áàâäãéèêëíìîïóòôöõúùûüñç";
    private const string Bare = "aaaaaeeeeiiiiooooouuuunc";

    /// <summary>Words separated by single spaces; apostrophes vanish ("don't" → "dont"), hyphens part ("opt-out" → "opt out").</summary>
    public static string Of(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.ToLowerInvariant())
        {
            if (c is '\'' or '’' or '‘' or '`' or '´' or '\u200B' or '\u200D' or '\uFE0F' or '\u00AD') continue;
            var accent = Accented.IndexOf(c, StringComparison.Ordinal);
            plain.Append(accent >= 0 ? Bare[accent] : char.IsLetterOrDigit(c) ? c : ' ');
        }
        return string.Join(' ', plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>What the person wrote: without quoted lines, and without the letter that Outlook pastes below a reply.</summary>
    public static string WithoutQuotes(string text)
    {
        var end = Pasted().Match(text);
        var own = end.Success ? text[..end.Index] : text;
        return string.Join('\n', own.Split('\n').Where(line => !line.TrimStart().StartsWith('>') && !Wrote().IsMatch(line)));
    }

    [GeneratedRegex(@"^\s*(-{2,}\s*(original message|mensaje original|forwarded message)\s*-{2,}|_{10,}\s*$|from:\s.+\r?\n\s*(sent|date|to):\s)",
        RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Pasted();

    [GeneratedRegex(@"^\s*(on\s.+\swrote|el\s.+\sescribi[oó]):\s*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Wrote();
}
