using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Meridian.Sandbox;

/// <summary>
/// The only source of chance. Every roll and every id is a hash of the seed and what it is about, never of an order of arrival:
/// two runs with the same requests get the same people, however the machine interleaves them.
/// </summary>
internal sealed class Chance(ulong seed)
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>A number in [0, 1).</summary>
    public double Roll(params ReadOnlySpan<string> about) => (BinaryPrimitives.ReadUInt64BigEndian(Hash(about)) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A span of whole milliseconds between two bounds in seconds.</summary>
    public TimeSpan Seconds(double from, double to, params ReadOnlySpan<string> about) =>
        TimeSpan.FromMilliseconds(Math.Round((from + (to - from) * Roll(about)) * 1000));

    public T Pick<T>(IReadOnlyList<T> among, params ReadOnlySpan<string> about) => among[(int)(Roll(about) * among.Count)];

    public string Uuid(params ReadOnlySpan<string> about)
    {
        var bytes = Hash(about)[..16];
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x40);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>Twenty letters and digits, the look of a HighLevel id.</summary>
    public string ShortId(params ReadOnlySpan<string> about)
    {
        var hash = Hash(about);
        return string.Create(20, hash, static (text, bytes) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = Alphabet[bytes[i] % Alphabet.Length];
        });
    }

    /// <summary>Thirty-two bytes, for whoever invents many things about one subject at once.</summary>
    public byte[] Hash(params ReadOnlySpan<string> about) => SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\u001f{string.Join('\u001f', about!)}"));
}
