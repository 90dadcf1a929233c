using System.Text.Json;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

public sealed partial class SqlFacts
{
    internal const string CampaignRow = """
        select c.id, c.name, c.sequence_id, c.sequence_version, c.zone, c.daily_cap, c.paused_at, q.name as sequence_name, q.steps,
               (select value from setting where key = 'owner') as owner, (select value from setting where key = 'engine.paused_at') as engine_paused_at,
               (select value from setting where key = 'secret.links') as link_secret
          from campaign c join sequence q on q.id = c.sequence_id and q.version = c.sequence_version where c.id = @campaign
        """;

    internal const string CampaignPools = """
        select p.id, p.channel, (select count(*) from sender s where s.pool_id = p.id) as senders from pool p where p.campaign_id = @campaign order by p.id
        """;

    internal const string EnrollmentSql = """
        select id, lead_id, campaign_id, round, sequence_id, sequence_version, state, stop_reason, enrolled_at, wakes from enrollment where id = @enrollment
        """;

    internal const string WantingPlan = """
        select id from enrollment where campaign_id = @campaign and plan_at is not null and plan_at <= @now order by plan_at, id limit @limit
        """;

    internal const string NextPlan = "select plan_at from enrollment where campaign_id = @campaign and plan_at is not null order by plan_at limit 1";

    internal const string NotEnrolled = """
        select l.id from lead l
         where l.detached_at is null and l.opted_out_at is null and l.created_at >= (select enrolls_from from campaign where id = @campaign)
           and not exists (select 1 from enrollment e where e.lead_id = l.id and e.campaign_id = @campaign)
         order by l.id limit @limit
        """;

    internal const string Enroll = """
        insert into enrollment (id, lead_id, campaign_id, round, sequence_id, sequence_version, state, enrolled_at, plan_at)
        select @id, l.id, c.id, 1, c.sequence_id, c.sequence_version, 'active', @now, @now from campaign c, lead l
         where c.id = @campaign and l.id = @lead and l.detached_at is null and l.opted_out_at is null
            on conflict (lead_id, campaign_id, round) do nothing
        """;

    public Task<CampaignFacts?> CampaignAsync(string campaignId) => store.ReadAsync(async s =>
    {
        var row = await s.FirstOrDefaultAsync<CampaignRowData>(CampaignRow, new { campaign = campaignId });
        if (row is null) return null;
        var pools = await s.QueryAsync<PoolRowData>(CampaignPools, new { campaign = campaignId });
        return new CampaignFacts(
            row.Id, row.Name, new Sequence(row.SequenceId, (int)row.SequenceVersion, row.SequenceName, StepsJson.Read(row.Steps)), row.Zone, row.DailyCap, row.PausedAt,
            row.EnginePausedAt is { } paused ? Instant.FromUnixTimeMilliseconds(long.Parse(paused)) : null,
            row.Owner is { } owner ? JsonSerializer.Deserialize<OwnerSettings>(owner)! : new OwnerSettings(),
            pools.ToDictionary(p => Words.Read<Channel>(p.Channel), p => p.Id),
            pools.Where(p => p.Senders > 0).Select(p => Words.Read<Channel>(p.Channel)).ToHashSet(), row.LinkSecret);
    });

    public Task<EnrollmentRow?> EnrollmentAsync(string enrollmentId) => store.ReadAsync(async s =>
    {
        var r = await s.FirstOrDefaultAsync<EnrollmentRowData>(EnrollmentSql, new { enrollment = enrollmentId });
        return r is null ? null : new EnrollmentRow(
            new Enrollment(r.Id, r.LeadId, r.CampaignId, (int)r.Round, r.SequenceId, (int)r.SequenceVersion, Words.Read<EnrollmentState>(r.State), r.StopReason, r.EnrolledAt), r.Wakes);
    });

    public Task<IReadOnlyList<string>> WantingPlanAsync(string campaignId, Instant now, int limit) =>
        store.ReadAsync(s => s.QueryAsync<string>(WantingPlan, new { campaign = campaignId, now, limit }));

    public Task<Instant?> NextPlanAsync(string campaignId) => store.ReadAsync(s => s.InstantAsync(NextPlan, new { campaign = campaignId }));

    public Task<IReadOnlyList<string>> EnrollingCampaignsAsync() =>
        store.ReadAsync(s => s.QueryAsync<string>("select id from campaign where enrolls_from is not null order by id"));

    public async Task<int> EnrollNewAsync(string campaignId, Instant now, int limit)
    {
        var leads = await store.ReadAsync(s => s.QueryAsync<string>(NotEnrolled, new { campaign = campaignId, limit }));
        if (leads.Count == 0) return 0;
        return await store.WriteAsync(async s =>
        {
            var enrolled = 0;
            foreach (var lead in leads) enrolled += await s.ExecuteAsync(Enroll, new { id = ids.New("enr"), lead, campaign = campaignId, now });
            await DeskVerbs.WakeAsync(s, "campaign", campaignId, now);
            return enrolled;
        });
    }

    public Task KeepRefAsync(string source, string externalId, string leadId) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync("insert into lead_ref (source, external_id, lead_id) values (@source, @externalId, @leadId) on conflict (source, external_id) do nothing", new { source, externalId, leadId });
    });

    internal const string RefsOf = "select external_id from lead_ref where lead_id = @leadId and source = @source order by external_id";

    public Task<IReadOnlyList<string>> RefsAsync(string source, string leadId) => store.ReadAsync(s => s.QueryAsync<string>(RefsOf, new { source, leadId }));

    private sealed class CampaignRowData
    {
        public string Id { get; init; } = "";
        public string Name { get; init; } = "";
        public string SequenceId { get; init; } = "";
        public long SequenceVersion { get; init; }
        public string SequenceName { get; init; } = "";
        public string Steps { get; init; } = "";
        public string Zone { get; init; } = "";
        public long DailyCap { get; init; }
        public Instant? PausedAt { get; init; }
        public string? Owner { get; init; }
        public string? EnginePausedAt { get; init; }
        public string? LinkSecret { get; init; }
    }

    private sealed class PoolRowData
    {
        public string Id { get; init; } = "";
        public string Channel { get; init; } = "";
        public long Senders { get; init; }
    }

    private sealed class EnrollmentRowData
    {
        public string Id { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public long Round { get; init; }
        public string SequenceId { get; init; } = "";
        public long SequenceVersion { get; init; }
        public string State { get; init; } = "";
        public string? StopReason { get; init; }
        public Instant EnrolledAt { get; init; }
        public long Wakes { get; init; }
    }
}
