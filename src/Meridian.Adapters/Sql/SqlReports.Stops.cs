using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>What is stopped or paused, and what there is to pause.</summary>
public sealed partial class SqlReports
{
    internal const string EngineStops = "select key as id, value from setting where key in ('engine.paused_at', 'engine.killed_at')";

    internal const string CampaignStops = "select 'campaign' as kind, id, name, paused_at as since, null as why from campaign where paused_at is not null order by id";

    internal const string SenderStops = "select 'sender' as kind, id, address as name, paused_at as since, pause_reason as why from sender where paused_at is not null order by id";

    internal const string SearchStops = "select 'search' as kind, id, name, paused_at as since, pause_reason as why from search where paused_at is not null order by id";

    internal const string LeadStops = "select 'lead' as kind, id, trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) as name, paused_at as since, null as why from lead where paused_at is not null order by paused_at, id limit @most";

    internal const string NamesToPause = """
        select 'campaign' as kind, id, name, null as since, null as why from campaign
        union all select 'sender', id, address, null, null from sender
        union all select 'search', id, name, null, null from search order by 1, 2
        """;

    /// <summary>Everything that is stopped by hand or by itself, the widest first; of people the first <paramref name="mostPeople"/>.</summary>
    public Task<IReadOnlyList<Stop>> StopsAsync(int mostPeople) => store.ReadAsync<IReadOnlyList<Stop>>(async s =>
    {
        var stops = new List<Stop>();
        var engine = (await s.QueryAsync<KeyRow>(EngineStops)).ToDictionary(r => r.Id, r => Instant.FromUnixTimeMilliseconds(long.Parse(r.Value, System.Globalization.CultureInfo.InvariantCulture)));
        if (engine.TryGetValue("engine.killed_at", out var killed)) stops.Add(new Stop { Kind = "engine", Since = killed, Why = "kill" });
        else if (engine.TryGetValue("engine.paused_at", out var paused)) stops.Add(new Stop { Kind = "engine", Since = paused, Why = "pause" });
        foreach (var sql in new[] { CampaignStops, SenderStops, SearchStops }) stops.AddRange(await s.QueryAsync<Stop>(sql));
        stops.AddRange(await s.QueryAsync<Stop>(LeadStops, new { most = mostPeople }));
        return stops;
    });

    /// <summary>Campaigns, senders and searches, as <c>pause</c> knows them.</summary>
    public Task<IReadOnlyList<Stop>> NamesToPauseAsync() => store.ReadAsync(s => s.QueryAsync<Stop>(NamesToPause));

    private sealed class KeyRow
    {
        public string Id { get; init; } = "";
        public string Value { get; init; } = "";
    }
}

/// <summary>One thing that may be stopped: <c>engine</c>, <c>campaign</c>, <c>sender</c>, <c>search</c> or <c>lead</c>.</summary>
public sealed class Stop
{
    public string Kind { get; init; } = "";
    public string Id { get; init; } = "";
    public string? Name { get; init; }
    public Instant? Since { get; init; }

    /// <summary>Of the engine the verb that did it; of a sender or a search the reason.</summary>
    public string? Why { get; init; }
}
