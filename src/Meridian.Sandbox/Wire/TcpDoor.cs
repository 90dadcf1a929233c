using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Sandbox.Wire;

/// <summary>Listens on a free loopback port and gives every connection its own session.</summary>
internal sealed class TcpDoor : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentDictionary<Task, bool> sessions = new();
    private readonly Func<Stream, CancellationToken, Task> serve;
    private readonly Task accepting;

    /// <param name="serve">Talks with one client until it leaves.</param>
    public TcpDoor(Func<Stream, CancellationToken, Task> serve)
    {
        this.serve = serve;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(sessions.Keys);
        closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(closing.Token);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException && closing.IsCancellationRequested)
            {
                return;
            }
            var session = Task.Run(() => ServeAsync(client));
            sessions[session] = true;
            _ = session.ContinueWith(done => sessions.TryRemove(done, out var _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await using var stream = client.GetStream();
                await serve(stream, closing.Token);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
            {
                // The client left, or we are closing. Whatever was answered is in the log.
            }
        }
    }
}
