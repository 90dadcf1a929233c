namespace Meridian.Sandbox;

/// <summary>
/// How often the way from a provider to the engine goes wrong, each a share of all events, at most one fault an event. Which event meets which
/// fault is decided by the seed and the event's own id, so equal runs have equal faults.
/// </summary>
public sealed record WebhookFaults
{
    /// <summary>The same bytes come a second time, seconds to minutes later.</summary>
    public double Duplicated { get; init; }

    /// <summary>It comes up to ten minutes late, so that later events overtake it.</summary>
    public double Reordered { get; init; }

    /// <summary>It comes three days late.</summary>
    public double Late { get; init; }

    /// <summary>It never comes.</summary>
    public double Lost { get; init; }

    /// <summary>It comes cut off in the middle: no JSON any more, but whom it is about can still be seen. Of texts and reports only: they carry words.</summary>
    public double Garbled { get; init; }

    /// <summary>One event in three has an accident: far worse than any provider, so that five days show every kind many times.</summary>
    public static WebhookFaults Rough { get; } = new() { Duplicated = 0.10, Reordered = 0.08, Late = 0.04, Lost = 0.10, Garbled = 0.04 };
}
