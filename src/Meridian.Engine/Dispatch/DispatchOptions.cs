using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>How Dispatch hands over.</summary>
public sealed record DispatchOptions
{
    /// <summary>Time the provider has to answer; with the permit's life it makes the deadline after which a touch is unconfirmed.</summary>
    public Duration RequestTimeout { get; init; } = Duration.FromSeconds(30);

    /// <summary>How long a desk rests that found nothing it may take (shares used up, a provider that does not answer). Whoever frees work wakes it.</summary>
    public Duration AfterNothing { get; init; } = Duration.FromMinutes(1);

    /// <summary>Most offers looked at in one turn before the desk yields.</summary>
    public int MostLooksPerTurn { get; init; } = 50;
}
