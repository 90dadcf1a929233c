namespace Meridian.Sandbox.Smtp;

/// <summary>Lines as SMTP has them: ended by CRLF, and bytes rather than text, because a message may be 8BITMIME.</summary>
internal sealed class LineReader(Stream stream)
{
    private readonly byte[] buffer = new byte[8192];
    private int at;
    private int filled;

    /// <summary>The next line without its CRLF, or null when the other side has hung up.</summary>
    public async Task<byte[]?> ReadAsync(CancellationToken ct)
    {
        using var line = new MemoryStream();
        while (true)
        {
            if (at == filled)
            {
                (at, filled) = (0, await stream.ReadAsync(buffer, ct));
                if (filled == 0) return null;
            }
            var next = buffer[at++];
            if (next == (byte)'\n' && line.Length > 0 && line.GetBuffer()[line.Length - 1] == (byte)'\r')
            {
                line.SetLength(line.Length - 1);
                return line.ToArray();
            }
            line.WriteByte(next);
        }
    }
}
