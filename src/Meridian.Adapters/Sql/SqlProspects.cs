using System.Text.Json;
using Meridian.Adapters.Csv;
using Meridian.Domain.Leads;
using Meridian.Domain.Pacing;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Searches, prospects and what they cost. A bought person becomes a lead by the same door as an imported row.</summary>
public sealed class SqlProspects(SqlStore store, IIds ids) : IProspectBook
{
    private readonly SqlIntake intake = new(ids);

    internal const string SearchRow = "select id, name, source, filter, page, last_searched_at, exhausted_at, paused_at from search where id = @id";

    internal const string KeepFound = """
        insert into prospect (source, external_id, search_id, state, reason, found_at) values (@source, @external, @search, @state, @reason, @now)
            on conflict (source, external_id) do update set state = 'found', search_id = excluded.search_id, reason = null, found_at = excluded.found_at
             where prospect.state = 'cannot' and prospect.reason = @dropped and excluded.state = 'found'
        """;

    /// <summary>Found by a filter the owner has since changed: not bought, unless the new one shows them too.</summary>
    internal const string Dropped = "found by what the search asked before it was changed";

    internal const string KeepReply = """
        insert into purchase (id, source, batch_id, day, reply, bought_at) values (@id, @source, @batch, @day, @reply, @now) on conflict (id) do nothing
        """;

    internal const string UnkeptReplies = "select id, source, batch_id, day, reply, bought_at from purchase where kept_at is null and bought_at < @before order by bought_at, id limit 50";

    internal const string CloseReply = "update purchase set kept_at = @now where id = @id and kept_at is null";

    internal const string AskedIn = "select external_id from prospect where purchase_id = @id order by external_id";

    internal const string BecameOf = "select state, count(*) as people from prospect where purchase_id = @id group by state";

    internal const string MoveCursor = "update search set page = @page, last_searched_at = @now, exhausted_at = @exhausted where id = @id";

    internal const string Backlog = "select count(*) from prospect where search_id = @search and state = 'found'";

    internal const string ToBuy = "select external_id from prospect where search_id = @search and state = 'found' order by found_at, external_id limit @most";

    internal const string Ask = "update prospect set state = 'asked', asked_at = @now, purchase_id = @purchase where source = @source and external_id = @external and state = 'found'";

    internal const string ReserveCredits = """
        insert into credit_day (day, credits, micro) select @day, @credits, @micro where @credits <= @cap
            on conflict (day) do update set credits = credit_day.credits + @credits, micro = credit_day.micro + @micro where credit_day.credits + @credits <= @cap
        """;

    internal const string ReserveMoney = """
        insert into spend_day (day, channel, micro) select @day, 'all', @micro where @micro <= @cap
            on conflict (day, channel) do update set micro = spend_day.micro + @micro where spend_day.micro + @micro <= @cap
        """;

    internal const string CorrectCredits = "update credit_day set credits = credits + @credits, micro = micro + @micro where day = @day";

    internal const string CorrectMoney = "update spend_day set micro = micro + @micro where day = @day and channel = 'all'";

    internal const string FindAgain = "update prospect set state = 'found', asked_at = null, purchase_id = null where source = @source and external_id = @external and purchase_id = @purchase and state = 'asked'";

    internal const string Settle = """
        update prospect set state = @state, reason = @reason, lead_id = @lead, raw = @raw where source = @source and external_id = @external and purchase_id = @purchase and state = 'asked'
        """;

    internal const string Unfinished = """
        select source, external_id, purchase_id from prospect p where state = 'asked' and asked_at < @before
           and not exists (select 1 from purchase q where q.id = p.purchase_id) order by source, external_id limit 500
        """;

    internal const string StillAsked = "select count(*) from prospect where source = @source and external_id = @external and purchase_id = @purchase and state = 'asked'";

    internal const string PauseSearch = "update search set paused_at = coalesce(paused_at, @now), pause_reason = @reason where id = @id";

    internal const string Open = "l.opted_out_at is null and l.detached_at is null and l.paused_at is null and not exists (select 1 from enrollment e where e.lead_id = l.id and e.state = 'stopped')";

    internal const string ToBeEmailed = """
        exists (select 1 from lead_address la join address_key a on a.id = la.address_id where la.lead_id = l.id and la.kind = 'email' and la.detached_at is null
                   and a.suppressed_at is null and coalesce(a.deliverability, la.deliverability, '') not in ('Invalid', 'Unavailable'))
           and not exists (select 1 from touch t where t.lead_id = l.id and t.channel = 'email' and t.state <> 'planned')
        """;

    internal const string StockSql = $"select count(*) from lead l where {Open} and {ToBeEmailed}";

    internal const string Mailboxes = "select zone, daily_cap, warm_since from sender where channel = 'email' and paused_at is null order by id";

    internal const string RecentDays = """
        select d.day, sum(d.begun) as sent from sender_day d join sender s on s.id = d.sender_id where s.channel = 'email' and d.day < @today group by d.day order by d.day desc limit 3
        """;

    public Task<SavedSearch?> SearchAsync(string searchId) => store.ReadAsync(async s =>
        await s.FirstOrDefaultAsync<Row>(SearchRow, new { id = searchId }) is { } r
            ? new SavedSearch(r.Id, r.Name, r.Source, JsonSerializer.Deserialize<SearchFilter>(r.Filter)!, (int)r.Page, r.LastSearchedAt, r.ExhaustedAt, r.PausedAt)
            : null);

    public Task<int> KeepPageAsync(SavedSearch search, SearchReply page, bool exhausted, Instant now) => store.WriteAsync(async s =>
    {
        var added = 0;
        foreach (var p in page.People.OrderBy(p => p.ExternalId, StringComparer.Ordinal))
        {
            var reason = p.HasEmail ? null : "the source has no e-mail address";
            added += await s.ExecuteAsync(KeepFound, new { source = search.Source, external = p.ExternalId, search = search.Id, state = reason is null ? "found" : "cannot", reason, dropped = Dropped, now });
        }

        await s.ExecuteAsync(MoveCursor, new { id = search.Id, page = exhausted ? 1L : search.Page + 1L, now, exhausted = exhausted ? now : (Instant?)null });
        return added;
    });

    public Task<long> BacklogAsync(string searchId) => store.ReadAsync(async s => await s.ScalarAsync<long>(Backlog, new { search = searchId }));

    public Task<Purchase?> TryOrderAsync(SavedSearch search, PurchaseLimits limits, int most, Instant now) => store.WriteAsync<Purchase?>(async s =>
    {
        var people = await s.QueryAsync<string>(ToBuy, new { search = search.Id, most });
        if (people.Count == 0) return null;
        var purchase = new Purchase(ids.New("pur"), search.Source, people.Order(StringComparer.Ordinal).ToList(), limits.Day);
        foreach (var external in purchase.ExternalIds)
            if (await s.ExecuteAsync(Ask, new { source = search.Source, external, purchase = purchase.Id, now }) == 0) throw new RollBackException(null!); // somebody else asks for them just now
        var credits = people.Count * 1000L;
        var micro = limits.Micro(people.Count);
        if (await s.ExecuteAsync(ReserveCredits, new { day = limits.Day, credits, micro, cap = limits.Credits * 1000L }) == 0) throw new RollBackException(null!);
        if (await s.ExecuteAsync(ReserveMoney, new { day = limits.Day, micro, cap = limits.BudgetMicro }) == 0) throw new RollBackException(null!);
        return purchase;
    });

    public Task GiveBackAsync(Purchase purchase, PurchaseLimits limits, Instant now) => store.WriteAsync(async s =>
    {
        var given = 0;
        foreach (var external in purchase.ExternalIds) given += await s.ExecuteAsync(FindAgain, new { source = purchase.Source, external, purchase = purchase.Id });
        if (given == purchase.ExternalIds.Count) await CorrectAsync(s, purchase, limits, 0);
    });

    public async Task<int> KeepBoughtAsync(Purchase purchase, PurchaseLimits limits, EnrichReply reply, Instant now)
    {
        // Paid: first all of it is kept, in one commit with what it cost. Then each person is a commit of its own, as in an import; a death in
        // between is finished from what was kept, and nobody is asked for twice.
        var batch = new ImportBatch(ids.New("imp"), $"{purchase.Source} {purchase.Id}", purchase.Id, purchase.Source, now, null, null);
        await store.WriteAsync(async s =>
        {
            await SqlIntake.OpenBatchAsync(s, batch);
            await s.ExecuteAsync(KeepReply, new { id = purchase.Id, source = purchase.Source, batch = batch.Id, day = purchase.Day, reply = JsonSerializer.Serialize(reply), now });
            await CorrectAsync(s, purchase, limits, reply.Credits);
        });
        return await FinishAsync(purchase, batch, reply, now);
    }

    public async Task<int> FinishBoughtAsync(Instant boughtBefore, Instant now)
    {
        var made = 0;
        foreach (var kept in await store.ReadAsync(s => s.QueryAsync<Kept>(UnkeptReplies, new { before = boughtBefore })))
        {
            var people = await store.ReadAsync(s => s.QueryAsync<string>(AskedIn, new { id = kept.Id }));
            var purchase = new Purchase(kept.Id, kept.Source, people.ToList(), kept.Day);
            var batch = new ImportBatch(kept.BatchId, $"{kept.Source} {kept.Id}", kept.Id, kept.Source, kept.BoughtAt, null, null);
            made += await FinishAsync(purchase, batch, JsonSerializer.Deserialize<EnrichReply>(kept.Reply)!, now);
        }

        return made;
    }

    private async Task<int> FinishAsync(Purchase purchase, ImportBatch batch, EnrichReply reply, Instant now)
    {
        var bought = reply.People.DistinctBy(p => p.ExternalId).ToDictionary(p => p.ExternalId);
        var line = 0;
        foreach (var external in purchase.ExternalIds) await KeepAsync(purchase, batch, external, bought.GetValueOrDefault(external), ++line);

        return await store.WriteAsync(async s =>
        {
            var became = (await s.QueryAsync<Became>(BecameOf, new { id = purchase.Id })).ToDictionary(b => b.State, b => (int)b.People);
            var created = became.GetValueOrDefault("lead");
            await s.ExecuteAsync(CloseReply, new { id = purchase.Id, now });
            await SqlIntake.CloseBatchAsync(s, batch.Id, now, line, created, 0, became.GetValueOrDefault("duplicate"), line - created - became.GetValueOrDefault("duplicate"));
            if (created > 0) await s.ExecuteAsync(IncidentVerbs.Close, new { kind = "zero-leads", subject = purchase.Source, now });
            await s.ExecuteAsync(IncidentVerbs.Close, new { kind = "out-of-credits", subject = purchase.Source, now });
            await DeskVerbs.WakeAsync(s, "intake", "all", now);
            return created;
        });
    }

    public Task ForgetAsync(Purchase purchase, string reason, Instant now) => store.WriteAsync(async s =>
    {
        foreach (var external in purchase.ExternalIds)
            await s.ExecuteAsync(Settle, new { source = purchase.Source, external, purchase = purchase.Id, state = "unknown", reason, lead = (string?)null, raw = (string?)null });
    });

    public Task<int> ForgetUnfinishedAsync(Instant askedBefore, Instant now) => store.WriteAsync(async s =>
    {
        const string why = "the process ended before the answer came; it may have been paid";
        var rows = await s.QueryAsync<Asked>(Unfinished, new { before = askedBefore });
        foreach (var r in rows)
            await s.ExecuteAsync(Settle, new { source = r.Source, external = r.ExternalId, purchase = r.PurchaseId, state = "unknown", reason = why, lead = (string?)null, raw = (string?)null });
        foreach (var purchase in rows.GroupBy(r => r.PurchaseId))
            await IncidentVerbs.OpenAndTellAsync(s, ids, "purchase-unknown", purchase.Key, $"{why}; {purchase.Count()} people count as bought and are not asked for again", now);
        return rows.Count;
    });

    public Task PauseAsync(string searchId, string reason, Instant now) => store.WriteAsync(async s => { await s.ExecuteAsync(PauseSearch, new { id = searchId, now, reason }); });

    public Task<StockFacts> StockAsync(Instant now) => store.ReadAsync(async s =>
    {
        var mailboxes = await s.QueryAsync<Box>(Mailboxes);
        var today = mailboxes.Count == 0 ? default : Pace.DayOf(now, mailboxes[0].Zone);
        var recent = await s.QueryAsync<Day>(RecentDays, new { today });
        return new StockFacts(
            await s.ScalarAsync<long>(StockSql),
            mailboxes.Sum(m => (long)WarmUp.CapOn(Pace.DayOf(now, m.Zone), m.WarmSince, (int)m.DailyCap)),
            recent.Count == 0 ? 0 : recent.Average(d => (double)d.Sent));
    });

    private async Task KeepAsync(Purchase purchase, ImportBatch batch, string external, EnrichedProspect? person, int line)
    {
        var (row, fault) = person is null ? (null, "the source does not know this person any more") : ProspectRow.Of(person, line);
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var state = await store.WriteAsync<string?>(async s =>
            {
                string? lead = null, state = "cannot", reason = fault;
                if (await s.ScalarAsync<long>(StillAsked, new { source = purchase.Source, external, purchase = purchase.Id }) == 0) return "kept before";
                if (row is not null)
                {
                    if (await intake.TakeAsync(s, batch, row) is not { } outcome) throw new RollBackException(null!);
                    (lead, state, reason) = (outcome.LeadId, outcome.Result == "created" ? "lead" : outcome.Result == "rejected" ? "cannot" : "duplicate", outcome.Fault?.Reason);
                }

                await s.ExecuteAsync(Settle, new { source = purchase.Source, external, purchase = purchase.Id, state, reason, lead, raw = person?.Raw });
                return state;
            });
            if (state is not null) return;
        }

        throw new InvalidOperationException($"prospect {external}: its people were changed by somebody else again and again");
    }

    /// <summary>What was set aside becomes what was charged.</summary>
    private static async Task CorrectAsync(SqlSession s, Purchase purchase, PurchaseLimits limits, decimal charged)
    {
        var credits = (long)(charged * 1000m) - purchase.ExternalIds.Count * 1000L;
        var micro = limits.Micro(charged) - limits.Micro(purchase.ExternalIds.Count);
        if (credits == 0 && micro == 0) return;
        await s.ExecuteAsync(CorrectCredits, new { day = purchase.Day, credits, micro });
        await s.ExecuteAsync(CorrectMoney, new { day = purchase.Day, micro });
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public string Name { get; init; } = "";
        public string Source { get; init; } = "";
        public string Filter { get; init; } = "";
        public long Page { get; init; }
        public Instant? LastSearchedAt { get; init; }
        public Instant? ExhaustedAt { get; init; }
        public Instant? PausedAt { get; init; }
    }

    private sealed class Kept
    {
        public string Id { get; init; } = "";
        public string Source { get; init; } = "";
        public string BatchId { get; init; } = "";
        public LocalDate Day { get; init; }
        public string Reply { get; init; } = "";
        public Instant BoughtAt { get; init; }
    }

    private sealed class Became
    {
        public string State { get; init; } = "";
        public long People { get; init; }
    }

    private sealed class Asked
    {
        public string Source { get; init; } = "";
        public string ExternalId { get; init; } = "";
        public string PurchaseId { get; init; } = "";
    }

    private sealed class Box
    {
        public string Zone { get; init; } = "";
        public long DailyCap { get; init; }
        public LocalDate? WarmSince { get; init; }
    }

    private sealed class Day
    {
        public decimal Sent { get; init; }
    }
}
