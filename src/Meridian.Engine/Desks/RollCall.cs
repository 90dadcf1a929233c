using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Desks;

/// <summary>Finds due desks, claims each for one turn, and writes down when it comes back.</summary>
public sealed class RollCall(IDesks desks, SafeTurn safe, Clocks clocks, string holder)
{
    /// <summary>A turn longer than this on the machine's clock is taken for hung; somebody else may claim the desk.</summary>
    public static readonly Duration Lease = Duration.FromMinutes(5);

    /// <summary>Desks that may take a turn now, in the order (next_turn_at, kind, key).</summary>
    public Task<IReadOnlyList<DeskRow>> DueAsync(int limit) => desks.DueAsync(clocks.Now, clocks.MachineNow, limit);

    public Task<Instant?> NextDueAsync() => desks.NextDueAsync();

    /// <summary>Claims the desk, takes the turn, finishes it. False: somebody else had it.</summary>
    public async Task<bool> TakeTurnAsync(DeskRow desk, CancellationToken cancellation)
    {
        if (!await desks.TryClaimAsync(desk, holder, clocks.MachineNow + Lease, clocks.MachineNow)) return false;
        var (result, failed) = await safe.TakeAsync(desk.Kind, desk.Key, desk.Failures, cancellation);
        await desks.FinishAsync(desk, holder, result.Next, clocks.Now, result.Did, failed);
        return true;
    }
}
