using System.Text.Json;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Intake;

namespace Meridian.Adapters.Csv;

/// <summary>
/// Imports a file of people, tells what it would do, or takes an import back. A dry run goes the very same way on a throw-away copy of what
/// the file could meet, so its counts are the real ones, also for duplicates inside the file, and nobody waits for it.
/// </summary>
public sealed class CsvImport(SqlStore store, IIds ids, Clocks clocks)
{
    private readonly SqlIntake intake = new(ids);

    /// <exception cref="ImportFileException">The file as a whole cannot be read; nothing was written.</exception>
    public async Task<ImportReport> ImportAsync(
        string path, string? attestedBy, bool dryRun, IProgress<ImportProgress>? progress = null, CancellationToken cancellation = default) =>
        await ImportAsync(await CsvFile.ReadAsync(path, cancellation), attestedBy, dryRun, progress, cancellation);

    /// <param name="attestedBy">Who states that the consents in this file were given; null: they are kept as claims and open nothing.</param>
    public async Task<ImportReport> ImportAsync(
        CsvFile file, string? attestedBy, bool dryRun, IProgress<ImportProgress>? progress = null, CancellationToken cancellation = default)
    {
        attestedBy = string.IsNullOrWhiteSpace(attestedBy) ? null : attestedBy.Trim();
        var batch = new ImportBatch(
            ids.New("imp"), file.Name, file.Hash, file.Header.Columns.Source, clocks.Now, attestedBy, attestedBy is null ? null : Statement(attestedBy, file.Name));

        if (!dryRun) return await ImportAsync(store, batch, file, progress, cancellation);

        var rows = file.Table.Records.Where(r => WhyNot(r) is null).Select(r => RowReading.Of(r, file.Header)).ToList();
        await using var copy = await SqlIntakeCopy.OfAsync(store, batch, rows, cancellation);
        return await ImportAsync(copy.Store, batch, file, progress, cancellation) with { BatchId = null };
    }

    private async Task<ImportReport> ImportAsync(SqlStore into, ImportBatch batch, CsvFile file, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        var (table, header) = (file.Table, file.Header);
        var tally = new ImportTally(batch.FileName, file.Encoding, header.Columns);
        await into.WriteAsync(s => SqlIntake.OpenBatchAsync(s, batch), cancellation);
        foreach (var chunk in table.Records.Chunk(SqlIntake.RowsPerCommit(into.Dialect)))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var (record, outcome) in chunk.Zip(await TakeChunkAsync(into, batch, chunk, header))) tally.Add(record.Line, outcome);
            progress?.Report(new ImportProgress(tally.Rows, table.Records.Count));
        }

        var report = tally.Report(batch.Id);
        await into.WriteAsync(async s =>
        {
            var now = clocks.Now;
            await SqlIntake.CloseBatchAsync(s, batch.Id, now, report.Rows, report.Created, report.Updated, report.Duplicate, report.Rejected);
            var counts = JsonSerializer.Serialize(new { file = batch.FileName, report.Rows, report.Created, report.Updated, report.Duplicate, report.Rejected, attested = batch.Attestation }, SqlIntake.Json);
            await AuditVerbs.WriteAsync(s, ids, now, batch.AttestedBy ?? "import", "import", batch.Id, null, counts);
            await DeskVerbs.WakeAsync(s, "intake", "all", now);
        }, CancellationToken.None);
        return report;
    }

    /// <summary>Takes an import back: what it changed and nobody changed since. Opt-outs stay, whoever brought them.</summary>
    /// <exception cref="ImportFileException">There is no such batch.</exception>
    public Task<UndoReport> UndoAsync(string batchId, string actor, CancellationToken cancellation = default) => intake.UndoAsync(store, batchId, actor, clocks.Now, cancellation);

    private async Task<IReadOnlyList<RowOutcome>> TakeChunkAsync(SqlStore into, ImportBatch batch, CsvRecord[] chunk, HeaderReading header)
    {
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            var outcomes = await into.WriteAsync<IReadOnlyList<RowOutcome>?>(async s =>
            {
                var done = new List<RowOutcome>(chunk.Length);
                foreach (var record in chunk) done.Add(await TakeAsync(s, batch, record, header) ?? throw new RollBackException(null!));
                return done;
            });
            if (outcomes is not null) return outcomes;
        }

        throw Raced(chunk[0].Line);
    }

    private async Task<RowOutcome?> TakeAsync(SqlSession s, ImportBatch batch, CsvRecord record, HeaderReading header)
    {
        if (WhyNot(record) is not { } fault) return await intake.TakeAsync(s, batch, RowReading.Of(record, header));
        await intake.RejectAsync(s, batch, record.Line, fault, []);
        return new RowOutcome("rejected", null, fault, []);
    }

    private static RowFault? WhyNot(CsvRecord record) =>
        record.IsEmpty ? new RowFault(null, null, "empty") : record.Broken is { } broken ? new RowFault(null, null, broken) : null;

    private static InvalidOperationException Raced(int line) =>
        new($"line {line}: the people of this row were changed by somebody else again and again; import the file again, what is done will not be done twice");

    private static string Statement(string name, string file) =>
        $"{name} states that every consent marked in {file} was given in writing by the person of its row, for that telephone number and that channel, to the seller named there, "
        + "and that the evidence named there can be produced.";
}
