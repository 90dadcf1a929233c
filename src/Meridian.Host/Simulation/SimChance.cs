namespace Meridian.Host.Simulation;

/// <summary>Chance by a seed, the same on every machine (SplitMix64).</summary>
internal sealed class SimChance(ulong seed)
{
    private ulong state = seed * 0x9E3779B97F4A7C15UL + 0x1234_5678_9ABC_DEF1UL;

    public ulong Bits()
    {
        var z = state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to below <paramref name="below"/>.</summary>
    public int Next(int below) => (int)(Bits() % (ulong)below);

    /// <summary>Both ends included.</summary>
    public int Between(int from, int to) => from + Next(to - from + 1);

    public bool Happens(double probability) => (Bits() >> 11) / (double)(1UL << 53) < probability;

    public T Of<T>(IReadOnlyList<T> items) => items[Next(items.Count)];
}
