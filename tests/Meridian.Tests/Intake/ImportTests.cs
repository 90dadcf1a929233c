using System.Diagnostics;
using Meridian.Adapters.Sql;
using Meridian.Engine.Intake;
using Meridian.Tests.Ledger;
using Xunit;

namespace Meridian.Tests.Intake;

public sealed class ImportOnSqlite : ImportTests
{
    protected override Task<(SqlStore, Func<ValueTask>)> OpenAsync(string folder) =>
        Task.FromResult<(SqlStore, Func<ValueTask>)>((SqliteStore.Open(Path.Combine(folder, "meridian.db")), () => ValueTask.CompletedTask));
}

public sealed class ImportOnPostgres : ImportTests
{
    protected override async Task<(SqlStore, Func<ValueTask>)> OpenAsync(string folder)
    {
        return (PostgresStore.Open(await PostgresCluster.NewSchemaAsync()), () => ValueTask.CompletedTask);
    }
}

public abstract partial class ImportTests
{
    protected abstract Task<(SqlStore Store, Func<ValueTask> Drop)> OpenAsync(string folder);

    private Task<ImportWorld> WorldAsync() => ImportWorld.OpenAsync(OpenAsync);

    private static void AddsUp(ImportReport r)
    {
        Assert.Equal(r.Rows, r.Created + r.Updated + r.Duplicate + r.Rejected);
        Assert.Equal(r.Rejected, r.RejectedRows.Count);
    }

    public static TheoryData<string> SharedFiles()
    {
        var data = new TheoryData<string>();
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.FullName, "shared", "data");
            if (!Directory.Exists(shared)) continue;
            foreach (var file in Directory.GetFiles(shared, "*.csv").Order(StringComparer.Ordinal)) data.Add(file);
            break;
        }

        if (data.Count == 0) data.Add("");
        return data;
    }

    [Theory, MemberData(nameof(SharedFiles))]
    public async Task A_real_export_adds_up_is_idempotent_and_can_be_undone(string path)
    {
        Assert.SkipWhen(path.Length == 0, "there is no shared/data beside the repository");
        await using var world = await WorldAsync();
        var trial = await world.Import.ImportAsync(path, "Ada Owner", dryRun: true);
        Assert.Equal(0, await world.CountAsync("lead"));
        Assert.Equal(0, await world.CountAsync("import_batch"));

        var watch = Stopwatch.StartNew();
        var first = await world.Import.ImportAsync(path, "Ada Owner", dryRun: false);
        watch.Stop();
        TestContext.Current.SendDiagnosticMessage(
            "{0} on {1}: {2} ms; rows {3} created {4} updated {5} duplicate {6} rejected {7} recorded {8} claimed {9} suppressed {10} opted out {11} warnings {12}", Path.GetFileName(path),
            world.Store.Dialect.Name, watch.ElapsedMilliseconds, first.Rows, first.Created, first.Updated, first.Duplicate, first.Rejected, first.ConsentsRecorded, first.ConsentsClaimed, first.Suppressed,
            first.OptedOut, first.Warnings.Count);
        AddsUp(first);
        Assert.Equal((first.Created, first.Updated, first.Duplicate, first.Rejected), (trial.Created, trial.Updated, trial.Duplicate, trial.Rejected));
        Assert.Equal(first.Created, await world.CountAsync("lead"));
        Assert.Equal(first.Rows, await world.CountAsync("import_row where batch_id = @batch", new { batch = first.BatchId }));
        Assert.True(first.Created > first.Rows * 9 / 10);

        var again = await world.Import.ImportAsync(path, "Ada Owner", dryRun: false);
        AddsUp(again);
        Assert.Equal((0, 0), (again.Created, again.Updated));

        var undo = await world.Import.UndoAsync(first.BatchId!, "test");
        Assert.Equal(first.Created, undo.Deleted);
        Assert.Empty(undo.Kept);
        Assert.Equal(0, await world.CountAsync("lead"));
        Assert.Equal(first.Suppressed, await world.CountAsync("address_key where suppressed_at is not null"));

        var anew = await world.Import.ImportAsync(path, "Ada Owner", dryRun: false);
        Assert.Equal((first.Created, first.Updated, first.Duplicate, first.Rejected), (anew.Created, anew.Updated, anew.Duplicate, anew.Rejected));
    }
}
