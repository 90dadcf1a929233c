using Meridian.Engine;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Pauses and resumes by hand. What stops many at once bumps every sender concerned, in id order; all of it is audited.</summary>
public sealed class SqlPauses(SqlStore store, IIds ids)
{
    private const string EngineKey = "engine.paused_at";

    private const string KillKey = "engine.killed_at";

    /// <summary>Nothing begins after this commits.</summary>
    public Task PauseEngineAsync(string actor, Instant now) => store.WriteAsync(s => PauseEngineAsync(s, actor, "pause", now));

    /// <summary>The kill switch: nothing begins after this commits, and every call in the air is ended, also one that is under way to the provider.</summary>
    public Task KillAsync(string actor, Instant now) => store.WriteAsync(async s =>
    {
        await PauseEngineAsync(s, actor, "kill", now);
        await SetOnceAsync(s, KillKey, now);
        await DeskVerbs.WakeAsync(s, "upkeep", "all", now);
    });

    public Task ResumeEngineAsync(string actor, Instant now) => store.WriteAsync(async s =>
    {
        await BumpSendersAsync(s, null);
        foreach (var key in new[] { EngineKey, KillKey }) await s.ExecuteAsync("delete from setting where key = @key", new { key });
        await AuditVerbs.WriteAsync(s, ids, now, actor, "resume", "engine", "paused", null);
        await WakeAsync(s, null, now);
    });

    /// <summary>Returns false when there is no such campaign.</summary>
    public Task<bool> SetCampaignAsync(string campaignId, bool paused, string actor, Instant now) => store.WriteAsync(async s =>
    {
        await BumpSendersAsync(s, campaignId);
        var rows = await s.ExecuteAsync(paused
            ? "update campaign set paused_at = coalesce(paused_at, @now) where id = @campaignId"
            : "update campaign set paused_at = null where id = @campaignId", new { campaignId, now });
        if (rows == 0) throw new RollBackException(false);
        await AuditVerbs.WriteAsync(s, ids, now, actor, paused ? "pause" : "resume", $"campaign {campaignId}", null, null);
        if (!paused) await WakeAsync(s, campaignId, now);
        return true;
    });

    /// <summary>Returns false when there is no such sender.</summary>
    public Task<bool> SetSenderAsync(string sender, bool paused, string actor, Instant now) => store.WriteAsync(async s =>
    {
        var rows = await s.ExecuteAsync(paused
            ? "update sender set paused_at = coalesce(paused_at, @now), pause_reason = coalesce(pause_reason, 'by hand'), revision = revision + 1 where id = @sender or address = @sender"
            : "update sender set paused_at = null, pause_reason = null, revision = revision + 1 where id = @sender or address = @sender", new { sender, now });
        if (rows == 0) throw new RollBackException(false);
        await AuditVerbs.WriteAsync(s, ids, now, actor, paused ? "pause" : "resume", $"sender {sender}", null, null);
        if (!paused) await WakeAsync(s, null, now);
        return true;
    });

    /// <summary>By id or name. A resumed search is asked at once. Returns false when there is no such search.</summary>
    public Task<bool> SetSearchAsync(string search, bool paused, string actor, Instant now) => store.WriteAsync(async s =>
    {
        var found = await s.QueryAsync<string>("select id from search where id = @search or name = @search order by id", new { search });
        if (found.Count == 0) throw new RollBackException(false);
        foreach (var id in found)
        {
            await s.ExecuteAsync(paused
                ? "update search set paused_at = coalesce(paused_at, @now), pause_reason = coalesce(pause_reason, 'by hand') where id = @id"
                : "update search set paused_at = null, pause_reason = null where id = @id", new { id, now });
            await AuditVerbs.WriteAsync(s, ids, now, actor, paused ? "pause" : "resume", $"search {id}", null, null);
            if (!paused) await DeskVerbs.WakeAsync(s, "search", id, now);
        }

        return true;
    });

    /// <summary>Returns false when there is no such lead. A resumed person's offers parked for the pause are offered again.</summary>
    public Task<bool> SetLeadAsync(string leadId, bool paused, string actor, Instant now) => store.WriteAsync(async s =>
    {
        var rows = await s.ExecuteAsync(paused
            ? "update lead set paused_at = coalesce(paused_at, @now), revision = revision + 1 where id = @leadId"
            : "update lead set paused_at = null, revision = revision + 1 where id = @leadId", new { leadId, now });
        if (rows == 0) throw new RollBackException(false);
        if (!paused)
        {
            foreach (var touch in await s.QueryAsync<string>("select id from touch where lead_id = @leadId and state = 'planned' and parked_reason = 'person_paused' order by id", new { leadId }))
                await s.ExecuteAsync("update touch set parked_reason = null where id = @touch and state = 'planned' and parked_reason = 'person_paused'", new { touch });
        }

        await AuditVerbs.WriteAsync(s, ids, now, actor, paused ? "pause" : "resume", leadId, null, null);
        if (!paused) await WakeAsync(s, null, now);
        return true;
    });

    private async Task PauseEngineAsync(SqlSession s, string actor, string verb, Instant now)
    {
        await BumpSendersAsync(s, null);
        await SetOnceAsync(s, EngineKey, now);
        await AuditVerbs.WriteAsync(s, ids, now, actor, verb, "engine", null, "paused");
    }

    private static Task SetOnceAsync(SqlSession s, string key, Instant now) =>
        s.ExecuteAsync("insert into setting (key, value) values (@key, @value) on conflict (key) do nothing", new { key, value = now.ToUnixTimeMilliseconds().ToString() });

    private static async Task BumpSendersAsync(SqlSession s, string? campaignId)
    {
        foreach (var sender in await SendersAsync(s, campaignId)) await s.ExecuteAsync("update sender set revision = revision + 1 where id = @sender", new { sender });
    }

    private static async Task WakeAsync(SqlSession s, string? campaignId, Instant now)
    {
        foreach (var sender in await SendersAsync(s, campaignId)) await DeskVerbs.WakeAsync(s, "sender", sender, now);
    }

    private static Task<IReadOnlyList<string>> SendersAsync(SqlSession s, string? campaignId) => campaignId is null
        ? s.QueryAsync<string>("select id from sender order by id")
        : s.QueryAsync<string>("select s.id from sender s join pool p on p.id = s.pool_id where p.campaign_id = @campaignId order by s.id", new { campaignId });
}
