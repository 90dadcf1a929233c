using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

public sealed partial class SqlFacts
{
    /// <summary>Looks in vain so close together are of one outage; where many wait, each has its turn only so often.</summary>
    private static readonly Duration OneOutage = Duration.FromMinutes(45);

    // A loose index scan: one probe per window and priority, inside one statement, however many leads wait behind it.
    internal const string WindowsWithOffers = """
        with recursive w(k) as (
            select min(window_key) from touch where pool_id = @pool and state = 'planned' and parked_reason is null
            union all
            select (select min(t.window_key) from touch t where t.pool_id = @pool and t.state = 'planned' and t.parked_reason is null and t.window_key > w.k)
              from w where w.k is not null)
        select k as window_key,
               (select min(t.due_at) from touch t where t.pool_id = @pool and t.window_key = w.k and t.priority = 0 and t.state = 'planned' and t.parked_reason is null) as due0,
               (select min(t.due_at) from touch t where t.pool_id = @pool and t.window_key = w.k and t.priority = 1 and t.state = 'planned' and t.parked_reason is null) as due1,
               (select min(t.due_at) from touch t where t.pool_id = @pool and t.window_key = w.k and t.priority = 2 and t.state = 'planned' and t.parked_reason is null) as due2,
               (select min(t.due_at) from touch t where t.pool_id = @pool and t.window_key = w.k and t.priority = 3 and t.state = 'planned' and t.parked_reason is null) as due3,
               (select min(t.due_at) from touch t where t.pool_id = @pool and t.window_key = w.k and t.priority = 4 and t.state = 'planned' and t.parked_reason is null) as due4
          from w where k is not null
        """;

    internal const string DueOffers = """
        select id, lead_id, zone_group from touch
         where pool_id = @pool and window_key = @window and priority = @priority and state = 'planned' and parked_reason is null and due_at <= @now
         order by due_at, id limit @limit
        """;

    internal const string DueByZone = """
        select zone_group, count(distinct lead_id) as due from touch
         where pool_id = @pool and state = 'planned' and parked_reason is null and due_at < @before group by zone_group order by zone_group
        """;

    internal const string ZoneDays = "select zone_group, share, begun from zone_day where pool_id = @pool and day = @day order by zone_group";

    internal const string KeepShare = """
        insert into zone_day (pool_id, day, zone_group, share, begun) values (@pool, @day, @zone, @share, 0)
            on conflict (pool_id, day, zone_group) do update set share = excluded.share
        """;

    internal const string OpenCalls = """
        select t.id as touch_id, t.permit_id, t.lead_id, t.sender_id, t.address_id, t.begun_at, t.accepted_at, t.answered_at, t.end_seen_at, t.provider_ref, t.control_url, t.state, l.opted_out_at,
               (select value from setting where key = 'engine.killed_at') as killed_at
          from touch t join lead l on l.id = t.lead_id
         where t.begun_at is not null and t.closed_at is null and t.channel = 'call' order by t.begun_at, t.id
        """;

    internal const string UnreportedCalls = """
        select id as touch_id, permit_id, lead_id, sender_id, address_id, begun_at, answered_at, provider_ref, state, closed_at from touch
         where channel = 'call' and state = 'sent' and settled_micro is null and closed_at is not null and closed_at > @since and provider_ref is not null
         order by closed_at, id limit @limit
        """;

    internal const string Unconfirmed = """
        select t.id as touch_id, t.permit_id, t.channel, t.sender_id, t.contact_ref, t.begun_at, c.body, c.from_address, c.to_address, c.subject, c.message_id, s.provider_key from touch t
          left join touch_content c on c.permit_id = t.permit_id join sender s on s.id = t.sender_id
         where t.begun_at is not null and t.closed_at is null and t.state = 'unconfirmed' order by t.looked_at nulls first, t.begun_at, t.id limit @limit
        """;

    internal const string KeepLook = "update touch set looked_at = @now where id = @touch and state = 'unconfirmed'";

    // Two looks far apart are no time of looks in vain: at night nobody is asked about.
    internal const string KeepUnasked = """
        update touch set unasked_since = case when unasked_at >= @recent then unasked_since else @now end, unasked_at = @now, unasked_why = @why where id = @touch and state = 'planned'
        """;

    internal const string KeepAsked = "update touch set unasked_since = null, unasked_at = null, unasked_why = null where id = @touch and unasked_since is not null";

    internal const string StillUnasked = """
        select lead_id, unasked_since as since, unasked_at as last, unasked_why as why from touch where unasked_since is not null and state = 'planned' and parked_reason is null
        """;

    // Whoever is known there is called or written to only after it was asked about them.
    internal const string AskedSince = """
        select count(*) from (select 1 as one from sender s join touch t on t.sender_id = s.id and t.begun_at > @since
                               where s.channel in ('call', 'email') and exists (select 1 from lead_ref r where r.lead_id = t.lead_id and r.source = @source) limit 1) a
        """;

    internal const string NextDeadline = "select min(deadline) from touch where state = 'sending'";

    internal const string NextExpiry = "select min(expires_at) from touch where state = 'planned'";

    internal const string OpenBegun = "select channel, state, begun_at, answered_at, end_seen_at from touch where begun_at is not null and closed_at is null order by begun_at";

    public Task<IReadOnlyList<WindowOffers>> WindowsWithOffersAsync(string poolId) => store.ReadAsync(s => s.QueryAsync<WindowOffers>(WindowsWithOffers, new { pool = poolId }));

    public Task<IReadOnlyList<OfferHint>> DueAsync(string poolId, string windowKey, int priority, Instant now, int limit) =>
        store.ReadAsync(s => s.QueryAsync<OfferHint>(DueOffers, new { pool = poolId, window = windowKey, priority, now, limit }));

    public Task<IReadOnlyList<ZoneDue>> DueByZoneAsync(string poolId, Instant before) =>
        store.ReadAsync(s => s.QueryAsync<ZoneDue>(DueByZone, new { pool = poolId, before }));

    public Task<IReadOnlyList<ZoneDay>> ZoneDaysAsync(string poolId, LocalDate day) => store.ReadAsync(s => s.QueryAsync<ZoneDay>(ZoneDays, new { pool = poolId, day }));

    public Task KeepZoneDaysAsync(string poolId, LocalDate day, IReadOnlyList<ZoneDay> shares) => store.WriteAsync(async s =>
    {
        foreach (var z in shares.OrderBy(z => z.ZoneGroup, StringComparer.Ordinal)) await s.ExecuteAsync(KeepShare, new { pool = poolId, day, zone = z.ZoneGroup, share = z.Share });
    });

    public Task<IReadOnlyList<string>> SendersOfPoolAsync(string poolId) => store.ReadAsync(s => s.QueryAsync<string>(SqlTouchLedger.SendersOfPool, new { pool = poolId }));

    internal const string PushSlot = "update sender set next_slot_at = @slot where id = @sender and next_slot_at < @slot";

    public Task PushSlotAsync(string senderId, Instant slot) => store.WriteSoftAsync(s => s.ExecuteAsync(PushSlot, new { slot, sender = senderId }));

    public Task<IReadOnlyList<OpenCall>> OpenCallsAsync() => store.ReadAsync(s => s.QueryAsync<OpenCall>(OpenCalls));

    public Task<IReadOnlyList<OpenCall>> UnreportedCallsAsync(Instant since, int limit) =>
        store.ReadAsync(s => s.QueryAsync<OpenCall>(UnreportedCalls, new { since, limit }));

    public Task<IReadOnlyList<UnconfirmedTouch>> UnconfirmedAsync(int limit) => store.ReadAsync(s => s.QueryAsync<UnconfirmedTouch>(Unconfirmed, new { limit }));

    public Task KeepLookAsync(string touchId, Instant now) => store.WriteSoftAsync(s => s.ExecuteAsync(KeepLook, new { touch = touchId, now }));

    public Task KeepUnaskedAsync(string touchId, string why, Instant now) => store.WriteSoftAsync(s => s.ExecuteAsync(KeepUnasked, new { touch = touchId, why, now, recent = now - OneOutage }));

    public Task KeepAskedAsync(string touchId) => store.WriteSoftAsync(s => s.ExecuteAsync(KeepAsked, new { touch = touchId }));

    public Task<IReadOnlyList<Unasked>> UnaskedAsync() => store.ReadAsync(s => s.QueryAsync<Unasked>(StillUnasked));

    public Task<bool> WasAskedAsync(string source, Instant since) => store.ReadAsync(async s => await s.ScalarAsync<long>(AskedSince, new { source, since }) > 0);

    public Task<Instant?> NextUpkeepAsync(int ringSeconds, int longestCallSeconds) => store.ReadAsync(async s =>
    {
        Instant? next = null;
        void Consider(Instant? at)
        {
            if (at is not null && (next is null || at < next)) next = at;
        }

        Consider(await s.InstantAsync(NextDeadline));
        Consider(await s.InstantAsync(NextExpiry));
        foreach (var o in await s.QueryAsync<OpenRow>(OpenBegun))
        {
            if (o.State == "unconfirmed") Consider(o.BegunAt + (o.Channel == "call" ? SqlTouchLedger.CallHorizon : SqlTouchLedger.Horizon));
            else if (o.Channel == "call" && o.State == "sent")
            {
                if (o.EndSeenAt is { } seen) Consider(seen + Meridian.Engine.Upkeep.UpkeepTurn.ReportAwaited);
                else Consider(o.BegunAt + Duration.FromSeconds(o.AnsweredAt is null ? ringSeconds : longestCallSeconds));
            }
        }

        return next;
    });

    private sealed class OpenRow
    {
        public string Channel { get; init; } = "";
        public string State { get; init; } = "";
        public Instant BegunAt { get; init; }
        public Instant? AnsweredAt { get; init; }
        public Instant? EndSeenAt { get; init; }
    }
}
