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
            var dry = path is not null && parsed.GetValue(dryRun);
            var people = path is null ? null : await ReadAsync(path, cancellation); // before anything is made
            await using var folder = dry ? await DataFolder.LookAsync(parsed.GetValue(data)!, cancellation) : await DataFolder.OpenAsync(parsed.GetValue(data)!, mustExist: batch is not null, cancellation);
            if (!dry) await new SqlSetup(folder.Store, folder.Ids).KeepDesksAsync(folder.Clocks.Now);
            var import = new CsvImport(folder.Store, folder.Ids, folder.Clocks);
            return batch is not null
                ? await UndoAsync(import, batch, parsed.GetValue(json), cancellation)
                : await ImportAsync(import, people!, parsed.GetValue(attest), dry ? DryOf(folder) : null, parsed.GetValue(json), cancellation);
        });
        return command;
    }

    private static string DryOf(DataFolder folder) => folder.IsThrowAway ? $"dry run: nothing was written; there is no data in {folder.Path} yet, the import makes it" : "dry run: nothing was written";

    private static async Task<CsvFile> ReadAsync(FileInfo file, CancellationToken cancellation)
    {
        try
        {
            return await CsvFile.ReadAsync(file.FullName, cancellation);
        }
        catch (ImportFileException e)
        {
            throw new UsageException(e.Message);
        }
    }

    /// <param name="dry">What to say of a dry run; null: it is none.</param>
    private static async Task<int> ImportAsync(CsvImport import, CsvFile file, string? attest, string? dry, bool json, CancellationToken cancellation)
    {
        var dryRun = dry is not null;
        var report = json || Console.IsOutputRedirected
            ? await import.ImportAsync(file, attest, dryRun, null, cancellation)
            : await AnsiConsole.Progress().StartAsync(async ui =>
            {
                var bar = ui.AddTask(dryRun ? "trying" : "importing");
                return await import.ImportAsync(file, attest, dryRun, new Progress<ImportProgress>(p => { bar.MaxValue = Math.Max(1, p.RowsTotal); bar.Value = p.RowsDone; }), cancellation);
            });

        if (json)
        {
            CommonOptions.Print(report);
            return report.Rejected == 0 ? ExitCodes.Ok : ExitCodes.FoundProblem;
        }

        Console.WriteLine($"{report.Rows} rows = {report.Created} created + {report.Updated} updated + {report.Duplicate} duplicate + {report.Rejected} rejected{(dry is null ? "" : $" ({dry})")}");
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
