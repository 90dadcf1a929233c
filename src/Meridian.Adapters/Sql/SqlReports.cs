using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Read-only questions of people and screens.</summary>
public sealed partial class SqlReports(SqlStore store)
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

    internal const string OptOutsHeard = """
        select received_at, understood_at from signal where understood_at >= @since and result like '%opted out%' order by understood_at desc limit 1000
        """;

    internal const string EnginePaused = "select value from setting where key = 'engine.paused_at'";

    internal const string InTheAir = "select count(*) from touch where begun_at is not null and closed_at is null and state in ('sending', 'sent')";

    internal const string BegunByChannel = "select t.channel as word, count(*) as count from sender s join touch t on t.sender_id = s.id where t.begun_at >= @since group by t.channel order by t.channel";

    internal const string HeardByResult = """
        select case when result like '%opted out%' then 'opt_outs' when result like '%replied%' then 'replies' else 'other_news' end as word, count(*) as count
          from signal where understood_at >= @since group by 1 order by 1
        """;

    internal const string NewLeads = "select count(*) from lead where created_at >= @since";

    internal const string Spent = "select micro from spend_day where day = @day and channel = 'all'";

    /// <summary>How many opt-outs were understood since then, and the longest time from hearing to committing one, in ms.</summary>
    public async Task<(long Count, long? MostMs)> OptOutsHeardAsync(Instant since)
    {
        var rows = await store.ReadAsync(s => s.QueryAsync<HeardRow>(OptOutsHeard, new { since }));
        return (rows.Count, rows.Count == 0 ? null : rows.Max(r => (long)(r.UnderstoodAt - r.ReceivedAt).TotalMilliseconds));
    }

    public async Task<bool> IsPausedAsync() => await store.ReadAsync(s => s.ScalarAsync<string>(EnginePaused)) is not null;

    public Task<long> InTheAirAsync() => store.ReadAsync(async s => await s.ScalarAsync<long>(InTheAir));

    /// <summary>What was begun, heard and found since then.</summary>
    public Task<IReadOnlyDictionary<string, long>> TodayAsync(Instant since) => store.ReadAsync<IReadOnlyDictionary<string, long>>(async s =>
    {
        var today = new Dictionary<string, long> { ["new_leads"] = await s.ScalarAsync<long>(NewLeads, new { since }), ["emails"] = 0, ["calls"] = 0, ["texts"] = 0 };
        foreach (var c in await s.QueryAsync<WordCount>(BegunByChannel, new { since })) today[$"{c.Word}s"] = c.Count;
        foreach (var c in await s.QueryAsync<WordCount>(HeardByResult, new { since })) today[c.Word] = c.Count;
        return today;
    });

    /// <summary>Millionths of a dollar set aside or settled on that day.</summary>
    public async Task<long> SpentAsync(LocalDate day) => await store.ReadAsync(s => s.ScalarAsync<long?>(Spent, new { day })) ?? 0;

    private sealed class HeardRow
    {
        public Instant ReceivedAt { get; init; }
        public Instant UnderstoodAt { get; init; }
    }

    private sealed class WordCount
    {
        public string Word { get; init; } = "";
        public long Count { get; init; }
    }

    public Task<IReadOnlyList<BegunLine>> BegunSinceAsync(Instant since) => store.ReadAsync(s => s.QueryAsync<BegunLine>("""
        select t.begun_at, t.channel, t.lead_id, l.first_name, l.last_name, c.name as company, t.address_id, s.address as sender, t.window_key, w.subject, w.body
          from touch t join lead l on l.id = t.lead_id left join company c on c.id = l.company_id join sender s on s.id = t.sender_id left join touch_content w on w.permit_id = t.permit_id
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
    public string? Subject { get; init; }
    public string? Body { get; init; }
}
