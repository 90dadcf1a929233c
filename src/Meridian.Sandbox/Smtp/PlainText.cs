using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Meridian.Sandbox.Smtp;

/// <summary>The words of a message: its first text/plain part, else its HTML without the tags. Lines end in \n, nothing trails.</summary>
internal static partial class PlainText
{
    public static string? Of(MimePart message)
    {
        if (Find(message, "text/plain") is { } plain) return Tidy(Decode(plain));
        return Find(message, "text/html") is { } html ? Tidy(WebUtility.HtmlDecode(Tag().Replace(Decode(html), ""))) : null;
    }

    private static MimePart? Find(MimePart part, string type)
    {
        if (part.Type.StartsWith("multipart/", StringComparison.Ordinal)) return part.Parts().Select(p => Find(p, type)).FirstOrDefault(p => p is not null);
        return part.Type == type && !part.IsAttachment ? part : null;
    }

    private static string Decode(MimePart part)
    {
        var bytes = part.Header("Content-Transfer-Encoding")?.Trim().ToLowerInvariant() switch
        {
            "quoted-printable" => QuotedPrintable.Decode(part.Body),
            "base64" => TransferBase64.Decode(Encoding.Latin1.GetString(part.Body)),
            _ => part.Body,
        };
        return Charset.Named(part.TypeParameter("charset")).GetString(bytes);
    }

    private static string Tidy(string text) => text.Replace("\r\n", "\n").TrimEnd();

    [GeneratedRegex(@"<(style|script)\b.*?</\1>|<[^>]+>", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
