using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Providers;

/// <summary>What the scripted server does instead of answering.</summary>
internal static class SmtpMove
{
    public const string Drop = "DROP";
    public const string Hang = "HANG";
}

/// <summary>
/// A real SMTP server on loopback. The script maps a place (CONNECT, EHLO, AUTH, MAIL, RCPT, DATA, END for the reply to the content, IDLE for what
/// happens after a message) to a reply line or a move; what is not scripted goes well.
/// </summary>
internal sealed class ScriptedSmtp : IAsyncDisposable
{
    private static readonly TimeSpan LongerThanAnybodyWaits = TimeSpan.FromMinutes(3);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentQueue<string> said = new();
    private readonly ConcurrentQueue<string> messages = new();
    private readonly Func<int, string, string?> script;
    private int connections;

    /// <param name="script">Connection (from 1) and place to a reply; null: all is well.</param>
    public ScriptedSmtp(Func<int, string, string?> script)
    {
        this.script = script;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public ScriptedSmtp(string? place = null, string? reply = null)
        : this((_, at) => at == place ? reply : null)
    {
    }

    public int Port { get; }

    /// <summary>A clock for whoever writes. It moves only where a reply is waited for in vain: how fast this machine is changes nothing.</summary>
    public FakeTimeProvider Machine { get; } = new();

    public int Connections => Volatile.Read(ref connections);

    public IReadOnlyList<string> Said => [.. said];

    /// <summary>The content of every message whose end-of-data arrived.</summary>
    public IReadOnlyList<string> Messages => [.. messages];

    public TaskCompletionSource IdleMoveDone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(closing.Token), Interlocked.Increment(ref connections));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client, int number)
    {
        try
        {
            using (client)
            {
                var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
                if (!await AnswerAsync(client, number, "CONNECT", "220 ready")) return;
                while (await reader.ReadLineAsync(closing.Token) is { } line)
                {
                    said.Enqueue(line);
                    var verb = line.Split(' ')[0].ToUpperInvariant();
                    var well = verb switch
                    {
                        "EHLO" => "250-here\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250-CHUNKING\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                        "AUTH" => "235 2.7.0 welcome",
                        "DATA" => "354 go ahead",
                        "QUIT" => "221 bye",
                        _ => "250 2.1.0 ok",
                    };
                    if (!await AnswerAsync(client, number, verb, well)) return;
                    if (verb == "QUIT") return;
                    if (verb != "DATA" || script(number, "DATA") is not null) continue;
                    if (script(number, "CONTENT") == SmtpMove.Drop) return;
                    if (await ReadContentAsync(reader) is not { } content) return;
                    messages.Enqueue(content);
                    if (!await AnswerAsync(client, number, "END", "250 2.0.0 queued as Q1")) return;
                    if (script(number, "IDLE") == SmtpMove.Drop)
                    {
                        client.Close();
                        IdleMoveDone.TrySetResult();
                        return;
                    }
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or SocketException)
        {
            // The client left.
        }
    }

    private async Task<string?> ReadContentAsync(StreamReader reader)
    {
        var content = new StringBuilder();
        while (await reader.ReadLineAsync(closing.Token) is { } line)
        {
            if (line == ".") return content.ToString();
            content.Append(line.StartsWith('.') ? line[1..] : line).Append('\n');
        }

        return null;
    }

    /// <summary>False when the connection is over.</summary>
    private async Task<bool> AnswerAsync(TcpClient client, int number, string place, string well)
    {
        var reply = script(number, place) ?? well;
        if (reply == SmtpMove.Drop) return false;
        while (reply == SmtpMove.Hang)
        {
            Machine.Advance(LongerThanAnybodyWaits);
            await Task.Delay(10, closing.Token); // who only now begins to wait is waiting in vain, too
        }

        var drops = reply.EndsWith(SmtpMove.Drop, StringComparison.Ordinal);
        if (drops) reply = reply[..^SmtpMove.Drop.Length];
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"), closing.Token);
        return !drops;
    }
}
