using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Meridian.Sandbox.Imap;

/// <summary>One untagged FETCH: flags, size, date, header or body, whole or from an offset.</summary>
internal static partial class FetchReply
{
    /// <param name="tell">Called before a body is put into the reply.</param>
    public static byte[] Of(StoredMail mail, int number, uint uid, IReadOnlyList<string> items, Action<StoredMail> tell)
    {
        using var reply = new MemoryStream();
        Write($"* {number} FETCH (");
        var first = true;
        foreach (var item in items)
        {
            if (!first) Write(" ");
            first = false;
            switch (item.ToUpperInvariant())
            {
                case "UID": Write($"UID {uid}"); break;
                case "FLAGS": Write("FLAGS ()"); break;
                case "RFC822.SIZE": Write($"RFC822.SIZE {mail.Raw.Length}"); break;
                case "INTERNALDATE": Write($"INTERNALDATE \"{mail.At.ToString("dd-MMM-yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)}\""); break;
                default: Section(item); break;
            }
        }

        Write(")\r\n");
        return reply.ToArray();

        void Section(string item)
        {
            if (Body().Match(item) is not { Success: true } match) return;
            var header = match.Groups["section"].Value.StartsWith("HEADER", StringComparison.OrdinalIgnoreCase);
            if (!header) tell(mail);
            var bytes = mail.Raw;
            if (header && bytes.AsSpan().IndexOf("\r\n\r\n"u8) is >= 0 and var end) bytes = bytes[..(end + 4)];
            var partial = "";
            if (match.Groups["offset"].Success)
            {
                var from = Math.Min(bytes.Length, int.Parse(match.Groups["offset"].Value, CultureInfo.InvariantCulture));
                bytes = bytes[from..Math.Min(bytes.Length, from + int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture))];
                partial = $"<{from}>";
            }

            Write($"BODY[{(header ? "HEADER" : "")}]{partial} {{{bytes.Length}}}\r\n");
            reply.Write(bytes);
        }

        void Write(string text) => reply.Write(Encoding.ASCII.GetBytes(text));
    }

    [GeneratedRegex(@"^BODY(\.PEEK)?\[(?<section>[^\]]*)\](<(?<offset>\d+)\.(?<count>\d+)>)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Body();
}
