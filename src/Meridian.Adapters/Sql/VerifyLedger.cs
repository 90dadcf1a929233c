using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>A promise that SQL can see, and the rows that break it.</summary>
public sealed record LedgerFinding(string Law, string Row);

/// <summary>Proves on the live database that counters equal touches begun, money equals what was settled or reserved, and every promise that SQL can see.</summary>
public static class VerifyLedger
{
    /// <summary>Each law selects the rows that break it, as one column of text.</summary>
    public static readonly IReadOnlyDictionary<string, string> Laws = new Dictionary<string, string>
    {
        ["a sender's day equals the touches it began"] = """
            select coalesce(d.sender_id, t.sender_id) || ' ' || coalesce(d.day, t.begun_day) || ': counted ' || cast(coalesce(d.begun, 0) as text) || ', begun ' || cast(coalesce(t.n, 0) as text)
              from sender_day d full join (select sender_id, begun_day, count(*) as n from touch where begun_at is not null group by sender_id, begun_day) t
                on t.sender_id = d.sender_id and t.begun_day = d.day
             where coalesce(d.begun, 0) <> coalesce(t.n, 0)
            """,
        ["a campaign's days add up to the touches it began"] = """
            select coalesce(c.campaign_id, t.campaign_id) || ': counted ' || cast(coalesce(c.n, 0) as text) || ', begun ' || cast(coalesce(t.n, 0) as text)
              from (select campaign_id, sum(begun) as n from campaign_day group by campaign_id) c
              full join (select campaign_id, count(*) as n from touch where begun_at is not null group by campaign_id) t on t.campaign_id = c.campaign_id
             where coalesce(c.n, 0) <> coalesce(t.n, 0)
            """,
        ["a day's money is what was settled, else reserved"] = """
            select coalesce(s.day, t.day) || ' ' || coalesce(s.channel, t.channel) || ': counted ' || cast(coalesce(s.micro, 0) as text) || ', touches say ' || cast(coalesce(t.micro, 0) as text)
              from spend_day s
              full join (select spend_day as day, channel, sum(coalesce(settled_micro, reserved_micro)) as micro from touch where begun_at is not null and spend_day is not null group by spend_day, channel
                         union all
                         select x.day, 'all' as channel, sum(x.micro) as micro
                           from (select spend_day as day, coalesce(settled_micro, reserved_micro) as micro from touch where begun_at is not null and spend_day is not null
                                 union all select day, micro from credit_day union all select day, micro from line_lookup) x group by x.day) t
                on t.day = s.day and t.channel = s.channel
             where coalesce(s.micro, 0) <> coalesce(t.micro, 0)
            """,
        ["at most one touch in the air per person"] = """
            select lead_id from touch where begun_at is not null and closed_at is null group by lead_id having count(*) > 1
            """,
        ["at most one touch per person and step reached them"] = """
            select lead_id || ' ' || step_id from touch where state in ('sending', 'sent', 'unconfirmed') group by lead_id, step_id, round having count(*) > 1
            """,
        ["nothing was begun after the person opted out"] = """
            select t.id from touch t join lead l on l.id = t.lead_id where t.begun_at is not null and t.begun_at > l.opted_out_at
            """,
        ["nobody who opted out has an offer"] = """
            select t.id from touch t join lead l on l.id = t.lead_id where t.state = 'planned' and l.opted_out_at is not null
            """,
        ["nobody who opted out is to be called by a person"] = """
            select k.id from call_task k join lead l on l.id = k.lead_id where k.state = 'open' and l.opted_out_at is not null
            """,
        ["no call by a person was begun after they opted out"] = """
            select k.id from call_task k join lead l on l.id = k.lead_id where k.begun_at > l.opted_out_at and k.closed_at is distinct from k.begun_at
            """,
        ["whoever holds a suppressed address is opted out"] = """
            select la.lead_id || ' ' || la.address_id from lead_address la join address_key a on a.id = la.address_id join lead l on l.id = la.lead_id
             where la.detached_at is null and la.role <> 'company' and l.detached_at is null and a.suppressed_at is not null and l.opted_out_at is null
            """,
        ["every begun touch keeps its verdict and its words"] = """
            select t.id from touch t left join touch_verdict v on v.permit_id = t.permit_id left join touch_content c on c.permit_id = t.permit_id
             where t.begun_at is not null and (v.permit_id is null or c.permit_id is null)
            """,
        ["every e-mail that reached somebody, or may have, has an owner copy"] = """
            select t.id from touch t left join owner_copy o on o.touch_id = t.id where t.channel = 'email' and t.state in ('sent', 'unconfirmed') and o.touch_id is null
            """,
        ["every active walk has something to come"] = """
            select e.id from enrollment e where e.state = 'active' and e.plan_at is null
               and not exists (select 1 from touch t where t.enrollment_id = e.id and (t.state = 'planned' or (t.begun_at is not null and t.closed_at is null)))
            """,
        ["a held address is named by a signal nobody understood"] = """
            select a.id from address_key a where a.held_at is not null
               and not exists (select 1 from signal_address sa join signal g on g.id = sa.signal_id where sa.address_id = a.id and g.understood_at is null)
            """,
        ["nothing stays in sending past its deadline"] = """
            select id from touch where state = 'sending' and deadline < @late
            """,
        ["no call or text without a recorded consent for its number, or a carrier's word that it is a business landline"] = """
            select t.id from touch t where t.begun_at is not null and t.channel in ('call', 'text')
               and not exists (select 1 from consent c where c.lead_id = t.lead_id and c.address_id = t.address_id and c.channel = t.channel and c.status in ('recorded', 'withdrawn')
                     and (c.expires_at is null or c.expires_at > t.begun_at))
               and not (t.channel = 'call' and exists (select 1 from line_lookup k where k.address_id = t.address_id and k.line_type = 'Landline' and k.business = 'yes' and k.answered_at <= t.begun_at))
            """,
    };

    public static Task<IReadOnlyList<LedgerFinding>> RunAsync(SqlStore store) => store.ReadAsync<IReadOnlyList<LedgerFinding>>(async s =>
    {
        // The engine's own last sign of life is its "now"; a minute's grace for the upkeep desk to get there.
        var late = (await s.InstantAsync("select max(last_turn_at) from desk") ?? Instant.FromUnixTimeSeconds(0)) - Duration.FromMinutes(1);
        var findings = new List<LedgerFinding>();
        foreach (var (law, sql) in Laws)
            foreach (var row in await s.QueryAsync<string>(sql, new { late })) findings.Add(new LedgerFinding(law, row));
        return findings;
    });
}
