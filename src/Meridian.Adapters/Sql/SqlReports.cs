using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Read-only questions of people and screens.</summary>
public sealed class SqlReports(SqlStore store)
{
    /// <summary>Leads behind a lead id, an address, or a source's own id. Several when an address is shared.</summary>
    public Task<IReadOnlyList<string>> FindLeadsAsync(string idOrAddress) => store.ReadAsync(s => s.QueryAsync<string>("""
        select id from lead where id = @idOrAddress
        union select lead_id from lead_address where address_id = @idOrAddress and detached_at is null
        union select lead_id from lead_ref where external_id = @idOrAddress
        order by 1
        """, new { idOrAddress }));

    public Task<IReadOnlyList<WalkRow>> WalksOfAsync(string leadId) => store.ReadAsync(s => s.QueryAsync<WalkRow>(
        "select e.id, e.campaign_id, c.name as campaign_name, e.state, e.stop_reason, e.enrolled_at from enrollment e join campaign c on c.id = e.campaign_id where e.lead_id = @leadId order by e.enrolled_at, e.id",
        new { leadId }));

    public Task<IReadOnlyList<TouchLine>> TouchesOfAsync(string leadId) => store.ReadAsync(s => s.QueryAsync<TouchLine>("""
        select t.id, t.campaign_id, t.channel, t.step_id, t.state, t.parked_reason, t.skipped_reason, t.due_at, t.begun_at, t.closed_at, t.disposition, t.error, s.address as sender, t.address_id, v.verdict
          from touch t left join sender s on s.id = t.sender_id left join touch_verdict v on v.permit_id = t.permit_id where t.lead_id = @leadId order by coalesce(t.begun_at, t.due_at), t.id
        """, new { leadId }));

    public Task<IReadOnlyList<string>> CampaignsAsync() => store.ReadAsync(s => s.QueryAsync<string>("select id from campaign order by id"));

    public Task<IReadOnlyList<SenderLine>> SendersAsync() => store.ReadAsync(s => s.QueryAsync<SenderLine>("""
        select s.id, s.channel, s.address, s.zone, s.daily_cap, s.next_slot_at, s.paused_at, s.pause_reason,
               coalesce((select max(d.begun) from sender_day d where d.sender_id = s.id and d.day = (select max(x.day) from sender_day x where x.sender_id = s.id)), 0) as begun_last_day
          from sender s order by s.channel, s.id
        """));

    public Task<IReadOnlyList<CountLine>> CountsAsync() => store.ReadAsync(s => s.QueryAsync<CountLine>(
        "select channel, state, coalesce(parked_reason, skipped_reason, disposition, '') as word, count(*) as count from touch group by channel, state, coalesce(parked_reason, skipped_reason, disposition, '') order by 1, 2, 3"));

    public Task<IReadOnlyList<IncidentLine>> OpenIncidentsAsync() => store.ReadAsync(s => s.QueryAsync<IncidentLine>(
        "select kind, subject, detail, opened_at from incident where closed_at is null order by opened_at, id limit 50"));

    public Task<IReadOnlyList<BegunLine>> BegunSinceAsync(Instant since) => store.ReadAsync(s => s.QueryAsync<BegunLine>("""
        select t.begun_at, t.channel, t.lead_id, l.first_name, l.last_name, c.name as company, t.address_id, s.address as sender, t.window_key
          from touch t join lead l on l.id = t.lead_id left join company c on c.id = l.company_id join sender s on s.id = t.sender_id
         where t.begun_at >= @since order by t.begun_at, t.id
        """, new { since }));
}

public sealed class WalkRow
{
    public string Id { get; init; } = "";
    public string CampaignId { get; init; } = "";
    public string CampaignName { get; init; } = "";
    public string State { get; init; } = "";
    public string? StopReason { get; init; }
    public Instant EnrolledAt { get; init; }
}

public sealed class TouchLine
{
    public string Id { get; init; } = "";
    public string CampaignId { get; init; } = "";
    public string Channel { get; init; } = "";
    public string StepId { get; init; } = "";
    public string State { get; init; } = "";
    public string? ParkedReason { get; init; }
    public string? SkippedReason { get; init; }
    public Instant DueAt { get; init; }
    public Instant? BegunAt { get; init; }
    public Instant? ClosedAt { get; init; }
    public string? Disposition { get; init; }
    public string? Error { get; init; }
    public string? Sender { get; init; }
    public string? AddressId { get; init; }

    /// <summary>Why it was allowed when it was begun, as JSON; null when it never was.</summary>
    public string? Verdict { get; init; }
}

public sealed class SenderLine
{
    public string Id { get; init; } = "";
    public string Channel { get; init; } = "";
    public string Address { get; init; } = "";
    public string Zone { get; init; } = "";
    public long DailyCap { get; init; }
    public Instant NextSlotAt { get; init; }
    public Instant? PausedAt { get; init; }
    public string? PauseReason { get; init; }
    public long BegunLastDay { get; init; }
}

public sealed class CountLine
{
    public string Channel { get; init; } = "";
    public string State { get; init; } = "";
    public string Word { get; init; } = "";
    public long Count { get; init; }
}

public sealed class IncidentLine
{
    public string Kind { get; init; } = "";
    public string Subject { get; init; } = "";
    public string Detail { get; init; } = "";
    public Instant OpenedAt { get; init; }
}

public sealed class BegunLine
{
    public Instant BegunAt { get; init; }
    public string Channel { get; init; } = "";
    public string LeadId { get; init; } = "";
    public string? FirstName { get; init; }
    public string? LastName { get; init; }
    public string? Company { get; init; }
    public string? AddressId { get; init; }
    public string Sender { get; init; } = "";
    public string WindowKey { get; init; } = "";
}
