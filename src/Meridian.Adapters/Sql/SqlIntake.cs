using System.Text.Json;
using Meridian.Adapters.Csv;
using Meridian.Domain.Leads;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>
/// Writes imported rows, each whole or not at all, in the ledger's lock order: the addresses first, then company, lead, the rest. What a row
/// changed is kept beside it, as it was and as it became, so that the batch can be undone without undoing anybody else.
/// </summary>
internal sealed partial class SqlIntake(IIds ids)
{
    internal const string DoNotCallReason = "do not call (import)";

    internal const string FoundLaterReason = "belongs to a person who had opted out before it was found";

    internal const string InsertBatch = """
        insert into import_batch (id, file_name, file_hash, started_at, attested_by, attestation) values (@id, @file, @hash, @now, @attested, @attestation)
        """;

    internal const string FinishBatch = """
        update import_batch set finished_at = @now, row_count = @rows, created = @created, updated = @updated, duplicate = @duplicate, rejected = @rejected where id = @id
        """;

    internal const string InsertRow = """
        insert into import_row (batch_id, line, result, lead_id, field, value, reason, warnings, before, after)
        values (@batch, @line, @result, @lead, @field, @value, @reason, @warnings, @before, @after)
        """;

    // Attaching writes the address first; what it answers is what the person inherits.
    internal const string TouchAddress = """
        insert into address_key (id, kind, writes) values (@address, @kind, 1)
            on conflict (id) do update set writes = address_key.writes + 1 returning case when suppressed_at is null then 0 else 1 end
        """;

    internal const string JoinCompany = """
        insert into company (id, natural_key, name, domain, created_at) values (@id, @key, @name, @domain, @now)
            on conflict (id) do update set revision = company.revision + 1
        """;

    internal const string HoldLead = "update lead set revision = revision where id = @lead";

    internal const string InsertLead = """
        insert into lead (id, company_id, first_name, last_name, title, street, city, state, postal_code, company_state, country, stated_zone, source, batch_id, opted_out_at, created_at)
        values (@id, @company_id, @first_name, @last_name, @title, @street, @city, @state, @postal_code, @company_state, @country, @stated_zone, @source, @batch, @opted_out, @now)
        """;

    internal const string Attach = """
        insert into lead_address (lead_id, address_id, kind, role, extension, deliverability, attached_at) values (@lead, @address, @kind, @role, @extension, @deliverability, @now)
            on conflict (lead_id, address_id) do update set role = excluded.role, extension = excluded.extension, deliverability = excluded.deliverability,
                   attached_at = excluded.attached_at, detached_at = null
             where lead_address.detached_at is not null
        """;

    internal const string FillDeliverability = """
        update lead_address set deliverability = @deliverability where lead_id = @lead and address_id = @address and deliverability is null
        """;

    internal const string InsertRef = """
        insert into lead_ref (source, external_id, lead_id) values (@source, @id, @lead) on conflict (source, external_id) do nothing
        """;

    internal const string KnowsDoNotCall = "select count(*) from suppression where address_id = @address and source = 'import' and reason = @reason";

    internal const string OptedOutLead = "select count(*) from lead where id = @lead and opted_out_at is not null";

    internal const string SuppressedAddress = "select count(*) from address_key where id = @address and suppressed_at is not null";

    internal const string ErasedAddress = "select count(*) from address_key where id = @address and erased_at is not null";

    internal static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>SQLite has one writer, so rows may share a commit; in PostgreSQL each row is its own, or two rows' locks would be out of order.</summary>
    public static int RowsPerCommit(SqlDialect dialect) => dialect == SqlDialect.Sqlite ? 50 : 1;

    public static Task OpenBatchAsync(SqlSession s, ImportBatch batch) => s.ExecuteAsync(InsertBatch, new
    {
        id = batch.Id,
        file = batch.FileName,
        hash = batch.FileHash,
        now = batch.At,
        attested = batch.AttestedBy,
        attestation = batch.Attestation,
    });

    public Task RejectAsync(SqlSession s, ImportBatch batch, int line, RowFault fault, IReadOnlyList<string> warnings) =>
        KeepRowAsync(s, batch, line, "rejected", null, fault, warnings, null, null);

    /// <summary>Takes one row. Null: somebody changed its people or addresses at this very moment; roll back and take it again.</summary>
    public async Task<RowOutcome?> TakeAsync(SqlSession s, ImportBatch batch, ImportRow row)
    {
        var warnings = new List<string>(row.Warnings);
        var match = await MatchAsync(s, batch, row, warnings);
        // Addresses, in order: the row's, and for a do-not-call everything its people hold. What is found later of somebody who said no is closed with them,
        // whether we knew them by then or only the address they said it by.
        var wasOut = match is not null && await s.ScalarAsync<long>(OptedOutLead, new { lead = match }) > 0;
        var inherits = !row.DoNotCall && !wasOut && await BringsAsync(s, row, suppressed: true);
        var foundLater = !row.DoNotCall && (inherits || wasOut && await BringsAsync(s, row, suppressed: false));
        var order = new OptOutOrder([.. row.Addresses.Select(a => a.Id)], match, foundLater ? FoundLaterReason : DoNotCallReason, "import", $"{batch.Id} line {row.Line}", batch.At,
            CompanyLines: [.. row.Addresses.Where(a => a.Role == AddressRole.Company).Select(a => a.Id)]);
        if (row.Unusable is { } fault && (match is null || !row.DoNotCall)) return await RefuseAsync(s, batch, row, fault, order);
        if (await ErasedOfAsync(s, row, match) is { } erased) return await RefuseAsync(s, batch, row, erased, order);
        var reach = row.DoNotCall || foundLater ? await SqlPeopleLedger.ReachAsync(s, order) : null;
        if (reach is not null && match is not null && !foundLater && await IsKnownAsync(s, reach)) reach = null;
        var news = reach is null ? null : await NewsOfAsync(s, reach);
        var isSuppressed = await LockAddressesAsync(s, row, order, reach);

        var company = await JoinCompanyAsync(s, batch, row, match);
        if (reach is not null) await SqlPeopleLedger.OptLeadsOutAsync(s, order, reach);
        if (match is not null) await s.ExecuteAsync(HoldLead, new { lead = match });

        // One writer in SQLite; in PostgreSQL somebody may have come between the reading and the locks.
        if (s.Dialect != SqlDialect.Sqlite)
        {
            if (await MatchAsync(s, batch, row, []) != match || await ErasedOfAsync(s, row, match) is not null) return null;
            if (reach is null && (match is not null && wasOut != await s.ScalarAsync<long>(OptedOutLead, new { lead = match }) > 0 || isSuppressed && !wasOut && !row.DoNotCall)) return null;
            if (reach is not null && await SqlPeopleLedger.HasGrownAsync(s, order, reach)) return null;
        }

        var optsOut = row.DoNotCall || isSuppressed;
        if (inherits) warnings.Add("an address of this person had opted out before: the person is never contacted");
        var outcome = match is null
            ? await CreateAsync(s, batch, row, company, optsOut, warnings)
            : await MergeAsync(s, batch, row, match, company, optsOut, news, warnings);
        if (reach is not null)
        {
            var calls = await SqlPeopleLedger.EndAsync(s, ids, order, reach);
            outcome = outcome with { Suppressed = news!.Addresses, OptedOut = outcome.OptedOut + news.People, LiveCalls = calls };
        }

        await KeepRowAsync(s, batch, row.Line, outcome.Result, outcome.LeadId, null, warnings, outcome.Before, outcome.After);
        return outcome;
    }

    /// <summary>The same do-not-call was imported before, and nothing was added since.</summary>
    private static async Task<bool> IsKnownAsync(SqlSession s, SqlPeopleLedger.Reach reach)
    {
        foreach (var address in reach.Addresses)
            if (await s.ScalarAsync<long>(KnowsDoNotCall, new { address, reason = DoNotCallReason }) == 0) return false;
        foreach (var lead in reach.Leads)
            if (await s.ScalarAsync<long>(OptedOutLead, new { lead }) == 0) return false;
        return true;
    }

    /// <summary>The row is not taken in, but a "do not call" in it closes every address it names all the same.</summary>
    private async Task<RowOutcome?> RefuseAsync(SqlSession s, ImportBatch batch, ImportRow row, RowFault fault, OptOutOrder order)
    {
        IReadOnlyList<string> calls = [];
        if (row.DoNotCall && row.Addresses.Count > 0)
        {
            var reach = await SqlPeopleLedger.ReachAsync(s, order);
            await SqlPeopleLedger.SuppressAsync(s, order, reach);
            await SqlPeopleLedger.OptLeadsOutAsync(s, order, reach);
            if (s.Dialect != SqlDialect.Sqlite && await SqlPeopleLedger.HasGrownAsync(s, order, reach)) return null;
            calls = await SqlPeopleLedger.EndAsync(s, ids, order, reach);
        }

        await RejectAsync(s, batch, row.Line, fault, row.Warnings);
        return new RowOutcome("rejected", null, fault, row.Warnings) { LiveCalls = calls };
    }

    /// <summary>Somebody who asked to be erased does not come back with the next file.</summary>
    private static async Task<RowFault?> ErasedOfAsync(SqlSession s, ImportRow row, string? match)
    {
        const string why = "this person asked to be erased: take them out of the file too";
        foreach (var own in row.Addresses.Where(a => a.Role != AddressRole.Company))
            if (await s.ScalarAsync<long>(ErasedAddress, new { address = own.Id }) > 0) return new RowFault(own.Kind == AddressKind.Email ? "email" : "phone", own.Id, why);
        return match is not null && await s.ScalarAsync<long>(SqlRecords.IsErased, new { lead = match }) > 0 ? new RowFault("record id", row.RecordId ?? "", why) : null;
    }

    private static async Task<bool> BringsAsync(SqlSession s, ImportRow row, bool suppressed)
    {
        foreach (var own in row.Addresses.Where(a => a.Role != AddressRole.Company))
            if (await s.ScalarAsync<long>(SuppressedAddress, new { address = own.Id }) > 0 == suppressed) return true;
        return false;
    }

    private static async Task<OptOutNews> NewsOfAsync(SqlSession s, SqlPeopleLedger.Reach reach)
    {
        var (addresses, people) = (0, 0);
        foreach (var address in reach.Addresses) addresses += await s.ScalarAsync<long>(SuppressedAddress, new { address }) == 0 ? 1 : 0;
        foreach (var lead in reach.Leads) people += await s.ScalarAsync<long>(OptedOutLead, new { lead }) == 0 ? 1 : 0;
        return new OptOutNews(addresses, people);
    }

    /// <summary>True when one of the person's own addresses is suppressed. A suppressed company line is not dialled, but it says nothing about a colleague.</summary>
    private static async Task<bool> LockAddressesAsync(SqlSession s, ImportRow row, OptOutOrder order, SqlPeopleLedger.Reach? reach)
    {
        if (reach is not null)
        {
            await SqlPeopleLedger.SuppressAsync(s, order, reach); // holds all of the row's
            return true;
        }

        var suppressed = false;
        foreach (var a in row.Addresses.OrderBy(a => a.Id, StringComparer.Ordinal))
            suppressed |= await s.ScalarAsync<long>(TouchAddress, new { address = a.Id, kind = Words.Of(a.Kind) }) == 1 && a.Role != AddressRole.Company;
        return suppressed;
    }

    private static async Task<string?> JoinCompanyAsync(SqlSession s, ImportBatch batch, ImportRow row, string? match)
    {
        if (row.Company is not { } company) return null;
        if (match is not null && await s.FirstOrDefaultAsync<string>("select company_id from lead where id = @lead", new { lead = match }) is not null) return company.Id;
        await s.ExecuteAsync(JoinCompany, new { id = company.Id, key = company.NaturalKey, name = row.CompanyName ?? company.NaturalKey, domain = company.Domain, now = batch.At });
        return company.Id;
    }

    private async Task<RowOutcome> CreateAsync(SqlSession s, ImportBatch batch, ImportRow row, string? company, bool optsOut, List<string> warnings)
    {
        var lead = ids.New("led");
        var p = row.Person;
        await s.ExecuteAsync(InsertLead, new
        {
            id = lead,
            company_id = company,
            first_name = p.FirstName,
            last_name = p.LastName,
            title = p.Title,
            street = p.Street,
            city = p.City,
            state = p.State,
            postal_code = p.PostalCode,
            company_state = p.CompanyState,
            country = p.Country,
            stated_zone = p.StatedZone,
            source = p.Source,
            batch = batch.Id,
            opted_out = optsOut ? batch.At : (Instant?)null,
            now = batch.At,
        });
        var after = new RowImage();
        foreach (var (field, value) in Fields(row, company).Where(f => f.Value is not null)) after.Lead[field] = value;
        foreach (var a in row.Addresses)
        {
            await AttachAsync(s, batch, lead, a);
            after.Addresses.Add(a.Id);
        }

        await KeepRefsAsync(s, batch, row, lead, after);
        var consents = await TakeConsentsAsync(s, batch, row, lead, new RowImage(), after, isNew: true, warnings);
        return new RowOutcome("created", lead, null, warnings)
        {
            After = JsonSerializer.Serialize(after, Json),
            Recorded = consents.Recorded,
            Claimed = consents.Claimed,
            OptedOut = optsOut ? 1 : 0,
        };
    }

    private static Task AttachAsync(SqlSession s, ImportBatch batch, string lead, RowAddress a) => s.ExecuteAsync(Attach, new
    {
        lead,
        address = a.Id,
        kind = Words.Of(a.Kind),
        role = Words.Of(a.Role),
        extension = a.Extension,
        deliverability = a.Deliverability,
        now = batch.At,
    });

    private async Task KeepRefsAsync(SqlSession s, ImportBatch batch, ImportRow row, string lead, RowImage after)
    {
        foreach (var (source, id) in RefsOf(batch, row))
            if (await s.ExecuteAsync(InsertRef, new { source, id, lead }) == 1) after.Refs.Add($"{source} {id}");
    }

    private static Task KeepRowAsync(
        SqlSession s, ImportBatch batch, int line, string result, string? lead, RowFault? fault, IReadOnlyList<string> warnings, string? before, string? after) =>
        s.ExecuteAsync(InsertRow, new
        {
            batch = batch.Id,
            line,
            result,
            lead,
            field = fault?.Field,
            value = fault?.Value,
            reason = fault?.Reason,
            warnings = warnings.Count == 0 ? null : JsonSerializer.Serialize(warnings, Json),
            before,
            after,
        });

    public static Task CloseBatchAsync(SqlSession s, string batchId, Instant now, int rows, int created, int updated, int duplicate, int rejected) =>
        s.ExecuteAsync(FinishBatch, new { id = batchId, now, rows, created, updated, duplicate, rejected });

    /// <summary>The lead's columns that an import fills.</summary>
    private static IEnumerable<(string Name, string? Value)> Fields(ImportRow row, string? company)
    {
        var p = row.Person;
        return
        [
            ("company_id", company), ("first_name", p.FirstName), ("last_name", p.LastName), ("title", p.Title), ("street", p.Street), ("city", p.City), ("state", p.State),
            ("postal_code", p.PostalCode), ("company_state", p.CompanyState), ("country", p.Country), ("stated_zone", p.StatedZone), ("source", p.Source),
        ];
    }
}

/// <summary>A batch while it is being written.</summary>
/// <param name="Source">Where its record ids are kept, as <c>import:crm</c>.</param>
/// <param name="Attestation">What the person who attests it stated; null when nobody does.</param>
internal sealed record ImportBatch(string Id, string FileName, string FileHash, string Source, Instant At, string? AttestedBy, string? Attestation);

/// <summary>What became of a row.</summary>
internal sealed record RowOutcome(string Result, string? LeadId, RowFault? Fault, IReadOnlyList<string> Warnings)
{
    public string? Before { get; init; }
    public string? After { get; init; }
    public int Recorded { get; init; }
    public int Claimed { get; init; }
    public int Suppressed { get; init; }
    public int OptedOut { get; init; }
    public IReadOnlyList<string> LiveCalls { get; init; } = [];
}

/// <summary>How many addresses and people a do-not-call reaches that nobody had closed before.</summary>
internal sealed record OptOutNews(int Addresses, int People);

/// <summary>What a row changed, before or after: only what it touched.</summary>
internal sealed record RowImage
{
    public SortedDictionary<string, string?> Lead { get; init; } = new(StringComparer.Ordinal);
    public List<string> Addresses { get; init; } = [];
    public SortedDictionary<string, string?> Deliverability { get; init; } = new(StringComparer.Ordinal);
    public List<string> Refs { get; init; } = [];
    public SortedDictionary<string, ConsentImage> Consents { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The row brought back a person whom an undo had detached.</summary>
    public bool Reattached { get; init; }
}

internal sealed record ConsentImage(string Status, string? Seller, string? TextVersion, string? Evidence, string? GivenOn, string? AttestedBy, string? Missing);
