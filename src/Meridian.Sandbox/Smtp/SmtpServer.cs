using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Sandbox.Smtp;

/// <summary>An SMTP server on a free port of 127.0.0.1.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Task, bool> sessions = new();
    private readonly Task accepting;

    public SmtpServer(SandboxOptions options, Post post)
    {
        listener.Start();
        accepting = AcceptAsync(options, post);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(sessions.Keys);
        stopping.Dispose();
    }

    private async Task AcceptAsync(SandboxOptions options, Post post)
    {
        try
        {
            while (true)
            {
                var session = ServeAsync(new SmtpSession(await listener.AcceptTcpClientAsync(stopping.Token), options, post));
                sessions[session] = true;
                _ = session.ContinueWith(ended => sessions.TryRemove(ended, out _), TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(SmtpSession session)
    {
        try
        {
            await session.RunAsync(stopping.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidDataException or SocketException)
        {
            // The other side went away, or we did.
        }
    }
}
