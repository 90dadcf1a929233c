using NodaTime;

namespace Meridian.Engine.Ledger;

/// <summary>A desk as the schedule knows it.</summary>
public sealed class DeskRow
{
    public string Kind { get; init; } = "";
    public string Key { get; init; } = "";
    public Instant NextTurnAt { get; init; }
    public long Wakes { get; init; }
    public string? Holder { get; init; }
    public Instant? LeaseUntil { get; init; }
    public Instant? LastTurnAt { get; init; }
    public string? LastResult { get; init; }
    public long Failures { get; init; }
    public long Restarts { get; init; }
}

/// <summary>The schedule, which is also the heartbeat.</summary>
public interface IDesks
{
    /// <summary>Makes sure a desk exists; an existing one keeps its schedule.</summary>
    Task OpenAsync(string kind, string key, Instant firstTurnAt);

    /// <summary>Desks that may take a turn now: due, and held by nobody whose lease lasts. Ordered by (next_turn_at, kind, key).</summary>
    Task<IReadOnlyList<DeskRow>> DueAsync(Instant now, Instant machineNow, int limit);

    /// <summary>When the next desk is due that is held by nobody whose lease lasts; null when there is none.</summary>
    Task<Instant?> NextDueAsync(Instant machineNow);

    /// <summary>Takes the desk for one turn, as it was seen. False: somebody else has it or has taken its turn, or it was woken since.</summary>
    Task<bool> TryClaimAsync(DeskRow desk, string holder, Instant leaseUntil, Instant machineNow);

    /// <summary>Ends a turn: the next one is at <paramref name="next"/>, or at once if the desk was woken meanwhile.</summary>
    Task FinishAsync(DeskRow desk, string holder, Instant next, Instant now, string result, bool failed);

    Task WakeAsync(string kind, string key, Instant at);

    /// <summary>Frees every desk a process that is gone held (one process owns the database), counting a restart for each.</summary>
    Task<int> ReleaseAllAsync();

    /// <summary>Frees the desks an earlier process of this node held; other nodes keep theirs.</summary>
    Task<int> ReleaseNodeAsync(string node);

    Task<IReadOnlyList<DeskRow>> AllAsync();
}
