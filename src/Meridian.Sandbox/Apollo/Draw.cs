using System.Buffers.Binary;

namespace Meridian.Sandbox.Apollo;

/// <summary>Takes small rolls, two bytes each, out of one hash; sixteen at most. Inventing a whole population by one hash a roll would be slow.</summary>
internal ref struct Draw(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> left = bytes;

    /// <summary>A whole number below a bound of at most 65,536.</summary>
    public int Below(int bound)
    {
        var roll = BinaryPrimitives.ReadUInt16BigEndian(left);
        left = left[2..];
        return roll * bound >> 16;
    }

    /// <summary>True for so many of a hundred.</summary>
    public bool Percent(int share) => Below(100) < share;

    public T Of<T>(T[] among) => among[Below(among.Length)];
}
