using System.Collections.Concurrent;

namespace Meridian.Sandbox.Wire;

/// <summary>What goes wrong with a request.</summary>
internal enum Mishap { None, Busy, Down, CutBefore, FailedAfter, CutAfter, Garbled }

/// <summary>Draws the mishap of a request: from the seed, what it asks, and how often the same was asked before.</summary>
internal sealed class Mishaps(Chance chance, ProviderFaults? faults)
{
    private readonly ConcurrentDictionary<string, int> asked = new();

    public Mishap Of(string what)
    {
        if (faults is null) return Mishap.None;
        var time = asked.AddOrUpdate(what, 1, (_, n) => n + 1);
        var roll = chance.Roll("mishap", what, time.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var (mishap, share) in new[]
                 {
                     (Mishap.Busy, faults.Busy), (Mishap.Down, faults.Down), (Mishap.CutBefore, faults.CutBefore), (Mishap.FailedAfter, faults.FailedAfter), (Mishap.CutAfter, faults.CutAfter),
                     (Mishap.Garbled, faults.Garbled),
                 })
        {
            if (roll < share) return mishap;
            roll -= share;
        }

        return Mishap.None;
    }
}
