using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Meridian.Adapters.Mail;

/// <summary>
/// The same words as a page: paragraphs, lines, links one can press, the footer set smaller. Nothing is added, counted or fetched, so what was judged is
/// what is read, whichever part a program shows.
/// </summary>
internal static partial class HtmlLetter
{
    public static string Of(string text)
    {
        var html = new StringBuilder("<!DOCTYPE html><html><body style=\"font-family:sans-serif;font-size:14px;line-height:1.5\">");
        var footer = false;
        foreach (var paragraph in Blank().Split(text.ReplaceLineEndings("\n").Trim('\n')))
        {
            var lines = paragraph.Split('\n').ToList();
            if (!footer && lines.FindIndex(l => l.TrimEnd() is "--") is var mark and >= 0)
            {
                Write(html, lines[..mark]);
                html.Append("<hr style=\"border:0;border-top:1px solid #ccc\"><div style=\"font-size:12px;color:#555\">");
                footer = true;
                lines = lines[(mark + 1)..];
            }

            Write(html, lines);
        }

        return html.Append(footer ? "</div></body></html>" : "</body></html>").ToString();
    }

    private static void Write(StringBuilder html, IEnumerable<string> lines)
    {
        var said = string.Join("<br>\n", lines.Select(Line));
        if (said.Length > 0) html.Append("<p>").Append(said).Append("</p>\n");
    }

    private static string Line(string line)
    {
        var html = new StringBuilder();
        var at = 0;
        foreach (Match link in Link().Matches(line))
        {
            var url = link.Value.TrimEnd('.', ',', ';', ':', '!', '?', ')');
            html.Append(WebUtility.HtmlEncode(line[at..link.Index])).Append("<a href=\"").Append(WebUtility.HtmlEncode(url)).Append("\">").Append(WebUtility.HtmlEncode(url)).Append("</a>");
            at = link.Index + url.Length;
        }

        return html.Append(WebUtility.HtmlEncode(line[at..].TrimEnd())).ToString();
    }

    [GeneratedRegex(@"\n[ \t]*\n+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"https?://[^\s<>""]+")]
    private static partial Regex Link();
}
