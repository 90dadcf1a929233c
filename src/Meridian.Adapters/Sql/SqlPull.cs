using System.Text.Json;
using Meridian.Domain.Leads;
using Meridian.Domain.Pacing;
using Meridian.Domain.Pulling;
using Meridian.Engine;
using Meridian.Engine.Pulling;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Pulls from the CRM on the ledger. A contact becomes a lead by the same door as an imported row, and is counted on the day in the same commit.</summary>
public sealed partial class SqlPull(SqlStore store, IIds ids) : IPullBook
{
    private const string Source = "highlevel";

    /// <summary>A search desk rests a day at most; one that has not taken a turn for longer has not run.</summary>
    private static readonly Duration LongestRest = Duration.FromHours(26);

    /// <summary>How long somebody new may have no offer yet.</summary>
    private static readonly Duration Unplanned = Duration.FromHours(1);

    private readonly SqlIntake intake = new(ids);

    internal const string Searches = """
        select (select count(*) from search where paused_at is null) as enabled,
               (select count(*) from search s where s.paused_at is null and not exists (select 1 from desk d where d.kind = 'search' and d.key = s.id and d.last_turn_at >= @since)) as not_run,
               (select count(*) from prospect p join search s on s.id = p.search_id where s.paused_at is null and p.state = 'found') as buyable,
               (select count(*) from incident where kind in ('zero-leads', 'out-of-credits') and subject <> 'pull' and closed_at is null) as refused,
               (select count(*) from incident where kind = 'zero-leads' and closed_at is null) as told,
               (select count(*) from (select 1 as one from lead limit 1) l) as people
        """;

    // Whom nobody has contacted yet and somebody may: by an e-mail, by an offer that waits for nothing but its hour, or an import so young that nothing is planned.
    internal const string Left = $"""
        select count(*) from (select 1 as one from lead l where {SqlProspects.Open}
           and l.id not in (select p.lead_id from pull_contact p where p.state = 'pulled' and p.looked_at >= @today and p.lead_id is not null)
           and (({SqlProspects.ToBeEmailed})
                or (exists (select 1 from touch t where t.lead_id = l.id and t.state = 'planned' and t.parked_reason is null) and not exists (select 1 from touch t where t.lead_id = l.id and t.begun_at is not null))
                or (l.created_at > @young and not exists (select 1 from touch t where t.lead_id = l.id))) limit 1) l
        """;

    internal const string ToEmail = $"select count(*) from (select 1 as one from lead l where {SqlProspects.Open} and {SqlProspects.ToBeEmailed} limit 1) l";

    internal const string PulledOn = "select pulled from pull_day where day = @day";

    internal const string Due = "select count(*) from pull_contact where source = @source and external_id = @id and (look_again_at is null or (look_again_at > @now and filter_hash = @filter))";

    internal const string KnownByRef = "select lead_id from lead_ref where source = @source and external_id = @id";

    internal const string KnownByAddress = "select lead_id from lead_address where address_id = @address and role <> 'company' order by lead_id limit 1";

    internal const string Keep = """
        insert into pull_contact (source, external_id, state, why, filter_hash, looked_at, look_again_at, lead_id) values (@source, @id, @state, @why, @filter, @now, @again, @lead)
            on conflict (source, external_id) do update set state = excluded.state, why = excluded.why, filter_hash = excluded.filter_hash, looked_at = excluded.looked_at,
                   look_again_at = excluded.look_again_at, lead_id = excluded.lead_id
             where pull_contact.state <> 'pulled'
        """;

    internal const string Count = """
        insert into pull_day (day, pulled) select @day, 1 where 1 <= @most
            on conflict (day) do update set pulled = pull_day.pulled + 1 where pull_day.pulled + 1 <= @most
        """;

    internal const string OpenPullBatch = """
        insert into import_batch (id, file_name, file_hash, started_at) values (@id, @file, @hash, @now) on conflict (id) do nothing
        """;

    internal const string LinesOf = "select count(*) from import_row where batch_id = @batch";

    internal const string CountLine = """
        update import_batch set finished_at = @now, row_count = row_count + 1, created = created + @created, updated = updated + @updated, duplicate = duplicate + @duplicate, rejected = rejected + @rejected where id = @batch
        """;

    internal const string Walk = "select after, ended_at from pull_walk where filter_hash = @hash";

    internal const string Move = """
        insert into pull_walk (filter_hash, after, ended_at) values (@hash, @after, @ended) on conflict (filter_hash) do update set after = excluded.after, ended_at = excluded.ended_at
        """;

    public Task<PullNeed> NeedAsync(LocalDate day, string zone, Instant now) => store.ReadAsync(s => NeedAsync(s, day, zone, now));

    private static async Task<PullNeed> NeedAsync(SqlSession s, LocalDate day, string zone, Instant now)
    {
        var row = (await s.FirstOrDefaultAsync<SearchesRow>(Searches, new { since = now - LongestRest }))!;
        return new PullNeed(
            await s.ScalarAsync<long>(ToEmail) > 0, await s.ScalarAsync<long>(Left, new { today = Pace.DayStarts(day, zone), young = now - Unplanned }) > 0, row.Enabled, row.NotRun, row.Buyable, row.Refused > 0, (int)(await s.ScalarAsync<long?>(PulledOn, new { day }) ?? 0), row.People > 0, row.Told > 0);
    }

    public Task<IReadOnlyList<string>> ToLookAtAsync(IReadOnlyList<string> contactIds, string filterHash, Instant now) => store.ReadAsync<IReadOnlyList<string>>(async s =>
    {
        var due = new List<string>();
        foreach (var id in contactIds)
            if (await s.ScalarAsync<long>(Due, new { source = Source, id, filter = filterHash, now }) == 0) due.Add(id);
        return due;
    });

    public Task<PullKnown?> KnownAsync(CrmContact contact) => store.ReadAsync(async s =>
    {
        var addresses = ContactRow.Of(contact, 0).Addresses;
        foreach (var a in addresses)
            if (await s.ScalarAsync<long>(SqlIntake.SuppressedAddress, new { address = a.Id }) > 0) return new PullKnown(PullState.OptedOut, "an address of theirs asked us to stop");
        foreach (var a in addresses)
            if (await s.ScalarAsync<long>(SqlIntake.ErasedAddress, new { address = a.Id }) > 0) return new PullKnown(PullState.OptedOut, "they asked to be erased");
        if (await s.FirstOrDefaultAsync<string>(KnownByRef, new { source = Source, id = contact.Id }) is { } known) return new PullKnown(PullState.Known, $"known here as {known}");
        foreach (var a in addresses)
            if (await s.FirstOrDefaultAsync<string>(KnownByAddress, new { address = a.Id }) is { } lead) return new PullKnown(PullState.Known, $"known here as {lead}, by {(a.Kind == AddressKind.Email ? "e-mail address" : "telephone number")}");
        return (PullKnown?)null;
    });

    public Task KeepAsync(string contactId, PullState state, string why, Instant? lookAgain, string filterHash, Instant now) =>
        store.WriteAsync(async s => { await s.ExecuteAsync(Keep, new { source = Source, id = contactId, state = Words.Of(state), why, filter = filterHash, now, again = lookAgain, lead = (string?)null }); });

    public async Task<PullTaken> TakeAsync(PullBatch batch, CrmContact contact, Instant now)
    {
        var rows = new ImportBatch(batch.Id, $"HighLevel contacts {batch.Filter.Filter}, a filter confirmed by {batch.Filter.ConfirmedBy}", batch.Filter.Hash, Source, now, null, null);
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (await store.WriteAsync<PullTaken?>(s => TakeAsync(s, batch, rows, contact, now)) is { } taken) return taken;
        }

        throw new InvalidOperationException($"contact {contact.Id}: its people were changed by somebody else again and again");
    }

    private async Task<PullTaken?> TakeAsync(SqlSession s, PullBatch pull, ImportBatch batch, CrmContact contact, Instant now)
    {
        // The confirmation is locked first: whoever takes it back waits for this person, and nobody comes after.
        if (await s.ExecuteAsync(HoldConfirmed, new { key = Confirmed }) == 0 || JsonSerializer.Deserialize<ConfirmationWritten>((await s.ScalarAsync<string>(SettingOf, new { key = Confirmed }))!, SqlIntake.Json)!.Hash != pull.Filter.Hash)
            throw new RollBackException(PullTaken.Withdrawn);
        // Looking took minutes, and an import may have come in between.
        if (!(await NeedAsync(s, pull.Day, pull.Zone, now)).IsZero) throw new RollBackException(PullTaken.NoNeed);
        await s.ExecuteAsync(OpenPullBatch, new { id = batch.Id, file = batch.FileName, hash = batch.FileHash, now });
        var line = (int)await s.ScalarAsync<long>(LinesOf, new { batch = batch.Id }) + 1;
        if (await intake.TakeAsync(s, batch, ContactRow.Of(contact, line)) is not { } outcome) throw new RollBackException(null!);

        var isNew = outcome.Result == "created" && outcome.OptedOut == 0;
        // Whoever is merged into a person we have, or found to have said no at this very moment, is nobody new: they are not counted, and the reason stays.
        var state = isNew ? PullState.Pulled : outcome.OptedOut > 0 ? PullState.OptedOut : outcome.Result == "rejected" ? PullState.Excluded : PullState.Known;
        var again = state is PullState.Excluded or PullState.Known ? now + Duration.FromDays(30) : (Instant?)null;
        var why = isNew ? null : string.Join("; ", outcome.Warnings.Append(outcome.Fault?.Reason).OfType<string>().DefaultIfEmpty(state == PullState.Known ? $"known here as {outcome.LeadId}" : "an address of theirs asked us to stop"));
        if (await s.ExecuteAsync(Keep, new { source = Source, id = contact.Id, state = Words.Of(state), why, filter = pull.Filter.Hash, now, again, lead = outcome.LeadId }) == 0) throw new RollBackException(PullTaken.Elsewhere);
        await s.ExecuteAsync(CountLine, new
        {
            batch = batch.Id,
            now,
            created = outcome.Result == "created" ? 1L : 0L,
            updated = outcome.Result == "updated" ? 1L : 0L,
            duplicate = outcome.Result == "duplicate" ? 1L : 0L,
            rejected = outcome.Result == "rejected" ? 1L : 0L,
        });
        if (!isNew) return PullTaken.NotNew;
        if (await s.ExecuteAsync(Count, new { day = pull.Day, most = (long)pull.Most }) == 0) throw new RollBackException(PullTaken.DayFull);
        await DeskVerbs.WakeAsync(s, "intake", "all", now);
        return PullTaken.Pulled;
    }

    public Task<PullWalk> WalkAsync(string filterHash) => store.ReadAsync(async s =>
        await s.FirstOrDefaultAsync<WalkRow>(Walk, new { hash = filterHash }) is { } row ? new PullWalk(row.After, row.EndedAt) : new PullWalk(null, null));

    public Task MoveAsync(string filterHash, string? after, Instant? ended) => store.WriteAsync(async s => { await s.ExecuteAsync(Move, new { hash = filterHash, after, ended }); });

    private sealed class SearchesRow
    {
        public long Enabled { get; init; }
        public long NotRun { get; init; }
        public long Buyable { get; init; }
        public long Refused { get; init; }
        public long Told { get; init; }
        public long People { get; init; }
    }

    private sealed class WalkRow
    {
        public string? After { get; init; }
        public Instant? EndedAt { get; init; }
    }
}
