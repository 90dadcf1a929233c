using NodaTime;

namespace Meridian.Engine.Checks;

/// <summary>A provider that can show what our senders did there, by our own touch ids.</summary>
public interface IActivityWitness
{
    /// <summary>Everything of ours since then; null: it could not be asked.</summary>
    Task<IReadOnlyList<SeenTouch>?> SinceAsync(Instant from, CancellationToken cancellation);
}

/// <summary>A touch of ours as a provider remembers it.</summary>
public sealed record SeenTouch(string TouchId, Instant At);
