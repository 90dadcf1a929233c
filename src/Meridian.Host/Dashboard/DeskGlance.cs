using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using Meridian.Host.Run;
using NodaTime;

namespace Meridian.Host.Dashboard;

/// <summary>One desk: what it did last, and when it comes back.</summary>
/// <param name="NextTurnAt">Null: when somebody wakes it.</param>
/// <param name="IsStale">Its turn is five minutes late and nobody has it.</param>
/// <param name="Failures">In a row.</param>
public sealed record DeskGlance(string Kind, string Key, string Did, Instant? LastTurnAt, Instant? NextTurnAt, bool InTurn, bool IsStale, long Failures, long Restarts)
{
    public static DeskGlance Of(DeskRow desk, Instant now, Instant machineNow)
    {
        var inTurn = desk.Holder is not null && desk.LeaseUntil > machineNow;
        return new DeskGlance(
            desk.Kind, desk.Key, desk.LastResult ?? "has not begun", desk.LastTurnAt, desk.NextTurnAt == TurnResult.Asleep ? null : desk.NextTurnAt, inTurn,
            !inTurn && desk.NextTurnAt + HealthEndpoints.Stale < now, desk.Failures, desk.Restarts);
    }

    /// <summary>In a word: <c>working</c>, <c>late</c>, <c>failing</c>, <c>waiting</c>, <c>asleep</c>.</summary>
    public string Standing => InTurn ? "working" : IsStale ? "late" : Failures > 0 ? "failing" : NextTurnAt is null ? "asleep" : "waiting";
}
