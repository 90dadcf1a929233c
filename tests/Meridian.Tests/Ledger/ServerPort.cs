using System.Net;
using System.Net.Sockets;

namespace Meridian.Tests.Ledger;

/// <summary>
/// A port for a program that must be told its number and opens it later. Below the range this system gives to outgoing connections, so that
/// none of the thousands a test run makes can take it in between.
/// </summary>
public static class ServerPort
{
    private const int First = 20_000, After = 32_000;

    private static int next = First + Random.Shared.Next(After - First);

    /// <summary>A port nobody has, and nobody in this process is given again.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref next) - First) % (After - First);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // somebody has it
            }
        }
    }
}
