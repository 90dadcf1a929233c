using System.Globalization;

namespace Meridian.Sandbox.Scripts;

/// <summary>A script at work in one world. The first entry that matches and whose occasion it is decides; every entry counts what matched it.</summary>
internal sealed class ScriptRun(FaultScript? script, Chance chance, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, int> seen = [];

    /// <param name="request">What entries are matched against: <c>POST /call</c>, <c>RCPT ana@one.example</c>.</param>
    public Happening? Of(string provider, string request) => Entry(provider, request) is { Happens: { } happens } entry ? happens(clock.GetUtcNow()) with { Name = entry.Name } : null;

    /// <param name="eventId">Decides a share, so that after a restart the same event meets the same fate.</param>
    public WebhookFate? FateOf(string request, string eventId) => Entry("webhook", request, eventId)?.Fate;

    /// <summary>Entries that no request has matched so far: a misspelt path, or nothing of the kind was asked.</summary>
    public IReadOnlyList<string> Unmet()
    {
        lock (gate) return [.. (script?.Entries ?? []).Where(entry => !seen.ContainsKey(entry.Number)).Select(entry => $"faults[{Text(entry.Number)}] \"{entry.Name}\"")];
    }

    private ScriptedFault? Entry(string provider, string request, string? eventId = null)
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
                if (IsIts(entry, count, eventId)) found ??= entry;
            }
        }

        return found;
    }

    private bool IsIts(ScriptedFault entry, int count, string? eventId)
    {
        var (nth, every, share, _, _) = entry.Occasion;
        if (nth.Count > 0) return nth.Contains(count);
        if (every is { } n) return count % n == 0;
        // A request by its place among the matching ones: a body carries ports and instants, which differ between equal runs.
        return share is not { } part || chance.Roll("script", Text(entry.Number), eventId ?? Text(count)) < part;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
