using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Desks;

/// <summary>Finds due desks, claims each for one turn, and writes down when it comes back.</summary>
public sealed class RollCall(IDesks desks, SafeTurn safe, Clocks clocks, string holder)
{
    /// <summary>A turn longer than this on the machine's clock is taken for hung; somebody else may claim the desk.</summary>
    public static readonly Duration Lease = Duration.FromMinutes(5);

    private long turns;

    /// <summary>Desks that may take a turn now, in the order (next_turn_at, kind, key).</summary>
    public Task<IReadOnlyList<DeskRow>> DueAsync(int limit) => desks.DueAsync(clocks.Now, clocks.MachineNow, limit);

    /// <summary>Something around a turn went wrong: it counts like an error in one.</summary>
    public void CountError() => safe.CountError();

    /// <summary>When the next desk that is not in a turn is due; null when there is none.</summary>
    public Task<Instant?> NextDueAsync() => desks.NextDueAsync(clocks.MachineNow);

    /// <inheritdoc cref="TakeTurnAsync(DeskRow, Instant, CancellationToken)"/>
    public Task<bool> TakeTurnAsync(DeskRow desk, CancellationToken cancellation) => TakeTurnAsync(desk, clocks.MachineNow + Lease, cancellation);

    /// <summary>Claims the desk, takes the turn, finishes it. False: somebody else had it, or the turn outlived its lease.</summary>
    /// <param name="leaseUntil">On the machine's clock. A turn that ends later has no say: the desk stays as it is for whoever claims it next, who counts the restart.</param>
    public async Task<bool> TakeTurnAsync(DeskRow desk, Instant leaseUntil, CancellationToken cancellation)
    {
        // A name per turn, not per process: the late end of a turn that was given up must not end the fresh one.
        var me = $"{holder}/{Interlocked.Increment(ref turns)}";
        if (!await desks.TryClaimAsync(desk, me, leaseUntil, clocks.MachineNow)) return false;
        var (result, failed) = await safe.TakeAsync(desk.Kind, desk.Key, desk.Failures, cancellation);
        if (clocks.MachineNow >= leaseUntil) return false;
        await desks.FinishAsync(desk, me, result.Next, clocks.Now, result.Did, failed);
        return true;
    }
}
