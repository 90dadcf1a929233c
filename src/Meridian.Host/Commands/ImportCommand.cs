using System.CommandLine;
using Meridian.Adapters.Csv;
using Meridian.Adapters.Sql;
using Meridian.Engine.Intake;
using Spectre.Console;

namespace Meridian.Host.Commands;

/// <summary><c>import FILE</c> and <c>import --undo BATCH</c>: rows = created + updated + duplicate + rejected, always; each rejected row says why.</summary>
public static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo?>("file") { Description = "a CSV export of Apollo, HubSpot, HighLevel or another CRM", Arity = ArgumentArity.ZeroOrOne };
        var dryRun = new Option<bool>("--dry-run") { Description = "count and explain, write nothing" };
        var attest = new Option<string?>("--attest") { Description = "your name: you declare that the consents in this file are real, complete and kept as evidence" };
        var undo = new Option<string?>("--undo") { Description = "take an import back, by its batch id" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("import", "Brings people in from a CSV file, or takes an import back.") { file, dryRun, attest, undo, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = parsed.GetValue(file);
            var batch = parsed.GetValue(undo);
            if (path is null == batch is null) throw new UsageException("give a file to import, or --undo BATCH");
            if (path is not null && !path.Exists) throw new UsageException($"there is no file {path.FullName}");
            if (parsed.GetValue(attest) is { } name && string.IsNullOrWhiteSpace(name)) throw new UsageException("--attest needs the name of the person who declares it");
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, mustExist: batch is not null, cancellation);
            await new SqlSetup(folder.Store, folder.Ids).KeepDesksAsync(folder.Clocks.Now);
            var import = new CsvImport(folder.Store, folder.Ids, folder.Clocks);
            return batch is not null
                ? await UndoAsync(import, batch, parsed.GetValue(json), cancellation)
                : await ImportAsync(import, path!, parsed.GetValue(attest), parsed.GetValue(dryRun), parsed.GetValue(json), cancellation);
        });
        return command;
    }

    private static async Task<int> ImportAsync(CsvImport import, FileInfo file, string? attest, bool dryRun, bool json, CancellationToken cancellation)
    {
        ImportReport report;
        try
        {
            report = json || Console.IsOutputRedirected
                ? await import.ImportAsync(file.FullName, attest, dryRun, null, cancellation)
                : await AnsiConsole.Progress().StartAsync(async ui =>
                {
                    var bar = ui.AddTask(dryRun ? "trying" : "importing");
                    return await import.ImportAsync(file.FullName, attest, dryRun, new Progress<ImportProgress>(p => { bar.MaxValue = Math.Max(1, p.RowsTotal); bar.Value = p.RowsDone; }), cancellation);
                });
        }
        catch (ImportFileException e)
        {
            throw new UsageException(e.Message);
        }

        if (json)
        {
            CommonOptions.Print(report);
            return report.Rejected == 0 ? ExitCodes.Ok : ExitCodes.FoundProblem;
        }

        Console.WriteLine($"{report.Rows} rows = {report.Created} created + {report.Updated} updated + {report.Duplicate} duplicate + {report.Rejected} rejected{(dryRun ? " (dry run: nothing was written)" : "")}");
        foreach (var row in report.RejectedRows.Take(50)) Console.WriteLine($"  line {row.Line}: {row.Field} '{row.Value}': {row.Reason}");
        foreach (var warning in report.Warnings.Take(20)) Console.WriteLine($"  line {warning.Line}: {warning.Text}");
        if (report.Warnings.Count > 20) Console.WriteLine($"  ... and {report.Warnings.Count - 20} more warnings (--json shows all)");
        if (!dryRun) Console.WriteLine($"Batch {report.BatchId}; take it back with: meridian import --undo {report.BatchId}");
        return report.Rejected == 0 ? ExitCodes.Ok : ExitCodes.FoundProblem;
    }

    private static async Task<int> UndoAsync(CsvImport import, string batch, bool json, CancellationToken cancellation)
    {
        UndoReport report;
        try
        {
            report = await import.UndoAsync(batch, Environment.UserName, cancellation);
        }
        catch (ImportFileException e)
        {
            throw new UsageException(e.Message);
        }

        if (json) CommonOptions.Print(report);
        else Console.WriteLine(report.ToString());
        return ExitCodes.Ok;
    }
}
