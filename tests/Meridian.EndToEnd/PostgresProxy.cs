using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Meridian.EndToEnd;

/// <summary>A way to PostgreSQL that breaks: an answer to COMMIT is lost after the server gave it, a connection is cut in the middle, nobody is there for a while.</summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentDictionary<Task, bool> ways = new();
    private readonly Task accepting;
    private readonly Lock gate = new();
    private readonly Random chance;
    private readonly string host;
    private readonly int port;

    public PostgresProxy(string host, int port, int seed)
    {
        (this.host, this.port, chance) = (host, port, new Random(seed));
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>While false every byte arrives.</summary>
    public bool Breaks { get; set; }

    /// <summary>While true nobody is let in and nobody stays.</summary>
    public bool Down { get; set; }

    public double LosesCommit { get; init; } = 0.01;

    public double Cuts { get; init; } = 0.001;

    public int CommitAnswersLost { get; private set; }

    public int ConnectionsCut { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(ways.Keys);
        closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(closing.Token);
                var way = Task.Run(() => CarryAsync(client));
                ways[way] = true;
                _ = way.ContinueWith(done => ways.TryRemove(done, out _), TaskScheduler.Default);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // closing, or a client that left at the door
            }
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                if (Down) return;
                await server.ConnectAsync(host, port, closing.Token);
                (client.NoDelay, server.NoDelay) = (true, true);
                var loses = false;
                var up = PumpAsync(client.GetStream(), server.GetStream(), bytes =>
                {
                    if (Down || Draw(Cuts)) return Cut();
                    loses |= bytes.IndexOf("COMMIT"u8) >= 0 && Draw(LosesCommit);
                    return true;
                });
                var down = PumpAsync(server.GetStream(), client.GetStream(), bytes =>
                {
                    if (Down) return Cut();
                    if (!loses || bytes.IndexOf("COMMIT"u8) < 0) return true; // CommandComplete says COMMIT, too: the server has done it
                    lock (gate) CommitAnswersLost++;
                    return false;
                });
                await Task.WhenAny(up, down);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // one of both left
            }
        }
    }

    private bool Cut()
    {
        lock (gate) ConnectionsCut++;
        return false;
    }

    private bool Draw(double share)
    {
        if (!Breaks) return false;
        lock (gate) return chance.NextDouble() < share;
    }

    private delegate bool Passes(ReadOnlySpan<byte> bytes);

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Passes passes)
    {
        var buffer = new byte[65536];
        try
        {
            while (await from.ReadAsync(buffer, closing.Token) is var read and > 0)
            {
                if (!passes(buffer.AsSpan(0, read))) return;
                await to.WriteAsync(buffer.AsMemory(0, read), closing.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // the other side left
        }
    }
}
