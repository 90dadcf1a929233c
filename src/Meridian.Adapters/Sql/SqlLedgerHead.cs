using Meridian.Engine;
using Meridian.Engine.Checks;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>The ledger's head and the guard's pause; also the mark by which a data folder and its database know each other.</summary>
public sealed class SqlLedgerHead(SqlStore store, IIds ids) : ILedgerHead
{
    /// <summary>The guard's incident; <c>resume --after-restore</c> closes it.</summary>
    public const string Incident = "older-than-what-was-sent";

    private const string Acknowledged = "guard.acknowledged_at";

    internal const string LastCall = "select max(begun_at) from touch where channel = 'call' and begun_at is not null";

    internal const string WasBegun = "select count(*) from touch where id = @touch and begun_at is not null";

    internal const string PauseOnce = "insert into setting (key, value) values ('engine.paused_at', @value) on conflict (key) do nothing";

    internal const string KeepSetting = "insert into setting (key, value) values (@key, @value) on conflict (key) do update set value = excluded.value";

    internal const string ReadSetting = "select value from setting where key = @key";

    internal const string OpenGuard = "select detail from incident where kind = @kind and closed_at is null";

    public Task<Instant?> CompareFromAsync(Duration overlap) => store.ReadAsync(async s =>
    {
        var begun = await s.InstantAsync(LastCall) - overlap;
        var said = await s.ScalarAsync<string>(ReadSetting, new { key = Acknowledged }) is { } ms ? Instant.FromUnixTimeMilliseconds(long.Parse(ms, null)) : (Instant?)null;
        return begun is null ? said : said is null || begun > said ? begun : said; // what a person looked at is not looked at again
    });

    public Task<IReadOnlyList<string>> UnknownAsync(IReadOnlyCollection<string> touchIds) => store.ReadAsync<IReadOnlyList<string>>(async s =>
    {
        var unknown = new List<string>();
        foreach (var touch in touchIds)
            if (await s.ScalarAsync<long>(WasBegun, new { touch }) == 0) unknown.Add(touch);
        return unknown;
    });

    public Task GuardAsync(string why, Instant now) => store.WriteAsync(async s =>
    {
        foreach (var sender in await s.QueryAsync<string>("select id from sender order by id")) await s.ExecuteAsync("update sender set revision = revision + 1 where id = @sender", new { sender });
        if (await s.ExecuteAsync(PauseOnce, new { value = now.ToUnixTimeMilliseconds().ToString(null, null) }) == 1) await AuditVerbs.WriteAsync(s, ids, now, "Meridian", "pause", "engine", null, why);
        await IncidentVerbs.OpenAndTellAsync(s, ids, Incident, "ledger", why, now);
    });

    /// <summary>Why the guard has stopped the engine; null: it has not.</summary>
    public Task<string?> GuardedAsync() => store.ReadAsync(s => s.FirstOrDefaultAsync<string>(OpenGuard, new { kind = Incident }));

    /// <summary>A person has looked and says that this database shall go on.</summary>
    public Task AcknowledgeAsync(string actor, Instant now) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync(KeepSetting, new { key = Acknowledged, value = now.ToUnixTimeMilliseconds().ToString(null, null) });
        await s.ExecuteAsync(IncidentVerbs.Close, new { kind = Incident, subject = "ledger", now });
        await AuditVerbs.WriteAsync(s, ids, now, actor, "resume after restore", "ledger", null, null);
        await DeskVerbs.WakeAsync(s, "checks", "all", now);
    });

    /// <summary>The marks of the last two starts in a folder; the earlier one counts only until the later was written into the folder, too.</summary>
    public Task<(string? Now, string? Before)> MarksAsync(string folder) => store.ReadAsync(async s =>
        (await s.ScalarAsync<string>(ReadSetting, new { key = $"instance.{folder}" }), await s.ScalarAsync<string>(ReadSetting, new { key = $"instance.{folder}.before" })));

    public Task MarkAsync(string folder, string mark, string? before) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync(KeepSetting, new { key = $"instance.{folder}", value = mark });
        await s.ExecuteAsync(KeepSetting, new { key = $"instance.{folder}.before", value = before ?? "" });
    });
}
