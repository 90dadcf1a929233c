using System.Text;
using System.Text.RegularExpressions;

namespace Meridian.Sandbox.Smtp;

/// <summary>RFC 2047: encoded words in a header. White space between two of them is not part of the text, and one character may be split over two.</summary>
internal static partial class HeaderText
{
    public static string Decode(string header)
    {
        var text = new StringBuilder();
        var pending = new List<byte>();
        var charset = "";
        var at = 0;
        foreach (Match word in Word().Matches(header))
        {
            var between = header[at..word.Index];
            var continues = pending.Count > 0 && string.IsNullOrWhiteSpace(between);
            if (!continues || !charset.Equals(word.Groups[1].Value, StringComparison.OrdinalIgnoreCase)) Flush();
            if (!continues) text.Append(between);
            charset = word.Groups[1].Value;
            pending.AddRange(Bytes(word.Groups[2].Value, word.Groups[3].Value));
            at = word.Index + word.Length;
        }
        Flush();
        return text.Append(header[at..]).ToString();

        void Flush()
        {
            if (pending.Count > 0) text.Append(Charset.Named(charset).GetString([.. pending]));
            pending.Clear();
        }
    }

    private static byte[] Bytes(string encoding, string word) => encoding is "B" or "b"
        ? TransferBase64.Decode(word)
        : QuotedPrintable.Decode(Encoding.Latin1.GetBytes(word.Replace('_', ' ')));

    [GeneratedRegex(@"=\?([^?*]+)(?:\*[^?]*)?\?([BbQq])\?([^?]*)\?=", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
