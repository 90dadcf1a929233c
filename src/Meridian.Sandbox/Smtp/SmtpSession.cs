using System.Net.Sockets;
using System.Text;

namespace Meridian.Sandbox.Smtp;

/// <summary>One SMTP connection: several messages, one after the other. A message is in the log before its 250 leaves.</summary>
internal sealed class SmtpSession(TcpClient client, SandboxOptions options, Post post)
{
    private const int LongestLine = 8192;
    private const int LargestMessage = 10_000_000;
    private readonly byte[] buffer = new byte[8192];
    private int at, filled;

    public async Task RunAsync(CancellationToken ct)
    {
        using var _ = client;
        client.NoDelay = true;
        var stream = client.GetStream();
        using (options.BeginExchange()) await SayAsync(stream, "220 sandbox ESMTP", ct);
        string? sender = null;
        var recipients = new List<string>();
        while (await LineAsync(stream, LongestLine, ct) is { } line)
        {
            // From the command to its answer something is under way; between two messages nothing is.
            using var exchange = options.BeginExchange();
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await SayAsync(stream, "250-sandbox\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 10000000", ct);
                    break;
                case "HELO":
                case "NOOP":
                    await SayAsync(stream, "250 OK", ct);
                    break;
                case "RSET":
                    (sender, recipients) = (null, []);
                    await SayAsync(stream, "250 OK", ct);
                    break;
                case "MAIL":
                    sender = Path(line);
                    recipients.Clear();
                    await SayAsync(stream, "250 2.1.0 OK", ct);
                    break;
                case "RCPT" when sender is null:
                    await SayAsync(stream, "503 5.5.1 MAIL first", ct);
                    break;
                case "RCPT":
                    var to = Path(line).ToLowerInvariant();
                    if (post.Knows(to))
                    {
                        recipients.Add(to);
                        await SayAsync(stream, "250 2.1.5 OK", ct);
                    }
                    else
                    {
                        post.Bounce(sender, to);
                        await SayAsync(stream, $"550 5.1.1 <{to}>: user unknown", ct);
                    }

                    break;
                case "DATA" when sender is null || recipients.Count == 0:
                    await SayAsync(stream, "503 5.5.1 RCPT first", ct);
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go on", ct);
                    if (await MessageAsync(stream, ct) is not { } raw) return;
                    await SayAsync(stream, $"250 2.0.0 queued as {post.Take(raw, recipients)}", ct);
                    (sender, recipients) = (null, []);
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 2.0.0 bye", ct);
                    return;
                default:
                    await SayAsync(stream, "502 5.5.2 not understood", ct);
                    break;
            }
        }
    }

    private static string Path(string line)
    {
        var (from, to) = (line.IndexOf('<'), line.IndexOf('>'));
        return from >= 0 && to > from ? line[(from + 1)..to] : "";
    }

    private static Task SayAsync(NetworkStream stream, string reply, CancellationToken ct) => stream.WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"), ct).AsTask();

    /// <summary>The message with its dots unstuffed; null when the connection ended before the end of data.</summary>
    private async Task<byte[]?> MessageAsync(NetworkStream stream, CancellationToken ct)
    {
        using var message = new MemoryStream();
        while (await BytesAsync(stream, LargestMessage, ct) is { } line)
        {
            if (line is [(byte)'.']) return message.ToArray();
            message.Write(line is [(byte)'.', ..] ? line.AsSpan(1) : line);
            message.Write("\r\n"u8);
        }

        return null;
    }

    private async Task<string?> LineAsync(NetworkStream stream, int longest, CancellationToken ct) => await BytesAsync(stream, longest, ct) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    private async Task<byte[]?> BytesAsync(NetworkStream stream, int longest, CancellationToken ct)
    {
        using var line = new MemoryStream();
        while (true)
        {
            if (at == filled)
            {
                (at, filled) = (0, await stream.ReadAsync(buffer, ct));
                if (filled == 0) return null;
            }

            var end = Array.IndexOf(buffer, (byte)'\n', at, filled - at);
            var upTo = end < 0 ? filled : end;
            line.Write(buffer, at, upTo - at);
            if (line.Length > longest) throw new InvalidDataException("a line is too long");
            at = end < 0 ? filled : end + 1;
            if (end < 0) continue;
            var bytes = line.ToArray();
            return bytes is [.., (byte)'\r'] ? bytes[..^1] : bytes;
        }
    }
}
