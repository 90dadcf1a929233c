using NodaTime;

namespace Meridian.Engine.Desks;

/// <summary>A short piece of work at one kind of desk.</summary>
public interface ITurn
{
    /// <summary><c>sender</c>, <c>campaign</c>, <c>inbox</c>, <c>upkeep</c>, ...</summary>
    string Kind { get; }

    /// <summary>Takes one turn and says when to come back. A turn that did nothing never asks for an instant that is already here.</summary>
    Task<TurnResult> TakeAsync(string key, CancellationToken cancellation);
}

/// <summary>When the desk wants its next turn, and one line about this one.</summary>
public sealed record TurnResult(Instant Next, string Did)
{
    /// <summary>Far away: the desk sleeps until somebody wakes it.</summary>
    public static readonly Instant Asleep = Instant.FromUtc(2200, 1, 1, 0, 0);
}
