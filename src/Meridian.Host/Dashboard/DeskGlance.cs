using System.Text.RegularExpressions;
using Meridian.Adapters.Sql;
using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using Meridian.Host.Run;
using NodaTime;

namespace Meridian.Host.Dashboard;

/// <summary>One desk: what it did last, and when it comes back.</summary>
/// <param name="Name">The kind in a reader's words: senders by what they send.</param>
/// <param name="Key">Which of them; a sender's address.</param>
/// <param name="NextTurnAt">Null: when somebody wakes it.</param>
/// <param name="IsStale">Its turn is five minutes late and nobody has it.</param>
/// <param name="Failures">In a row.</param>
public sealed partial record DeskGlance(string Name, string Key, string Did, Instant? LastTurnAt, Instant? NextTurnAt, bool InTurn, bool IsStale, long Failures, long Restarts)
{
    /// <param name="senders">By id.</param>
    public static DeskGlance Of(DeskRow desk, IReadOnlyDictionary<string, SlotLine> senders, Instant now, Instant machineNow)
    {
        var sender = desk.Kind == "sender" ? senders.GetValueOrDefault(desk.Key) : null;
        var inTurn = desk.Holder is not null && desk.LeaseUntil > machineNow;
        return new DeskGlance(
            sender is null ? desk.Kind : sender.Channel switch { "email" => "e-mails", "call" => "calls", _ => "texts" }, sender?.Address ?? desk.Key, Words(desk.LastResult), desk.LastTurnAt, desk.NextTurnAt == TurnResult.Asleep ? null : desk.NextTurnAt, inTurn,
            !inTurn && desk.NextTurnAt + HealthEndpoints.Stale < now, desk.Failures, desk.Restarts);
    }

    /// <summary>In a word: <c>working</c>, <c>late</c>, <c>failing</c>, <c>waiting</c>, <c>asleep</c>.</summary>
    public string Standing => InTurn ? "working" : IsStale ? "late" : Failures > 0 ? "failing" : NextTurnAt is null ? "asleep" : "waiting";

    /// <summary>A turn's own line without ids and without what it did none of.</summary>
    private static string Words(string? result)
    {
        if (result is null) return "has not begun";
        var some = string.Join(", ", NoId().Replace(result, "").Split(", ").Where(part => !part.EndsWith(" 0", StringComparison.Ordinal)));
        return some.Length > 0 ? some : "nothing to do";
    }

    [GeneratedRegex(" [a-z]{3}_[0-9a-f]{8,}")]
    private static partial Regex NoId();
}
