using System.Globalization;

namespace Meridian.Sandbox.Scripts;

/// <summary>A script at work in one world. The first entry that matches and whose occasion it is decides; every entry counts what matched it.</summary>
internal sealed class ScriptRun(FaultScript? script, Chance chance, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, int> seen = [];
    private readonly Dictionary<(int Entry, string What), int> asked = [];

    /// <param name="request">What entries are matched against: <c>POST /call</c>, <c>RCPT ana@one.example</c>.</param>
    /// <param name="what">Everything that tells this request from others, for a share: equal runs have equal faults.</param>
    public Happening? Of(string provider, string request, string what) =>
        Entry(provider, request, what) is { Happens: { } happens } entry ? happens(clock.GetUtcNow()) with { Name = entry.Name } : null;

    public WebhookFate? FateOf(string request, string eventId) => Entry("webhook", request, eventId)?.Fate;

    private ScriptedFault? Entry(string provider, string request, string what)
    {
        if (script is null) return null;
        var now = clock.GetUtcNow();
        ScriptedFault? found = null;
        lock (gate)
        {
            foreach (var entry in script.Entries)
            {
                if (entry.Provider != provider || !entry.Occasion.IsIn(now) || !entry.Request.IsMatch(request)) continue;
                var count = seen[entry.Number] = seen.GetValueOrDefault(entry.Number) + 1;
                if (IsIts(entry, count, what)) found ??= entry;
            }
        }

        return found;
    }

    private bool IsIts(ScriptedFault entry, int count, string what)
    {
        var (nth, every, share, _, _) = entry.Occasion;
        if (nth.Count > 0) return nth.Contains(count);
        if (every is { } n) return count % n == 0;
        if (share is not { } part) return true;
        var time = asked[(entry.Number, what)] = asked.GetValueOrDefault((entry.Number, what)) + 1;
        return chance.Roll("script", Text(entry.Number), what, Text(time)) < part;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
