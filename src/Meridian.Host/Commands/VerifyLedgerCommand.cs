using System.CommandLine;
using Meridian.Adapters.Sql;

namespace Meridian.Host.Commands;

/// <summary><c>verify-ledger</c>: every promise that SQL can see, on the live database.</summary>
public static class VerifyLedgerCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("verify-ledger", "Proves on the live database that counters, money and promises hold.") { data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var findings = await VerifyLedger.RunAsync(folder.Store);
            if (parsed.GetValue(json)) CommonOptions.Print(new { laws = VerifyLedger.Laws.Count, findings });
            else
            {
                foreach (var law in VerifyLedger.Laws.Keys) Console.WriteLine($"{(findings.Any(f => f.Law == law) ? "BROKEN" : "holds ")}  {law}");
                foreach (var finding in findings) Console.WriteLine($"  {finding.Law}: {finding.Row}");
            }

            return findings.Count == 0 ? ExitCodes.Ok : ExitCodes.FoundProblem;
        });
        return command;
    }
}
