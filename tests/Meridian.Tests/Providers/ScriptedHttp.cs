using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.Tests.Contracts;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Meridian.Tests.Providers;

/// <summary>What the scripted provider was asked.</summary>
internal sealed record Asked(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>What it does next: answer, or one of the ways in which an answer does not come.</summary>
internal sealed record Reply(int Status, string Body = "", string? RetryAfter = null, bool Drops = false, bool Hangs = false, bool Truncates = false)
{
    public static readonly Reply Drop = new(0, Drops: true);
    public static readonly Reply Hang = new(0, Hangs: true);
    public static readonly Reply HalfABody = new(201, """{"id":"call_1" """, Truncates: true);
}

/// <summary>A real HTTP server on loopback that answers from a script and counts what reached it.</summary>
internal sealed class ScriptedHttp : IAsyncDisposable
{
    private static readonly TimeSpan LongerThanAnybodyWaits = TimeSpan.FromMinutes(3);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly ConcurrentQueue<Asked> asked = new();
    private readonly Func<Asked, Reply> script;

    public ScriptedHttp(Func<Asked, Reply> script)
    {
        this.script = script;
        listener.Start();
        BaseUrl = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public ScriptedHttp(Reply always)
        : this(_ => always)
    {
    }

    public Uri BaseUrl { get; }

    /// <summary>A clock for whoever asks. It moves only where an answer is waited for in vain: how fast this machine is changes nothing.</summary>
    public FakeTimeProvider Machine { get; } = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public IReadOnlyList<Asked> Requests => [.. asked];

    /// <summary>Where a test asks for something on purpose that no vendor documents.</summary>
    public bool IsNoVendor { get; init; }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
        var undocumented = IsNoVendor ? [] : asked.SelectMany(VendorContract.Problems).Distinct().ToList();
        if (undocumented.Count > 0) Assert.Fail(string.Join('\n', undocumented));
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(closing.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    asked.Enqueue(request);
                    var reply = script(request);
                    if (reply.Hangs)
                    {
                        Machine.Advance(LongerThanAnybodyWaits);
                        await Task.Delay(Timeout.Infinite, closing.Token);
                    }

                    if (reply.Drops) return;
                    var body = Encoding.UTF8.GetBytes(reply.Body);
                    var head = $"HTTP/1.1 {reply.Status} X\r\nContent-Type: application/json\r\nContent-Length: {body.Length + (reply.Truncates ? 100 : 0)}\r\n"
                        + (reply.RetryAfter is null ? "" : $"Retry-After: {reply.RetryAfter}\r\n") + "\r\n";
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(head), closing.Token);
                    await stream.WriteAsync(body, closing.Token);
                    if (reply.Truncates) return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client left.
        }
    }

    private async Task<Asked?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, closing.Token) == 0) return null;
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, closing.Token);
        return new Asked(first[0], first[1], headers, Encoding.UTF8.GetString(body));
    }
}
