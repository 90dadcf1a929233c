using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Meridian.Host.Demo;

/// <summary>
/// A port of this machine alone, listened on from the moment it is known: whoever is told of it may connect, and nobody else can be given it
/// before the web server takes it over. (A port that was merely free a moment ago may be somebody's outgoing connection by now.)
/// </summary>
public sealed class LoopbackPort : IDisposable
{
    private const int Backlog = 512; // Kestrel's own

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private LoopbackPort(int wanted)
    {
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, wanted));
            socket.Listen(Backlog);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The port's number.</summary>
    public int Number => ((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <summary>Where it is reached, over HTTP.</summary>
    public Uri Address => new($"http://127.0.0.1:{Number}");

    /// <summary>The wanted port if nobody has it (0: none is wanted), else another.</summary>
    public static LoopbackPort Hold(int wanted = 0)
    {
        try
        {
            return new LoopbackPort(wanted);
        }
        catch (SocketException) when (wanted != 0)
        {
            return new LoopbackPort(0);
        }
    }

    /// <summary>A silent web server on it, which closes it when it ends.</summary>
    public WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.ToString());
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => socket);
        return builder.Build();
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
