using System.Globalization;

namespace Meridian.Engine;

/// <summary>
/// UUIDv7 ids whose time is the engine's and whose chance comes from a seed: the same run gives the same ids. A run that resumes gives
/// another seed, for it may start at the very instant at which the run before it died.
/// </summary>
public sealed class SeededIds(ulong seed, TimeProvider clock) : IIds
{
    private readonly Lock gate = new();
    private ulong state = seed ^ (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds() * 0x9E3779B97F4A7C15UL;
    private long lastMs;
    private int sequence;

    public string New(string prefix)
    {
        lock (gate)
        {
            // Monotonic inside a millisecond, and never behind: ids sort by birth.
            var ms = Math.Max(clock.GetUtcNow().ToUnixTimeMilliseconds(), lastMs);
            sequence = ms == lastMs ? sequence + 1 : 0;
            if (sequence > 0xFFF)
            {
                ms++;
                sequence = 0;
            }

            lastMs = ms;
            var low = 0x8000_0000_0000_0000UL | (Mix() >> 2);
            return string.Create(CultureInfo.InvariantCulture, $"{prefix}_{ms:x12}7{sequence:x3}{low:x16}");
        }
    }

    // SplitMix64
    private ulong Mix()
    {
        var z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

/// <summary>Ids for real life: the seed is from the operating system's own chance.</summary>
public static class RandomIds
{
    public static IIds Create(TimeProvider clock) => new SeededIds(BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8)), clock);
}

/// <summary>Chance by subject and seed.</summary>
public sealed class SeededChance(ulong seed) : IChance
{
    public double Next(string subject)
    {
        var bytes = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{seed}:{subject}"));
        return (BitConverter.ToUInt64(bytes) >> 11) / (double)(1UL << 53);
    }
}
