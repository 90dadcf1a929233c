using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>What a screen asks again and again: every question goes by an index, and none grows with the number of leads but the search by name.</summary>
public sealed partial class SqlReports
{
    internal const string SenderIds = "select id from sender order by id";

    internal const string SenderSlots = """
        select s.id, s.pool_id, s.channel, s.address, s.zone, s.gap_seconds, s.daily_cap, s.warm_since, s.next_slot_at, s.paused_at, p.campaign_id, c.paused_at as campaign_paused_at
          from sender s join pool p on p.id = s.pool_id join campaign c on c.id = p.campaign_id order by s.pool_id, s.next_slot_at, s.id
        """;

    private const string OfferColumns = """
        t.id, t.lead_id, t.channel, t.step_id, t.priority, t.window_key, t.due_at, l.first_name, l.last_name, l.city, l.state, c.name as company
        """;

    internal const string Offers = $"""
        select {OfferColumns} from touch t join lead l on l.id = t.lead_id left join company c on c.id = l.company_id
         where t.pool_id = @pool and t.window_key = @window and t.priority = @priority and t.state = 'planned' and t.parked_reason is null
         order by t.due_at, t.id limit @limit
        """;

    // One sender at a time, by the index on (sender, begun): the ledger's newest rows without reading the rest.
    internal const string LastOfSender = """
        select t.id, t.lead_id, t.channel, t.state, t.disposition, t.error, t.begun_at, t.closed_at, t.answered_at, l.first_name, l.last_name, l.city, l.state as place, c.name as company, s.address as sender
          from touch t join sender s on s.id = t.sender_id join lead l on l.id = t.lead_id left join company c on c.id = l.company_id
         where t.sender_id = @sender and t.begun_at is not null order by t.begun_at desc, t.id desc limit @limit
        """;

    internal const string LeadsByName = """
        select l.id from lead l left join company c on c.id = l.company_id
         where lower(coalesce(l.first_name, '') || ' ' || coalesce(l.last_name, '')) like @like escape '!' or lower(coalesce(c.name, '')) like @like escape '!'
         order by l.id limit @limit
        """;

    /// <summary>Every sender with its next slot and what it has begun on its own day.</summary>
    public Task<IReadOnlyList<SlotLine>> SlotsAsync(Func<string, LocalDate> dayIn) => store.ReadAsync<IReadOnlyList<SlotLine>>(async s =>
    {
        var slots = await s.QueryAsync<SlotLine>(SenderSlots);
        foreach (var slot in slots) slot.BegunToday = await s.ScalarAsync<long?>(SqlFacts.BegunToday, new { sender = slot.Id, day = dayIn(slot.Zone) }) ?? 0;
        return slots;
    });

    /// <summary>Open offers of one window and priority, the earliest due first, due or not.</summary>
    public Task<IReadOnlyList<OfferLine>> OffersAsync(string poolId, string windowKey, int priority, int limit) =>
        store.ReadAsync(s => s.QueryAsync<OfferLine>(Offers, new { pool = poolId, window = windowKey, priority, limit }));

    /// <summary>What was begun last, the newest first.</summary>
    public Task<IReadOnlyList<LastLine>> LastTouchesAsync(int limit) => store.ReadAsync<IReadOnlyList<LastLine>>(async s =>
    {
        var lines = new List<LastLine>();
        foreach (var sender in await s.QueryAsync<string>(SenderIds)) lines.AddRange(await s.QueryAsync<LastLine>(LastOfSender, new { sender, limit }));
        return lines.OrderByDescending(l => l.BegunAt).ThenByDescending(l => l.Id, StringComparer.Ordinal).Take(limit).ToList();
    });

    /// <summary>Leads whose name or company has this text in it. Reads every lead: for a person who types, not for a screen that refreshes.</summary>
    public Task<IReadOnlyList<string>> FindByNameAsync(string text, int limit)
    {
        var plain = text.Trim().ToLowerInvariant().Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
        return store.ReadAsync(s => s.QueryAsync<string>(LeadsByName, new { like = $"%{plain}%", limit }));
    }
}

public sealed class SlotLine
{
    public string Id { get; init; } = "";
    public string PoolId { get; init; } = "";
    public string CampaignId { get; init; } = "";
    public string Channel { get; init; } = "";
    public string Address { get; init; } = "";
    public string Zone { get; init; } = "";
    public long GapSeconds { get; init; }
    public long DailyCap { get; init; }
    public LocalDate? WarmSince { get; init; }
    public Instant NextSlotAt { get; init; }
    public Instant? PausedAt { get; init; }
    public Instant? CampaignPausedAt { get; init; }
    public long BegunToday { get; set; }
}

public sealed class OfferLine
{
    public string Id { get; init; } = "";
    public string LeadId { get; init; } = "";
    public string Channel { get; init; } = "";
    public string StepId { get; init; } = "";
    public long Priority { get; init; }
    public string WindowKey { get; init; } = "";
    public Instant DueAt { get; init; }
    public string? FirstName { get; init; }
    public string? LastName { get; init; }
    public string? City { get; init; }
    public string? State { get; init; }
    public string? Company { get; init; }
}

public sealed class LastLine
{
    public string Id { get; init; } = "";
    public string LeadId { get; init; } = "";
    public string Channel { get; init; } = "";
    public string State { get; init; } = "";
    public string? Disposition { get; init; }
    public string? Error { get; init; }
    public Instant BegunAt { get; init; }
    public Instant? ClosedAt { get; init; }
    public Instant? AnsweredAt { get; init; }
    public string? FirstName { get; init; }
    public string? LastName { get; init; }
    public string? City { get; init; }
    public string? Place { get; init; }
    public string? Company { get; init; }
    public string Sender { get; init; } = "";
}
