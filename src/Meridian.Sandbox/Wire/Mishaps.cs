using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Scripts;

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

    /// <summary>The same over HTTP, step by step; null when nothing goes wrong.</summary>
    public Happening? HappeningOf(string what) => Of(what) switch
    {
        Mishap.Busy => Says(429, "Too Many Requests") with { Headers = new Dictionary<string, string> { ["Retry-After"] = "5" } },
        Mishap.Down => Says(503, "Service Unavailable"),
        Mishap.CutBefore => new Happening { Name = "cut-before", Cut = true },
        Mishap.FailedAfter => Says(500, "Internal Server Error") with { Done = true },
        Mishap.CutAfter => new Happening { Name = "answer-lost", Done = true, Cut = true },
        Mishap.Garbled => new Happening { Name = "garbled", Done = true, Spoils = bytes => bytes[..(bytes.Length / 2)] },
        _ => null,
    };

    private static Happening Says(int status, string message) => new() { Name = $"{status}", Says = new Answer(status, new JsonObject { ["message"] = message, ["statusCode"] = status }) };
}
