using Meridian.Engine.Ledger;
using Microsoft.Extensions.Logging;

namespace Meridian.Engine.Dispatch;

/// <summary>Records outcomes, never cancelled. When the database cannot be reached they go to a journal on disk and are replayed.</summary>
public sealed partial class OutcomeRecorder(ITouchLedger ledger, IOutcomeJournal journal, ILogger<OutcomeRecorder> log)
{
    public async Task RecordAsync(Outcome outcome)
    {
        try
        {
            await ledger.RecordAsync(outcome);
        }
        catch (Exception e)
        {
            LogJournalled(log, outcome.PermitId, e);
            journal.Append(outcome);
        }
    }

    /// <summary>Brings the journal into the ledger; idempotent by permit id. Returns how many were replayed.</summary>
    public async Task<int> ReplayAsync()
    {
        var waiting = journal.Read();
        foreach (var outcome in waiting) await ledger.RecordAsync(outcome);
        if (waiting.Count > 0) journal.Clear(waiting.Count);
        return waiting.Count;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "outcome of permit {PermitId} could not be recorded; it is in the journal")]
    private static partial void LogJournalled(ILogger log, string permitId, Exception e);
}

/// <summary>A local append-only file of outcomes the database could not take, flushed to disk.</summary>
public interface IOutcomeJournal
{
    void Append(Outcome outcome);

    IReadOnlyList<Outcome> Read();

    /// <summary>Removes the first <paramref name="count"/> entries.</summary>
    void Clear(int count);
}
