using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Senders;
using Meridian.Domain.Touches;
using Meridian.Engine;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>A sender to be set up.</summary>
public sealed record NewSender(
    string Id, Channel Channel, string Address, string? DisplayName, string? ProviderKey, string Zone, int GapSeconds, int HourlyCap, int DailyCap, LocalDate? WarmSince);

/// <summary>Writes the owner, campaigns and senders, and the policy version they are judged by. All verbs may be repeated.</summary>
public sealed class SqlSetup(SqlStore store, IIds ids)
{
    /// <summary>The hash of rules pack and deciding settings. A process that judges by another begins nothing.</summary>
    public static string PolicyVersionOf(OwnerSettings owner) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{ContactRulesPack.Current.Version}|{ContactRulesPack.Current.AsOf}|{JsonSerializer.Serialize(owner)}")))[..16];

    /// <summary>Keeps the owner's settings; a change of what verdicts rest on bumps every sender in id order.</summary>
    /// <exception cref="ArgumentException">The settings have problems; the message lists all of them.</exception>
    public async Task<string> KeepOwnerAsync(OwnerSettings owner, string actor, Instant now)
    {
        var problems = owner.Problems();
        if (problems.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, problems));
        var json = JsonSerializer.Serialize(owner);
        var version = PolicyVersionOf(owner);
        await store.WriteAsync(async s =>
        {
            var before = await s.ScalarAsync<string>("select value from setting where key = 'owner'");
            foreach (var sender in await s.QueryAsync<string>("select id from sender order by id"))
                await s.ExecuteAsync("update sender set policy_version = @version, revision = revision + 1 where id = @sender and policy_version <> @version", new { version, sender });
            await s.ExecuteAsync("insert into setting (key, value) values ('owner', @json) on conflict (key) do update set value = excluded.value", new { json });
            if (before != json) await AuditVerbs.WriteAsync(s, ids, now, actor, "settings", "owner", before, json);
        });
        return version;
    }

    /// <summary>A campaign with one pool per channel, its sequence and its planning desk.</summary>
    public Task KeepCampaignAsync(string id, string name, Sequence sequence, string zone, long dailyCap, Instant? enrollsFrom, Instant now) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync("insert into sequence (id, version, name, steps) values (@Id, @Version, @Name, @steps) on conflict (id, version) do nothing",
            new { sequence.Id, Version = (long)sequence.Version, sequence.Name, steps = StepsJson.Write(sequence.Steps) });
        await s.ExecuteAsync("""
            insert into campaign (id, name, sequence_id, sequence_version, zone, daily_cap, enrolls_from, created_at)
            values (@id, @name, @sequence, @version, @zone, @dailyCap, @enrollsFrom, @now) on conflict (id) do nothing
            """, new { id, name, sequence = sequence.Id, version = (long)sequence.Version, zone, dailyCap, enrollsFrom, now });
        foreach (var channel in Enum.GetValues<Channel>())
            await s.ExecuteAsync("insert into pool (id, campaign_id, channel) values (@pool, @id, @channel) on conflict (id) do nothing", new { pool = PoolOf(id, channel), id, channel = Words.Of(channel) });
        await s.ExecuteAsync(SqlDesks.Open, new { kind = "campaign", key = id, at = now });
    });

    /// <summary>A sender in a campaign's pool, and its desk.</summary>
    public Task KeepSenderAsync(string campaignId, NewSender sender, string policyVersion, Instant now) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync("""
            insert into sender (id, channel, pool_id, address, display_name, provider_key, zone, gap_seconds, hourly_cap, daily_cap, warm_since, policy_version, next_slot_at)
            values (@Id, @channel, @pool, @Address, @DisplayName, @ProviderKey, @Zone, @GapSeconds, @HourlyCap, @DailyCap, @WarmSince, @policyVersion, @now) on conflict (id) do nothing
            """, new
        {
            sender.Id,
            channel = Words.Of(sender.Channel),
            pool = PoolOf(campaignId, sender.Channel),
            sender.Address,
            sender.DisplayName,
            sender.ProviderKey,
            sender.Zone,
            GapSeconds = (long)sender.GapSeconds,
            HourlyCap = (long)sender.HourlyCap,
            DailyCap = (long)sender.DailyCap,
            sender.WarmSince,
            policyVersion,
            now,
        });
        await s.ExecuteAsync(SqlDesks.Open, new { kind = "sender", key = sender.Id, at = now });
    });

    /// <summary>The desks every install has.</summary>
    public Task KeepDesksAsync(Instant now) => store.WriteAsync(async s =>
    {
        foreach (var kind in new[] { "inbox", "intake", "owner-copy", "upkeep" }) await s.ExecuteAsync(SqlDesks.Open, new { kind, key = "all", at = now });
    });

    /// <summary>A pool's id: the campaign's, a slash, the channel.</summary>
    public static string PoolOf(string campaignId, Channel channel) => $"{campaignId}/{Words.Of(channel)}";
}
