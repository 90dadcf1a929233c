using System.Net;
using System.Net.Sockets;

namespace Meridian.Tests.Providers;

/// <summary>A port that is taken and not listened on: one that was only free might be somebody else's a moment later.</summary>
internal sealed class NobodyListens : IDisposable
{
    private readonly Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public NobodyListens() => taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Port => ((IPEndPoint)taken.LocalEndPoint!).Port;

    public Uri BaseUrl => new($"http://127.0.0.1:{Port}");

    public void Dispose() => taken.Dispose();
}
