using NodaTime;

namespace Meridian.Engine.Checks;

/// <summary>
/// A database that came back from a backup, or a copy of one that went on elsewhere, knows less than was sent: everybody reached since would be reached
/// again. Providers remember; whatever of ours they show and we do not know stops the engine until a person has looked.
/// </summary>
public sealed class LedgerHeadCheck(IReadOnlyList<IActivityWitness> witnesses, ILedgerHead head, Clocks clocks) : IProviderCheck
{
    /// <summary>Two clocks need not agree.</summary>
    private static readonly Duration Overlap = Duration.FromHours(1);

    /// <summary>How far back a ledger that has begun nothing yet is compared.</summary>
    private static readonly Duration WithoutHead = Duration.FromDays(30);

    public string Provider => "ledger";

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        var now = clocks.Now;
        var from = await head.CompareFromAsync(Overlap) ?? now - WithoutHead;
        var asked = 0;
        foreach (var witness in witnesses)
        {
            if (await witness.SinceAsync(from, cancellation) is not { } seen) continue; // its own check says so, and nothing is sent through it
            asked++;
            var unknown = await head.UnknownAsync([.. seen.Select(s => s.TouchId).Distinct()]);
            if (unknown.Count == 0) continue;
            var last = seen.Where(s => unknown.Contains(s.TouchId)).MaxBy(s => s.At)!;
            var why = $"the provider shows {unknown.Count} calls of ours that this database has never begun, the last ({last.TouchId}) at {last.At}: it came from a backup, or a copy of it went on elsewhere";
            await head.GuardAsync(why, now);
            return [new CheckFinding("ledger", false, why, "Stop the other copy, or find the newer database. If this one shall go on: look whom the provider shows since then, opt out or pause them, then `meridian resume --after-restore`.")];
        }

        return [new CheckFinding("ledger", true, asked == 0 ? "no provider could say what was sent" : $"every call the provider shows since {from} is in this database", null)];
    }
}
