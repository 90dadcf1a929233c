using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using MimeKit.Text;

namespace Meridian.Adapters.Mail;

/// <summary>What the person wrote now: without the letter they answer, their signature, and our own footer where a program quotes without a mark.</summary>
internal static partial class FreshWords
{
    public static string Of(MimeMessage message)
    {
        var plain = message.TextBody;
        // A program may send an empty text part beside the HTML that says it.
        if (!string.IsNullOrWhiteSpace(plain) && Fresh(plain) is { Length: > 0 } words) return words;
        return message.HtmlBody is { } html ? Fresh(FromHtml(html)) : "";
    }

    /// <summary>The same of a body somebody else took out of its message.</summary>
    public static string OfHtml(string html) => Fresh(FromHtml(html));

    public static string Fresh(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Replace('\u00a0', ' ').Split('\n');
        var fresh = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (EndsHere(lines, i)) break;
            if (line.TrimStart().StartsWith('>') || Ours().IsMatch(line)) continue;
            fresh.Add(line.TrimEnd());
        }

        return string.Join('\n', fresh).Trim();
    }

    /// <summary>From this line on it is a signature or somebody else's letter.</summary>
    private static bool EndsHere(string[] lines, int i)
    {
        var line = lines[i].Trim();
        if (lines[i].TrimEnd('\r') is "-- " or "--" || Pasted().IsMatch(line) || Phone().IsMatch(line)) return true;
        if (Outlook().IsMatch(line) && lines.Skip(i + 1).Take(4).Any(l => OutlookNext().IsMatch(l))) return true;
        if (!Intro().IsMatch(line)) return false;
        // Long introductions are wrapped: they end in a colon within three lines, and what they introduce follows.
        for (var n = 0; n < 3 && i + n < lines.Length; n++)
            if (Wrote().IsMatch(lines[i + n].TrimEnd())) return true;
        return false;
    }

    /// <summary>The words of an HTML body, without the blocks that mail programs mark as quoted.</summary>
    private static string FromHtml(string html)
    {
        var words = new StringBuilder();
        var tokenizer = new HtmlTokenizer(new StringReader(html)) { DecodeCharacterReferences = true };
        string? until = null; // the element being left out
        var depth = 0;
        while (tokenizer.ReadNextToken(out var token))
        {
            if (token is HtmlTagToken tag)
            {
                var name = tag.Name.ToLowerInvariant();
                if (until is not null)
                {
                    if (name == until && !tag.IsEmptyElement) depth += tag.IsEndTag ? -1 : 1;
                    if (depth == 0) until = null;
                    continue;
                }

                if (!tag.IsEndTag && EndsLetter(tag)) break;
                if (!tag.IsEndTag && !tag.IsEmptyElement && IsLeftOut(tag, name)) (until, depth) = (name, 1);
                else if (name is "br" or "p" or "div" or "tr" or "li" or "hr") words.Append('\n');
            }
            else if (token is HtmlDataToken data && until is null && token.Kind == HtmlTokenKind.Data)
            {
                words.Append(Space().Replace(data.Data, " "));
            }
        }

        return words.ToString();
    }

    private static bool IsLeftOut(HtmlTagToken tag, string name) =>
        name is "blockquote" or "style" or "script" or "head" or "title" || Value(tag, "class") is { } kind && QuotedClass().IsMatch(kind);

    /// <summary>Outlook puts the old letter after this mark, not inside it.</summary>
    private static bool EndsLetter(HtmlTagToken tag) => Value(tag, "id") is { } id && (id.Contains("divRplyFwdMsg", StringComparison.Ordinal) || id.Contains("appendonsend", StringComparison.Ordinal) || id.Contains("mail-editor-reference", StringComparison.Ordinal));

    private static string? Value(HtmlTagToken tag, string name) => tag.Attributes.FirstOrDefault(a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;

    [GeneratedRegex(@"^\s*(-{2,}\s*(original message|mensaje original|forwarded message|ursprüngliche nachricht)\s*-{2,}|_{10,}|begin forwarded message:)\s*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Pasted();

    [GeneratedRegex(@"^(sent from my |sent from (mail|outlook|yahoo) |get outlook for |enviado desde mi )", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Phone();

    [GeneratedRegex(@"^\*?(from|de|von)\s?:\*?\s.+", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Outlook();

    [GeneratedRegex(@"^\s*\*?(sent|date|to|subject|enviado|fecha|para|asunto|gesendet|an|betreff)\s?:", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex OutlookNext();

    [GeneratedRegex(@"^(on|el|am|le)\s.*\d", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Intro();

    [GeneratedRegex(@"(wrote|escribi[oó]|schrieb.*|a écrit)\s*:$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Wrote();

    // The footer every letter of ours carries.
    [GeneratedRegex(@"to stop all messages: reply stop|this is an advertisement from|reply stop (or use|to opt out)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Ours();

    [GeneratedRegex(@"\b(gmail_quote|gmail_extra|yahoo_quoted|moz-cite-prefix|protonmail_quote|gmail_signature|moz-signature)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex QuotedClass();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
