using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Meridian.Sandbox.Smtp;

/// <summary>A message as it came over the wire, read by our own small reader: headers unfolded, subject and text decoded.</summary>
internal sealed partial record ReceivedMail(string From, string Subject, string Text, string? MessageId)
{
    public static ReceivedMail Read(byte[] raw)
    {
        var text = Encoding.UTF8.GetString(raw);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var headers = Headers(end < 0 ? text : text[..end]);
        var body = end < 0 ? "" : text[(end + 4)..];
        return new ReceivedMail(Address(headers.GetValueOrDefault("from") ?? ""), Words(headers.GetValueOrDefault("subject") ?? ""), PlainText(headers, body), headers.GetValueOrDefault("message-id"));
    }

    private static Dictionary<string, string> Headers(string block)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Folds().Replace(block, " ").Split("\r\n"))
        {
            var colon = line.IndexOf(':');
            if (colon > 0) headers.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
        }

        return headers;
    }

    private static string Address(string from) => (Angle().Match(from) is { Success: true } m ? m.Groups[1].Value : from).Trim().ToLowerInvariant();

    /// <summary>RFC 2047: encoded words, and the white space between two of them is no white space.</summary>
    private static string Words(string header) => EncodedWord().Replace(BetweenWords().Replace(header, "$1"), m =>
        Charset(m.Groups[1].Value).GetString(m.Groups[2].Value is "B" or "b" ? Convert.FromBase64String(m.Groups[3].Value) : Quoted(m.Groups[3].Value.Replace('_', ' '))));

    private static string PlainText(Dictionary<string, string> headers, string body)
    {
        var type = headers.GetValueOrDefault("content-type") ?? "text/plain";
        if (type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) && Boundary().Match(type) is { Success: true } boundary)
        {
            foreach (var part in body.Split("--" + boundary.Groups[1].Value).Skip(1))
            {
                var start = part.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                if (start < 0) continue;
                var inner = Headers(part[..start].TrimStart('\r', '\n'));
                if ((inner.GetValueOrDefault("content-type") ?? "text/plain").StartsWith("text/plain", StringComparison.OrdinalIgnoreCase)) return PlainText(inner, part[(start + 4)..]);
            }

            return "";
        }

        var bytes = (headers.GetValueOrDefault("content-transfer-encoding") ?? "").ToLowerInvariant() switch
        {
            "base64" => Convert.FromBase64String(string.Concat(body.Where(c => !char.IsWhiteSpace(c)))),
            "quoted-printable" => Quoted(body.Replace("=\r\n", "")),
            _ => Encoding.UTF8.GetBytes(body),
        };
        return Charset(CharsetName().Match(type) is { Success: true } c ? c.Groups[1].Value : "utf-8").GetString(bytes).Replace("\r\n", "\n").TrimEnd('\n');
    }

    private static byte[] Quoted(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '=' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, null, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
            else bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
        }

        return [.. bytes];
    }

    private static Encoding Charset(string name)
    {
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }

    [GeneratedRegex(@"\r\n[ \t]+")]
    private static partial Regex Folds();

    [GeneratedRegex("<([^<>]*)>")]
    private static partial Regex Angle();

    [GeneratedRegex(@"=\?([^?]+)\?([BbQq])\?([^?]*)\?=")]
    private static partial Regex EncodedWord();

    [GeneratedRegex(@"(\?=)\s+(?==\?)")]
    private static partial Regex BetweenWords();

    [GeneratedRegex("boundary=\"?([^\";]+)\"?", RegexOptions.IgnoreCase)]
    private static partial Regex Boundary();

    [GeneratedRegex("charset=\"?([^\";\\s]+)\"?", RegexOptions.IgnoreCase)]
    private static partial Regex CharsetName();
}
