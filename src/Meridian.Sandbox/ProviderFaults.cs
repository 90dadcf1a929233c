namespace Meridian.Sandbox;

/// <summary>
/// How often a provider itself goes wrong, each a share of all requests, at most one fault a request. Which request meets which fault is decided by the
/// seed, what is asked and how often the same was asked before, so equal runs have equal faults and a second look has another chance.
/// </summary>
public sealed record ProviderFaults
{
    /// <summary>429 with <c>retry-after</c>, before anything happened. Mail: 451 to RCPT.</summary>
    public double Busy { get; init; }

    /// <summary>503 with an error body, before anything happened. Mail: 421 to RCPT, and the connection ends.</summary>
    public double Down { get; init; }

    /// <summary>The connection breaks before anything happened.</summary>
    public double CutBefore { get; init; }

    /// <summary>It happens, and the answer is 500. Mail: it does not happen; 451 after the message.</summary>
    public double FailedAfter { get; init; }

    /// <summary>It happens, and the connection breaks before the answer. Mail the same, after end-of-data.</summary>
    public double CutAfter { get; init; }

    /// <summary>It happens, and the answer is cut off in the middle.</summary>
    public double Garbled { get; init; }

    /// <summary>One request in ten, far worse than any provider.</summary>
    public static ProviderFaults Rough { get; } = new() { Busy = 0.02, Down = 0.02, CutBefore = 0.015, FailedAfter = 0.015, CutAfter = 0.02, Garbled = 0.01 };
}
