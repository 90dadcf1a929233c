using Meridian.Adapters.Sql;

namespace Meridian.Host.Commands;

/// <summary>What <c>status</c> says first: what is stopped, since when, and how to go on.</summary>
internal static class WhatIsStopped
{
    private const int MostPeople = 10;

    public static async Task<IReadOnlyList<StoppedThing>> ReadAsync(DataFolder folder)
    {
        var stopped = new List<StoppedThing>();
        if (await new SqlLedgerHead(folder.Store, folder.Ids).GuardedAsync() is { } guarded)
            stopped.Add(new("engine", null, null, $"STOPPED by itself: {guarded}", "meridian resume --after-restore"));
        var stops = await new SqlReports(folder.Store).StopsAsync(MostPeople + 1);
        stopped.AddRange(stops.Take(stops.Count(s => s.Kind != "lead") + MostPeople).Select(Of));
        if (stops.Count(s => s.Kind == "lead") > MostPeople) stopped.Add(new("lead", null, null, "PAUSED more people than are shown here", "meridian resume lead ADDRESS"));
        return stopped;
    }

    private static StoppedThing Of(Stop stop)
    {
        var since = $"{stop.Since:uuuu-MM-dd HH:mm} UTC";
        var why = stop.Why is { Length: > 0 } reason ? $" ({reason})" : "";
        var name = stop.Name is { Length: > 0 } known && known != stop.Id ? $" {known}" : "";
        return stop.Kind switch
        {
            "engine" when stop.Why == "kill" => new("engine", null, since, $"STOPPED by kill since {since}: nothing begins, live calls are ended", "meridian resume"),
            "engine" => new("engine", null, since, $"PAUSED since {since}: nothing begins", "meridian resume"),
            "lead" => new("lead", stop.Id, since, $"PAUSED person {stop.Id}{name} since {since}", $"meridian resume lead {stop.Id}"),
            var kind => new(kind, stop.Id, since, $"PAUSED {kind} {stop.Id}{name} since {since}{why}", $"meridian resume {kind} {(stop.Id.Contains(' ') ? $"\"{stop.Id}\"" : stop.Id)}"),
        };
    }
}

/// <param name="Resume">The command that goes on.</param>
internal sealed record StoppedThing(string What, string? Id, string? Since, string Says, string Resume);
