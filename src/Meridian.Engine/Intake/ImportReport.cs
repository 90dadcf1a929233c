namespace Meridian.Engine.Intake;

/// <summary>What an import did, or would do. <c>Rows = Created + Updated + Duplicate + Rejected</c>, always.</summary>
/// <param name="BatchId">The batch to undo; null after a dry run, which wrote nothing.</param>
/// <param name="ConsentsRecorded">Consents that now count as a legal basis: complete and attested.</param>
/// <param name="ConsentsClaimed">Consents kept, but lacking something; they open nothing.</param>
/// <param name="Suppressed">Addresses newly put on the suppression list by do-not-call columns.</param>
/// <param name="OptedOut">People who may not be contacted from now on because of this file, or because an address of theirs already said so.</param>
/// <param name="LiveCalls">Control URLs of calls in the air to people this file opts out: to be ended.</param>
public sealed record ImportReport(
    string? BatchId,
    string FileName,
    string Encoding,
    int Rows,
    int Created,
    int Updated,
    int Duplicate,
    int Rejected,
    int ConsentsRecorded,
    int ConsentsClaimed,
    int Suppressed,
    int OptedOut,
    IReadOnlyList<RejectedRow> RejectedRows,
    IReadOnlyList<RowWarning> Warnings,
    ImportColumns Columns,
    IReadOnlyList<string> LiveCalls)
{
    public bool IsDryRun => BatchId is null;
}

/// <summary>Why a row was not taken.</summary>
/// <param name="Line">Physical line of the file on which the record begins; 1 is the first.</param>
/// <param name="Field">The column at fault, as the file names it; null when it is the row as a whole.</param>
public sealed record RejectedRow(int Line, string? Field, string? Value, string Reason);

/// <summary>Something a person should know about a row that was taken.</summary>
public sealed record RowWarning(int Line, string Text);

/// <summary>How the header was understood.</summary>
/// <param name="Source">Where external ids of this file are kept, as <c>import:hubspot</c>.</param>
/// <param name="Mapped">The file's name for a column → what we take it for.</param>
/// <param name="Ignored">Columns nobody reads.</param>
public sealed record ImportColumns(string Source, IReadOnlyDictionary<string, string> Mapped, IReadOnlyList<string> Ignored);

/// <summary>How far an import is.</summary>
public readonly record struct ImportProgress(int RowsDone, int RowsTotal);

/// <summary>What an undo did.</summary>
/// <param name="WasUndone">Somebody had undone this batch before; nothing happened now.</param>
/// <param name="Deleted">People the batch had created and nobody had contacted: gone.</param>
/// <param name="Detached">People the batch had created who had been contacted: kept, never contacted again by themselves.</param>
/// <param name="Restored">People who are again as they were before the batch.</param>
/// <param name="Kept">What somebody changed after the batch, and so stays.</param>
public sealed record UndoReport(string BatchId, bool WasUndone, int Deleted, int Detached, int Restored, int ConsentsWithdrawn, IReadOnlyList<RowWarning> Kept)
{
    public override string ToString() => WasUndone
        ? $"{BatchId} had been undone before; nothing to do"
        : string.Join('\n', (string[])
        [
            $"{BatchId} is undone: {Deleted} people deleted, {Detached} kept but no longer worked (contacted or changed since), {Restored} as they were before, {ConsentsWithdrawn} consents withdrawn",
            .. Kept.Select(k => $"  line {k.Line}: {k.Text}"),
        ]);
}

/// <summary>The file cannot be imported, or the batch not be undone, as a whole; the message names it and what to do.</summary>
public sealed class ImportFileException(string message, Exception? inner = null) : Exception(message, inner);
