using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Meridian.Tests.Ledger;

/// <summary>
/// A port for a program that must be told its number and opens it later. Below the range this system gives to outgoing connections, so that
/// none of the thousands a test run makes can take it in between; claimed by a file, so that no other test run takes it either.
/// </summary>
public static class ServerPort
{
    private const int First = 20_000, After = 32_000;

    private static readonly ConcurrentBag<FileStream> Claims = [];

    private static int next = First + Random.Shared.Next(After - First);

    static ServerPort() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var claim in Claims) claim.Dispose();
    };

    /// <summary>A port nobody has, and nobody in this process is given again.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref next) - First) % (After - First);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                var claim = new FileStream(Path.Combine(Path.GetTempPath(), $"meridian-port-{port}"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
                Claims.Add(claim); // until this run ends
                probe.Start();
                return port;
            }
            catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
            {
                // somebody has it
            }
        }
    }
}
