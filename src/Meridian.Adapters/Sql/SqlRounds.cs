using Meridian.Engine;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>A person's walk through a campaign, and whether it is a new one.</summary>
public sealed record RoundBegun(string CampaignId, long Round, bool Began);

/// <summary>Takes one person into every campaign that takes people in; a second round only when a person asks for it.</summary>
public sealed class SqlRounds(SqlStore store, IIds ids)
{
    internal const string LeadByEmail = "select lead_id from lead_address where address_id = @email and detached_at is null order by lead_id limit 1";

    internal const string Campaigns = "select id from campaign where enrolls_from is not null order by id";

    internal const string LastRound = "select max(round) from enrollment where lead_id = @lead and campaign_id = @campaign";

    internal const string Walking = "select count(*) from enrollment where lead_id = @lead and campaign_id = @campaign and state = 'active'";

    internal const string Enroll = """
        insert into enrollment (id, lead_id, campaign_id, round, sequence_id, sequence_version, state, enrolled_at, plan_at)
        select @id, l.id, c.id, @round, c.sequence_id, c.sequence_version, 'active', @now, @now from campaign c, lead l
         where c.id = @campaign and l.id = @lead and l.detached_at is null and l.opted_out_at is null
            on conflict (lead_id, campaign_id, round) do nothing
        """;

    /// <summary>How many rounds this address has walked, by campaign; asked before its person is written, for a running engine enrols new people by itself.</summary>
    public Task<IReadOnlyDictionary<string, long>> RoundsAsync(string email) => store.ReadAsync<IReadOnlyDictionary<string, long>>(async s =>
    {
        var rounds = new Dictionary<string, long>();
        if (await s.FirstOrDefaultAsync<string>(LeadByEmail, new { email }) is not { } lead) return rounds;
        foreach (var campaign in await s.QueryAsync<string>(Campaigns)) rounds[campaign] = await s.ScalarAsync<long?>(LastRound, new { lead, campaign }) ?? 0;
        return rounds;
    });

    /// <summary>One entry a campaign. Nobody by this address, or opted out: none has begun.</summary>
    /// <param name="before">What <see cref="RoundsAsync"/> said: a round above it is new, whoever was quicker to begin it.</param>
    public Task<IReadOnlyList<RoundBegun>> EnrollAsync(string email, bool again, string actor, Instant now, IReadOnlyDictionary<string, long> before) => store.WriteAsync<IReadOnlyList<RoundBegun>>(async s =>
    {
        var all = new List<RoundBegun>();
        if (await s.FirstOrDefaultAsync<string>(LeadByEmail, new { email }) is not { } lead) return all;
        await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead });
        foreach (var campaign in await s.QueryAsync<string>(Campaigns))
        {
            var last = await s.ScalarAsync<long?>(LastRound, new { lead, campaign }) ?? 0;
            var walking = await s.ScalarAsync<long>(Walking, new { lead, campaign }) > 0;
            var begins = last == 0 || (again && !walking);
            var round = begins ? last + 1 : last;
            var began = begins && await s.ExecuteAsync(Enroll, new { id = ids.New("enr"), lead, campaign, round, now }) == 1;
            all.Add(new RoundBegun(campaign, round, began || (!begins && last > before.GetValueOrDefault(campaign))));
            if (!began) continue;
            await AuditVerbs.WriteAsync(s, ids, now, actor, "enroll", lead, null, $"{campaign} round {round}");
            await DeskVerbs.WakeAsync(s, "campaign", campaign, now);
        }

        return all;
    });
}
