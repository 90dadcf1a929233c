using System.Globalization;
using Spectre.Console.Rendering;

namespace Meridian.Host.Dashboard.Terminal;

/// <summary>Text in terminal cells. A name may hold anything, also what would steer the terminal: only what can be seen is let through.</summary>
internal static class Cells
{
    /// <summary>Exactly this many cells: cut with an ellipsis, or filled with spaces.</summary>
    public static string Fit(string? text, int width)
    {
        var seen = Plain(text ?? "");
        var wide = Width(seen);
        if (wide <= width) return seen + new string(' ', width - wide);
        while (wide > width - 1 && seen.Length > 0)
        {
            seen = seen[..^1];
            if (seen.Length > 0 && char.IsHighSurrogate(seen[^1])) seen = seen[..^1];
            wide = Width(seen);
        }

        return width <= 0 ? "" : seen + "…" + new string(' ', Math.Max(0, width - 1 - wide));
    }

    /// <summary>Without control and format characters.</summary>
    public static string Plain(string text) => text.Any(Steers) ? string.Concat(text.Select(c => Steers(c) ? ' ' : c)) : text;

    /// <summary>Lines of at most this many cells, broken at spaces; what follows the first is indented as the first is, and two more.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var rest = Plain(text).TrimEnd();
        var indent = new string(' ', Math.Min(rest.Length - rest.TrimStart().Length + 2, width / 2));
        while (Width(rest) > width)
        {
            var end = rest.Length;
            while (Width(rest[..end]) > width) end--;
            var space = rest.LastIndexOf(' ', end - 1);
            if (space > indent.Length) end = space;
            yield return rest[..end];
            rest = indent + rest[end..].TrimStart();
        }

        yield return rest;
    }

    private static int Width(string text) => new Segment(text).CellCount();

    private static bool Steers(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
