using System.Text.Json;
using Meridian.Domain.Touches;
using Meridian.Engine.Intake;
using NodaTime;

namespace Meridian.Adapters.Sql;

internal sealed partial class SqlIntake
{
    private static readonly string[] LeadFields =
        ["company_id", "first_name", "last_name", "title", "street", "city", "state", "postal_code", "company_state", "country", "stated_zone", "source"];

    internal const string BatchNow = "select id, undone_at from import_batch where id = @batch";

    internal const string RowsBackwards = "select line, result, lead_id, before, after from import_row where batch_id = @batch and after is not null order by line desc";

    internal const string MarkUndone = "update import_batch set undone_at = @now where id = @batch and undone_at is null";

    internal const string HoldAddress = "update address_key set writes = writes + 1 where id = @address";

    internal const string BegunTouches = """
        select (select count(*) from touch where lead_id = @lead and begun_at is not null) + (select count(*) from call_task where lead_id = @lead and begun_at is not null)
        """;

    internal const string LaterBatch = """
        select r.batch_id from import_row r join import_batch b on b.id = r.batch_id
         where r.lead_id = @lead and r.batch_id <> @batch and r.result = 'updated' and b.undone_at is null order by b.started_at desc limit 1
        """;

    internal const string RefsNow = "select source, external_id from lead_ref where lead_id = @lead";

    internal const string Detach = "update lead set detached_at = coalesce(detached_at, @now), revision = revision + 1 where id = @lead";

    internal const string DetachAddress = "update lead_address set detached_at = @now where lead_id = @lead and address_id = @address and detached_at is null";

    internal const string RestoreDeliverability = """
        update lead_address set deliverability = @old where lead_id = @lead and address_id = @address and deliverability = @mine
        """;

    internal const string DeleteRef = "delete from lead_ref where source = @source and external_id = @id and lead_id = @lead";

    internal const string WithdrawConsent = """
        update consent set status = 'withdrawn', withdrawn_at = @now, missing = @missing where id = @id and status <> 'withdrawn'
        """;

    internal const string RestoreConsent = """
        update consent set status = @status, seller = @seller, text_version = @version, evidence = @evidence, given_on = @given, attested_by = @attested, missing = @missing
         where id = @id and status <> 'withdrawn'
        """;

    internal static readonly string[] DropLead =
    [
        "delete from call_task where lead_id = @lead",
        "delete from touch where lead_id = @lead and begun_at is null",
        "delete from enrollment where lead_id = @lead",
        "delete from consent where lead_id = @lead",
        "delete from crm_silence where contact_ref in (select external_id from lead_ref where lead_id = @lead and source = 'highlevel')",
        "delete from lead_ref where lead_id = @lead",
        "delete from crm_shown where lead_id = @lead",
        "delete from lead_address where lead_id = @lead",
        "delete from lead where id = @lead",
    ];

    /// <summary>Row by row, last line first; stopped half-way, the next undo goes on.</summary>
    public async Task<UndoReport> UndoAsync(SqlStore store, string batchId, string actor, Instant now, CancellationToken cancellation)
    {
        var batch = await store.ReadAsync(s => s.FirstOrDefaultAsync<BatchData>(BatchNow, new { batch = batchId }), cancellation)
            ?? throw new ImportFileException($"there is no import batch {batchId}: the report of the import names it");
        if (batch.UndoneAt is not null) return new UndoReport(batchId, WasUndone: true, 0, 0, 0, 0, []);

        var total = new UndoReport(batchId, WasUndone: false, 0, 0, 0, 0, []);
        var kept = new List<RowWarning>();
        var rows = await store.ReadAsync(s => s.QueryAsync<RowData>(RowsBackwards, new { batch = batchId }), cancellation);
        foreach (var chunk in rows.Chunk(RowsPerCommit(store.Dialect)))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var (row, undone) in chunk.Zip(await store.WriteAsync(s => UndoRowsAsync(s, batchId, chunk, now), CancellationToken.None)))
            {
                total = total with
                {
                    Deleted = total.Deleted + undone.Deleted,
                    Detached = total.Detached + undone.Detached,
                    Restored = total.Restored + undone.Restored,
                    ConsentsWithdrawn = total.ConsentsWithdrawn + undone.Consents,
                };
                kept.AddRange(undone.Kept.Select(text => new RowWarning((int)row.Line, text)));
            }
        }

        kept.Reverse();
        total = total with { Kept = kept };
        await store.WriteAsync(async s =>
        {
            if (await s.ExecuteAsync(MarkUndone, new { batch = batchId, now }) == 0) return;
            await AuditVerbs.WriteAsync(s, ids, now, actor, "undo-import", batchId, null, JsonSerializer.Serialize(total, Json));
            await DeskVerbs.WakeAsync(s, "intake", "all", now);
        }, CancellationToken.None);
        return total;
    }

    private static async Task<IReadOnlyList<RowUndo>> UndoRowsAsync(SqlSession s, string batch, RowData[] rows, Instant now)
    {
        var undone = new List<RowUndo>(rows.Length);
        foreach (var row in rows) undone.Add(await UndoRowAsync(s, batch, row, now));
        return undone;
    }

    private static Task<RowUndo> UndoRowAsync(SqlSession s, string batch, RowData row, Instant now)
    {
        var after = JsonSerializer.Deserialize<RowImage>(row.After!, Json)!;
        var before = row.Before is null ? new RowImage() : JsonSerializer.Deserialize<RowImage>(row.Before, Json)!;
        return row.Result == "created" ? UndoCreatedAsync(s, batch, row.LeadId!, after, now) : UndoMergedAsync(s, row.LeadId!, before, after, now);
    }

    private static async Task<RowUndo> UndoCreatedAsync(SqlSession s, string batch, string lead, RowImage after, Instant now)
    {
        foreach (var address in after.Addresses.Order(StringComparer.Ordinal)) await s.ExecuteAsync(HoldAddress, new { address });
        if (await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead }) == 0) return RowUndo.Nothing; // undone before, as far as it got
        var person = (await s.FirstOrDefaultAsync<LeadData>(LeadNow, new { lead }))!;

        // Contacted once, somebody must remember it: the person stays, and stays alone.
        if (await s.ScalarAsync<long>(BegunTouches, new { lead }) > 0)
        {
            await DetachAsync(s, lead, now);
            var (withdrawn, stay) = await UndoConsentsAsync(s, lead, new RowImage(), after, now);
            return new RowUndo(0, person.DetachedAt is null ? 1 : 0, 0, withdrawn, stay);
        }

        if (await WhyKeepAsync(s, lead, person, after) is { } edit)
        {
            var other = await s.FirstOrDefaultAsync<string>(LaterBatch, new { lead, batch });
            if (other is null) await DetachAsync(s, lead, now);
            var (withdrawn, stay) = await UndoConsentsAsync(s, lead, new RowImage(), after, now);
            var text = other is null ? $"{person.Name} is kept but no longer worked: {edit} later" : $"{person.Name} is kept: {edit} later, by import {other}";
            return new RowUndo(0, other is null && person.DetachedAt is null ? 1 : 0, 0, withdrawn, [text, .. stay]);
        }

        var consents = after.Consents.Count(c => c.Value.Status != "withdrawn");
        await SqlPeopleLedger.StopWalksAsync(s, lead, "its import was undone", SkippedReason.ImportUndone, now);
        foreach (var sql in DropLead) await s.ExecuteAsync(sql, new { lead });
        // The address rows stay: they are nobody's now, and what was learned or asked about an address outlives every import.
        return new RowUndo(1, 0, 0, consents, []);
    }

    private static async Task DetachAsync(SqlSession s, string lead, Instant now)
    {
        await s.ExecuteAsync(Detach, new { lead, now });
        await SqlPeopleLedger.StopWalksAsync(s, lead, "its import was undone", SkippedReason.ImportUndone, now);
    }

    /// <summary>What somebody else added to a person this import made; null when all of it is the import's own.</summary>
    private static async Task<string?> WhyKeepAsync(SqlSession s, string lead, LeadData now, RowImage after)
    {
        if (now.PausedAt is not null) return "the person was paused";
        // Their "no" is theirs, not their addresses' alone: the mended file may bring them under others.
        if (now.OptedOutAt > now.CreatedAt) return "the person opted out";
        foreach (var field in LeadFields)
            if (now.Of(field) != after.Lead.GetValueOrDefault(field)) return $"{field.Replace('_', ' ')} was changed";
        var held = await s.QueryAsync<HeldAddress>(AddressesNow, new { lead });
        if (held.FirstOrDefault(h => h.DetachedAt is null && !after.Addresses.Contains(h.AddressId)) is { } added) return $"{added.AddressId} was added";
        var consents = await s.QueryAsync<ConsentData>(ConsentsNow, new { lead });
        if (consents.Any(c => c.Missing != ImportUndone && !(after.Consents.TryGetValue(c.Id, out var mine) && mine == c.Image))) return "a consent was added or changed";
        var refs = await s.QueryAsync<RefData>(RefsNow, new { lead });
        return refs.FirstOrDefault(r => !after.Refs.Contains($"{r.Source} {r.ExternalId}")) is { } other && !other.Source.StartsWith("import:", StringComparison.Ordinal)
            ? $"{other.Source} was linked"
            : null;
    }

    private static async Task<RowUndo> UndoMergedAsync(SqlSession s, string lead, RowImage before, RowImage after, Instant now)
    {
        foreach (var address in after.Addresses.Order(StringComparer.Ordinal)) await s.ExecuteAsync(HoldAddress, new { address });
        if (await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead }) == 0) return RowUndo.Nothing;
        var known = (await s.FirstOrDefaultAsync<LeadData>(LeadNow, new { lead }))!;
        var kept = new List<string>();
        var changes = 0;

        if (after.Reattached) await DetachAsync(s, lead, now);
        foreach (var (field, mine) in after.Lead)
        {
            var old = before.Lead.GetValueOrDefault(field);
            if (known.Of(field) == mine) changes += await s.ExecuteAsync(RestoreField(field), new { lead, old });
            else if (known.Of(field) != old) kept.Add($"{known.Name}: {field.Replace('_', ' ')} is now '{known.Of(field)}', changed later; kept");
        }

        foreach (var address in after.Addresses) changes += await s.ExecuteAsync(DetachAddress, new { lead, address, now });
        foreach (var (address, mine) in after.Deliverability)
            changes += await s.ExecuteAsync(RestoreDeliverability, new { lead, address, old = before.Deliverability.GetValueOrDefault(address), mine });
        foreach (var reference in after.Refs)
        {
            var at = reference.IndexOf(' ', StringComparison.Ordinal);
            await s.ExecuteAsync(DeleteRef, new { source = reference[..at], id = reference[(at + 1)..], lead });
        }

        var (withdrawn, stay) = await UndoConsentsAsync(s, lead, before, after, now);
        await FreeOffersAsync(s, lead, [], now);
        return new RowUndo(0, after.Reattached ? 1 : 0, changes > 0 ? 1 : 0, withdrawn, [.. kept, .. stay]);
    }

    private static async Task<(int Withdrawn, IReadOnlyList<string> Kept)> UndoConsentsAsync(SqlSession s, string lead, RowImage before, RowImage after, Instant now)
    {
        if (after.Consents.Count == 0) return (0, []);
        var known = (await s.QueryAsync<ConsentData>(ConsentsNow, new { lead })).ToDictionary(c => c.Id);
        var (withdrawn, kept) = (0, new List<string>());
        foreach (var (id, mine) in after.Consents)
        {
            if (!known.TryGetValue(id, out var current) || current.Status == "withdrawn") continue;
            if (before.Consents.TryGetValue(id, out var old))
            {
                if (current.Image == old) continue;
                if (current.Image == mine) await s.ExecuteAsync(RestoreConsent, Args(id, old));
                else kept.Add($"the consent for {current.AddressId} ({current.Channel}) was changed later; kept");
            }
            else if (current.Image == mine)
            {
                withdrawn += await s.ExecuteAsync(WithdrawConsent, new { id, now, missing = ImportUndone });
            }
            else
            {
                kept.Add($"the consent for {current.AddressId} ({current.Channel}) was completed later, attested by {current.AttestedBy ?? "nobody"}; kept");
            }
        }

        return (withdrawn, kept);
    }

    /// <summary>The caller holds the row and has compared; the column is one of ours, never the file's.</summary>
    private static string RestoreField(string field) => LeadFields.Contains(field)
        ? $"update lead set {field} = @old where id = @lead"
        : throw new ArgumentOutOfRangeException(nameof(field), field, "no column of a lead that an import fills");

    private sealed record RowUndo(int Deleted, int Detached, int Restored, int Consents, IReadOnlyList<string> Kept)
    {
        public static readonly RowUndo Nothing = new(0, 0, 0, 0, []);
    }

    private sealed class BatchData
    {
        public string Id { get; init; } = "";
        public Instant? UndoneAt { get; init; }
    }

    private sealed class RowData
    {
        public long Line { get; init; }
        public string Result { get; init; } = "";
        public string? LeadId { get; init; }
        public string? Before { get; init; }
        public string? After { get; init; }
    }

    private sealed class RefData
    {
        public string Source { get; init; } = "";
        public string ExternalId { get; init; } = "";
    }
}
