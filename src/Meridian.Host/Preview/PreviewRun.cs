using Meridian.Adapters;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Host.Commands;
using Meridian.Host.Composition;
using Meridian.Host.Demo;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Meridian.Host.Preview;

/// <summary>
/// Who would be contacted when: the same planner, policy, picker and ledger, run forward on a copy with a virtual clock and transports that
/// send nothing. It supposes that nobody answers, replies or opts out, and that nobody is imported meanwhile.
/// </summary>
public static class PreviewRun
{
    public static async Task<IReadOnlyList<BegunLine>> RunAsync(DataFolder folder, int days, CancellationToken cancellation)
    {
        var path = Path.Combine(Path.GetTempPath(), $"meridian-preview-{Environment.ProcessId}-{folder.Clocks.MachineNow.ToUnixTimeTicks()}");
        try
        {
            await using var copy = SqliteStore.Open(Path.Combine(path, "meridian.db"));
            var now = folder.Clocks.Now;
            await Migrator.MigrateAsync(copy, now, cancellation);
            await LedgerCopy.FillAsync(folder.Store, copy, cancellation);

            var clock = new SteppingClock(now.ToDateTimeOffset());
            var transports = new PreviewTransports();
            var owner = await new SqlFacts(copy, folder.Ids).SettingsAsync();
            var node = new Node(
                copy, new SeededIds(1, clock), new SeededChance(folder.Seed), new Clocks(clock, TimeProvider.System), new OutsideSystems(transports, transports, transports, transports, transports, transports, [], Duration.FromDays(1)),
                new PolicyVersion(SqlSetup.PolicyVersionOf(owner)), new FileJournal(Path.Combine(path, "journal")), "preview", NullLoggerFactory.Instance);
            await node.Desks.ReleaseAllAsync();
            var end = now + Duration.FromDays(days);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                var due = await node.RollCall.DueAsync(1);
                if (due.Count > 0)
                {
                    await node.RollCall.TakeTurnAsync(due[0], cancellation);
                    continue;
                }

                if (await node.RollCall.NextDueAsync() is not { } next || next >= end) break;
                clock.StepTo(next.ToDateTimeOffset());
            }

            return await new SqlReports(copy).BegunSinceAsync(now);
        }
        finally
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
    }
}
