using Meridian.Adapters.Sql;
using Meridian.Engine.Intake;

namespace Meridian.Adapters.Csv;

/// <summary>Counts rows as they are done. What is not created, updated or rejected is a duplicate: the four add up by construction.</summary>
internal sealed class ImportTally(string fileName, string encoding, ImportColumns columns)
{
    private readonly Dictionary<string, int> results = new() { ["created"] = 0, ["updated"] = 0, ["duplicate"] = 0, ["rejected"] = 0 };
    private readonly List<RejectedRow> rejected = [];
    private readonly List<RowWarning> warnings = [];
    private readonly List<string> liveCalls = [];
    private int recorded;
    private int claimed;
    private int suppressed;
    private int optedOut;

    public int Rows => results.Values.Sum();

    public void Add(int line, RowOutcome outcome)
    {
        results[outcome.Result]++;
        if (outcome.Fault is { } fault) rejected.Add(new RejectedRow(line, fault.Field, fault.Value, fault.Reason));
        else warnings.AddRange(outcome.Warnings.Select(w => new RowWarning(line, w)));
        liveCalls.AddRange(outcome.LiveCalls);
        recorded += outcome.Recorded;
        claimed += outcome.Claimed;
        suppressed += outcome.Suppressed;
        optedOut += outcome.OptedOut;
    }

    public ImportReport Report(string? batchId) => new(
        batchId, fileName, encoding, Rows, results["created"], results["updated"], results["duplicate"], results["rejected"], recorded, claimed, suppressed, optedOut,
        rejected, warnings, columns, liveCalls);
}
