using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Senders;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
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
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{ContactRulesPack.Current.Fingerprint}|{JsonSerializer.Serialize(owner)}")))[..16];

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
            if (before is not null) await FreeForPapersAsync(s, JsonSerializer.Deserialize<OwnerSettings>(before)!.Law.StatesThatDiffer(owner.Law), now);
            if (before != json) await AuditVerbs.WriteAsync(s, ids, now, actor, "settings", "owner", before, json);
        });
        return version;
    }

    internal const string WindowsWithoutBasis = """
        select distinct window_key from touch where state = 'planned' and parked_reason = 'no_legal_basis' and window_key <> 'always' order by window_key
        """;

    internal const string WaitingForPapers = """
        select t.id, t.pool_id from touch t where t.window_key = @window and t.state = 'planned' and t.parked_reason = 'no_legal_basis'
           and exists (select 1 from consent c where c.lead_id = t.lead_id and c.channel = t.channel and c.status = 'recorded') order by t.id
        """;

    /// <summary>Offers to people who consented, in states whose papers or emergencies changed, are judged again.</summary>
    private static async Task FreeForPapersAsync(SqlSession s, IReadOnlySet<string> states, Instant now)
    {
        if (states.Count == 0) return;
        var offers = new List<WaitingOffer>();
        foreach (var window in await s.QueryAsync<string>(WindowsWithoutBasis))
            if (WindowKey.Parse(window).States.Any(states.Contains)) offers.AddRange(await s.QueryAsync<WaitingOffer>(WaitingForPapers, new { window }));
        foreach (var offer in offers.OrderBy(o => o.Id, StringComparer.Ordinal)) await s.ExecuteAsync(SqlIntake.Unpark, new { touch = offer.Id, now, reason = "no_legal_basis" });
        foreach (var pool in offers.Select(o => o.PoolId).Distinct().Order(StringComparer.Ordinal)) await SqlTouchLedger.WakeSendersAsync(s, pool, now);
    }

    private sealed class WaitingOffer
    {
        public string Id { get; init; } = "";
        public string PoolId { get; init; } = "";
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

    /// <summary>
    /// All senders of the settings: new ones are made, changed ones changed, those no longer named are paused (their history stays). Each change
    /// bumps the sender's revision, so that nothing begins on what it was.
    /// </summary>
    public async Task KeepSendersAsync(string campaignId, IReadOnlyList<NewSender> senders, string policyVersion, Instant now)
    {
        foreach (var sender in senders.OrderBy(s => s.Id, StringComparer.Ordinal)) await KeepSenderAsync(campaignId, sender, policyVersion, now);
        await store.WriteAsync(async s =>
        {
            foreach (var id in await s.QueryAsync<string>("select id from sender order by id"))
            {
                if (senders.FirstOrDefault(x => x.Id == id) is not { } n)
                {
                    await s.ExecuteAsync(SetAside, new { id, now, why = NotNamed });
                    continue;
                }

                var changed = await s.ExecuteAsync(ChangeSender, new
                {
                    id,
                    name = n.DisplayName,
                    key = n.ProviderKey,
                    zone = n.Zone,
                    gap = (long)n.GapSeconds,
                    hour = (long)n.HourlyCap,
                    day = (long)n.DailyCap,
                    warm = n.WarmSince,
                    pool = PoolOf(campaignId, n.Channel),
                });
                changed += await s.ExecuteAsync(TakeBack, new { id, why = NotNamed });
                if (changed > 0) await DeskVerbs.WakeAsync(s, "sender", id, now);
            }
        });
    }

    private const string NotNamed = "no longer in the settings";

    internal const string SetAside = "update sender set paused_at = @now, pause_reason = @why, revision = revision + 1 where id = @id and paused_at is null";

    internal const string TakeBack = "update sender set paused_at = null, pause_reason = null, revision = revision + 1 where id = @id and pause_reason = @why";

    internal const string ChangeSender = """
        update sender set display_name = @name, provider_key = @key, zone = @zone, gap_seconds = @gap, hourly_cap = @hour, daily_cap = @day, warm_since = @warm, pool_id = @pool, revision = revision + 1
         where id = @id and (display_name is distinct from @name or provider_key is distinct from @key or zone <> @zone or gap_seconds <> @gap or hourly_cap <> @hour or daily_cap <> @day
            or warm_since is distinct from @warm or pool_id <> @pool)
        """;

    internal const string ChangeCampaign = """
        update campaign set sequence_id = @sequence, sequence_version = @version, zone = @zone, daily_cap = @cap
         where id = @id and (sequence_id <> @sequence or sequence_version <> @version or zone <> @zone or daily_cap <> @cap)
        """;

    /// <summary>
    /// Keeps a sequence under the next version if its steps differ from the last one kept: a version that was used never changes.
    /// Returns it with the version it has.
    /// </summary>
    public Task<Sequence> KeepSequenceAsync(Sequence sequence) => store.WriteAsync(async s =>
    {
        var steps = StepsJson.Write(sequence.Steps);
        var last = await s.FirstOrDefaultAsync<SequenceRow>("select version, steps from sequence where id = @id order by version desc limit 1", new { id = sequence.Id });
        if (last?.Steps == steps) return sequence with { Version = (int)last.Version };
        var version = (last?.Version ?? 0) + 1;
        await s.ExecuteAsync("insert into sequence (id, version, name, steps) values (@id, @version, @name, @steps)", new { id = sequence.Id, version, name = sequence.Name, steps });
        return sequence with { Version = (int)version };
    });

    private sealed class SequenceRow
    {
        public long Version { get; init; }
        public string Steps { get; init; } = "";
    }

    /// <summary>Another sequence, zone or cap for a campaign that exists: its senders are bumped, for their verdicts hang on it.</summary>
    public Task ChangeCampaignAsync(string id, Sequence sequence, string zone, long dailyCap, Instant now) => store.WriteAsync(async s =>
    {
        var senders = await s.QueryAsync<string>("select s.id from sender s join pool p on p.id = s.pool_id where p.campaign_id = @id order by s.id", new { id });
        foreach (var sender in senders) await s.ExecuteAsync("update sender set revision = revision + 1 where id = @sender", new { sender });
        if (await s.ExecuteAsync(ChangeCampaign, new { id, sequence = sequence.Id, version = (long)sequence.Version, zone, cap = dailyCap }) == 0) return;
        await DeskVerbs.WakeAsync(s, "campaign", id, now);
        foreach (var sender in senders) await DeskVerbs.WakeAsync(s, "sender", sender, now);
    });

    /// <summary>A saved search and its desk. A changed filter begins at its first page again; one that is paused stays so.</summary>
    public Task KeepSearchAsync(string id, string name, string source, SearchFilter filter, Instant now) => store.WriteAsync(async s =>
    {
        var asks = JsonSerializer.Serialize(filter);
        if (await s.ScalarAsync<string>("select filter from search where id = @id", new { id }) is { } asked && asked != asks)
            await s.ExecuteAsync(DropFound, new { id, dropped = SqlProspects.Dropped });
        await s.ExecuteAsync("""
            insert into search (id, name, source, filter, created_at) values (@id, @name, @source, @filter, @now)
                on conflict (id) do update set name = excluded.name, filter = excluded.filter, page = 1, exhausted_at = null, paused_at = null, pause_reason = null
                 where search.filter <> excluded.filter or search.pause_reason = 'no longer in the settings'
            """, new { id, name, source, filter = asks, now });
        await s.ExecuteAsync(SqlDesks.Open, new { kind = "search", key = id, at = now });
        await DeskVerbs.WakeAsync(s, "search", id, now);
    });

    internal const string DropFound = "update prospect set state = 'cannot', reason = @dropped where search_id = @id and state = 'found'";

    internal const string SetAsideSearch = "update search set paused_at = @now, pause_reason = @why where id = @id and paused_at is null";

    /// <summary>Searches the settings name no longer buy nobody any more.</summary>
    public Task SetAsideSearchesAsync(IReadOnlySet<string> named, Instant now) => store.WriteAsync(async s =>
    {
        foreach (var id in await s.QueryAsync<string>("select id from search order by id"))
            if (!named.Contains(id)) await s.ExecuteAsync(SetAsideSearch, new { id, now, why = NotNamed });
    });

    /// <summary>A value made once and kept, such as the secret of opt-out links. Returns the one that is kept.</summary>
    public Task<string> KeepSecretAsync(string key, Func<string> make) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync("insert into setting (key, value) values (@key, @value) on conflict (key) do nothing", new { key, value = make() });
        return (await s.ScalarAsync<string>("select value from setting where key = @key", new { key }))!;
    });

    /// <summary>The desks every install has.</summary>
    public Task KeepDesksAsync(Instant now) => store.WriteAsync(async s =>
    {
        foreach (var kind in new[] { "alerts", "checks", "confirmations", "consent-forms", "crm", "crm-silence", "crm-tasks", "inbox", "intake", "lookups", "owner-copy", "phones", "pull", "records", "tasks", "upkeep" }) await s.ExecuteAsync(SqlDesks.Open, new { kind, key = "all", at = now });
    });

    /// <summary>A pool's id: the campaign's, a slash, the channel.</summary>
    public static string PoolOf(string campaignId, Channel channel) => $"{campaignId}/{Words.Of(channel)}";
}
