using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

public sealed partial class SqlTouchLedger
{
    /// <summary>Every written verdict is fenced by this: 0 rows means judge again.</summary>
    internal const string BumpLead = "update lead set revision = revision + 1 where id = @lead and revision = @lead_judged";

    internal const string InsertOffer = """
        insert into touch (id, lead_id, enrollment_id, campaign_id, channel, step_id, round, attempt, state, parked_reason, skipped_reason,
                           address_id, pool_id, window_key, zone_group, priority, planned_at, due_at, expires_at, successor_of, closed_at)
        values (@id, @lead, @enrollment, @campaign, @channel, @step, @round, @attempt, @state, @parked, @skipped,
                @address, @pool, @window, @zone, @priority, @now, @due, @expires, @successor, @closed)
        """;

    internal const string PlanEnded = "update enrollment set plan_at = @look where id = @enrollment and wakes = @seen";

    internal const string FinishEnrollment = """
        update enrollment set state = 'finished', ended_at = @now, plan_at = null where id = @enrollment and wakes = @seen and state = 'active'
        """;

    internal const string SendersOfPool = "select id from sender where pool_id = @pool order by id";

    internal const string ParkOffer = """
        update touch set parked_reason = @reason where id = @touch and state = 'planned' and parked_reason is null
        """;

    internal const string SkipOffer = """
        update touch set state = 'skipped', skipped_reason = @reason, parked_reason = null, closed_at = @now where id = @touch and state = 'planned'
        """;

    internal const string WaitOffer = "update touch set due_at = @due where id = @touch and state = 'planned' and parked_reason is null";

    internal const string EnrollmentOf = "select enrollment_id as id, campaign_id from touch where id = @touch";

    public async Task<bool> TryPlanAsync(PlanOrder order, CancellationToken cancellation)
    {
        try
        {
            return await store.WriteOnceAsync(s => PlanAsync(s, order), cancellation);
        }
        catch (LostRaceException)
        {
            return false; // another planner wrote the same step: the unique index is the last word
        }
    }

    private static async Task<bool> PlanAsync(SqlSession s, PlanOrder order)
    {
        if (order.Offers.Count > 0 && await s.ExecuteAsync(BumpLead, new { lead = order.LeadId, lead_judged = order.LeadRevision }) == 0) throw new RollBackException(false);

        var rows = order.Finished
            ? await s.ExecuteAsync(FinishEnrollment, new { enrollment = order.EnrollmentId, seen = order.SeenWakes, now = order.Now })
            : await s.ExecuteAsync(PlanEnded, new { enrollment = order.EnrollmentId, seen = order.SeenWakes, look = order.LookAgainAt });
        // Woken or stopped since it was read, perhaps before the person was: what was planned is of a walk that is no more. It stays due, and is looked at again.
        if (rows == 0) throw new RollBackException(false);

        foreach (var o in order.Offers)
        {
            await s.ExecuteAsync(InsertOffer, new
            {
                id = o.TouchId,
                lead = order.LeadId,
                enrollment = order.EnrollmentId,
                campaign = o.CampaignId,
                channel = Words.Of(o.Channel),
                step = o.StepId,
                round = o.Round,
                attempt = o.Attempt,
                state = o.Skipped is null ? "planned" : "skipped",
                parked = Words.Of(o.Parked),
                skipped = Words.Of(o.Skipped),
                address = o.AddressId,
                pool = o.PoolId,
                window = o.WindowKey,
                zone = o.ZoneGroup,
                priority = o.Priority,
                now = order.Now,
                due = o.DueAt,
                expires = o.ExpiresAt,
                successor = o.SuccessorOf,
                closed = o.Skipped is null ? (Instant?)null : order.Now,
            });
        }

        foreach (var o in order.Offers.Where(o => o.Skipped is null && o.Parked is null).GroupBy(o => o.PoolId).Select(g => g.MinBy(o => o.DueAt)!))
            await WakeSendersAsync(s, o.PoolId, o.DueAt > order.Now ? o.DueAt : order.Now);
        return true;
    }

    internal static async Task WakeSendersAsync(SqlSession s, string poolId, Instant at)
    {
        foreach (var sender in await s.QueryAsync<string>(SendersOfPool, new { pool = poolId })) await DeskVerbs.WakeAsync(s, "sender", sender, at);
    }

    public Task<bool> TryParkAsync(string touchId, string leadId, long leadRevision, ParkedReason reason, Instant now) =>
        FencedAsync(touchId, leadId, leadRevision, ParkOffer, new { touch = touchId, reason = Words.Of(reason) }, now);

    public Task<bool> TrySkipAsync(string touchId, string leadId, long leadRevision, SkippedReason reason, Instant now) =>
        FencedAsync(touchId, leadId, leadRevision, SkipOffer, new { touch = touchId, reason = Words.Of(reason), now }, now);

    public Task<bool> TryWaitAsync(string touchId, string leadId, long leadRevision, Instant dueAt, Instant now) => store.WriteAsync(async s =>
        await s.ExecuteAsync(BumpLead, new { lead = leadId, lead_judged = leadRevision }) == 1
        && await s.ExecuteAsync(WaitOffer, new { touch = touchId, due = dueAt }) == 1);

    // Parking and skipping free the next step, so planning is woken with them.
    private Task<bool> FencedAsync(string touchId, string leadId, long leadRevision, string sql, object args, Instant now) => store.WriteAsync(async s =>
    {
        if (await s.ExecuteAsync(BumpLead, new { lead = leadId, lead_judged = leadRevision }) == 0) return false;
        var walk = await s.FirstOrDefaultAsync<WalkKeys>(EnrollmentOf, new { touch = touchId });
        if (walk is null) return false;
        await s.ExecuteAsync(WakeEnrollment, new { enrollment = walk.Id, now });
        if (await s.ExecuteAsync(sql, args) == 0) return false;
        await DeskVerbs.WakeAsync(s, "campaign", walk.CampaignId, now);
        return true;
    });

    private sealed class WalkKeys
    {
        public string Id { get; init; } = "";
        public string CampaignId { get; init; } = "";
    }
}
