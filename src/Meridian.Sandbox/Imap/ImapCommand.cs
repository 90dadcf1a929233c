using System.Text;

namespace Meridian.Sandbox.Imap;

/// <summary>One command line cut into words: a quoted string is one, and so is a list in parentheses or a section in brackets.</summary>
internal sealed record ImapCommand(string Tag, string Verb, IReadOnlyList<string> Arguments)
{
    public static ImapCommand Parse(string line)
    {
        var words = Words(line);
        var verb = words.Count > 1 ? words[1].ToUpperInvariant() : "";
        if (verb != "UID" || words.Count < 3) return new(words.Count > 0 ? words[0] : "*", verb, [.. words.Skip(2)]);
        return new(words[0], $"UID {words[2].ToUpperInvariant()}", [.. words.Skip(3)]);
    }

    /// <summary>The words of a line or of the inside of a list.</summary>
    public static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (depth, quoted, any) = (0, false, false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted)
            {
                if (c == '\\' && i + 1 < line.Length) word.Append(line[++i]);
                else if (c == '"') quoted = false;
                else word.Append(c);
                continue;
            }

            if (c == '"' && depth == 0) (quoted, any) = (true, true);
            else if (c == ' ' && depth == 0) Flush();
            else
            {
                if (c is '(' or '[') depth++;
                if (c is ')' or ']') depth--;
                word.Append(c);
            }
        }

        Flush();
        return words;

        void Flush()
        {
            if (word.Length > 0 || any) words.Add(word.ToString());
            word.Clear();
            any = false;
        }
    }

    /// <summary>Whether a number is in an IMAP set such as <c>3,5:9,12:*</c>; <paramref name="last"/> is what the star stands for.</summary>
    public static bool Holds(string set, uint number, uint last)
    {
        foreach (var part in set.Split(','))
        {
            var ends = part.Split(':').Select(end => end == "*" ? last : uint.TryParse(end, out var n) ? n : 0).ToList();
            if (number >= ends.Min() && number <= ends.Max()) return true;
        }

        return false;
    }
}
