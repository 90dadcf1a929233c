using System.Text;

namespace Meridian.Sandbox.Smtp;

/// <summary>A message or a part of one: unfolded headers, raw body. Written here on purpose: the sender's MIME library must not read its own work.</summary>
internal sealed class MimePart
{
    private readonly List<(string Name, string Value)> headers = [];

    private MimePart(byte[] body) => Body = body;

    public byte[] Body { get; }
    public string Type => Header("Content-Type")?.Split(';')[0].Trim().ToLowerInvariant() ?? "text/plain";
    public bool IsAttachment => Header("Content-Disposition")?.TrimStart().StartsWith("attachment", StringComparison.OrdinalIgnoreCase) ?? false;

    public string? Header(string name) => headers.Find(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public string? TypeParameter(string name)
    {
        var match = System.Text.RegularExpressions.Regex.Match(Header("Content-Type") ?? "", $"""(?i);\s*{name}\s*=\s*("([^"]*)"|[^;\s]+)""");
        return !match.Success ? null : match.Groups[2].Success ? match.Groups[2].Value : match.Groups[1].Value;
    }

    public static MimePart Parse(byte[] raw)
    {
        var end = HeaderEnd(raw);
        var part = new MimePart(raw[Math.Min(raw.Length, end.Body)..]);
        string? current = null;
        foreach (var line in Encoding.UTF8.GetString(raw, 0, end.Headers).Split("\r\n"))
        {
            if (line is [' ' or '\t', ..] && current is not null)
            {
                current += line;
                continue;
            }
            part.Add(current);
            current = line;
        }
        part.Add(current);
        return part;
    }

    /// <summary>The parts between the boundary lines of a multipart.</summary>
    public IEnumerable<MimePart> Parts()
    {
        if (TypeParameter("boundary") is not { } boundary) yield break;
        // Latin-1 keeps every byte: one character, one byte, there and back.
        var text = "\r\n" + Encoding.Latin1.GetString(Body);
        var pieces = text.Split("\r\n--" + boundary);
        foreach (var piece in pieces.Skip(1).TakeWhile(p => !p.StartsWith("--", StringComparison.Ordinal)))
        {
            var line = piece.IndexOf("\r\n", StringComparison.Ordinal);
            if (line >= 0) yield return Parse(Encoding.Latin1.GetBytes(piece[(line + 2)..]));
        }
    }

    private static (int Headers, int Body) HeaderEnd(byte[] raw)
    {
        // A part without headers begins with its blank line.
        if (raw.AsSpan().StartsWith("\r\n"u8)) return (0, 2);
        var blank = raw.AsSpan().IndexOf("\r\n\r\n"u8);
        return blank < 0 ? (raw.Length, raw.Length) : (blank, blank + 4);
    }

    private void Add(string? header)
    {
        if (header?.IndexOf(':') is { } colon and > 0) headers.Add((header[..colon].Trim(), header[(colon + 1)..].Trim()));
    }
}
