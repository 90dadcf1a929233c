using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meridian.Tests.Host;

/// <summary>A name server on loopback that knows TXT, MX and A records from a table, and nothing else.</summary>
internal sealed class FakeNameServer : IAsyncDisposable
{
    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource closing = new();
    private readonly Dictionary<(string Name, int Type), List<byte[]>> records = [];
    private readonly Task answering;

    public FakeNameServer() => answering = AnswerAsync();

    public string Address => $"127.0.0.1:{((IPEndPoint)socket.Client.LocalEndPoint!).Port}";

    public FakeNameServer Text(string name, string text) => Add(name, 16, [.. text.Chunk(255).SelectMany(part => (byte[])[(byte)part.Length, .. Encoding.ASCII.GetBytes(part)])]);

    public FakeNameServer Exchanger(string name, string host) => Add(name, 15, [0, 10, .. Labels(host)]);

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        socket.Dispose();
        await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private FakeNameServer Add(string name, int type, byte[] data)
    {
        if (!records.TryGetValue((name, type), out var list)) records[(name, type)] = list = [];
        list.Add(data);
        return this;
    }

    private async Task AnswerAsync()
    {
        while (!closing.IsCancellationRequested)
        {
            var asked = await socket.ReceiveAsync(closing.Token);
            await socket.SendAsync(Answer(asked.Buffer), asked.RemoteEndPoint, closing.Token);
        }
    }

    private byte[] Answer(byte[] query)
    {
        var at = 12;
        var labels = new List<string>();
        while (query[at] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
            at += query[at] + 1;
        }

        var question = query[12..(at + 5)];
        var type = BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 1));
        var name = string.Join('.', labels).ToLowerInvariant();
        var found = records.GetValueOrDefault((name, type)) ?? [];
        var known = records.Keys.Any(k => k.Name == name);
        var answer = new List<byte>([query[0], query[1], 0x81, (byte)(known ? 0x80 : 0x83), 0, 1, 0, (byte)found.Count, 0, 0, 0, 0, .. question]);
        foreach (var data in found)
        {
            answer.AddRange([0xC0, 12, (byte)(type >> 8), (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length]);
            answer.AddRange(data);
        }

        return [.. answer];
    }

    private static byte[] Labels(string name) => [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.ASCII.GetBytes(l)]), 0];
}
