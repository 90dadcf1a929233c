using System.Diagnostics;
using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Host.Composition;
using Meridian.Host.Consents;
using Meridian.Host.OptOut;
using Meridian.Host.Webhooks;
using Meridian.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Meridian.Host.Demo;

/// <summary>
/// The whole engine against the sandbox on a stepping clock: one desk turn at a time in the order (next_turn_at, kind, key); the clock steps
/// only when no turn, exchange or webhook is open, to the earliest of next turns and sandbox timers. Same seed, same log.
/// </summary>
public sealed class HeadlessDemo(DemoOptions options, Action<string>? progress = null)
{
    private readonly OpenExchanges exchanges = new();

    public async Task<DemoSummary> RunAsync(CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var folder = DemoFolder.Open(options);
        await using var store = await DemoStore.OpenAsync(options, folder, cancellation);
        var resumedAt = folder.IsResumed ? await folder.LastInstantAsync(store) : null;
        var begin = resumedAt ?? options.Start;
        var clock = new SteppingClock(begin.ToDateTimeOffset());
        var clocks = new Clocks(clock, TimeProvider.System);
        await Migrator.MigrateAsync(store, clocks.Now, cancellation);

        using var logs = FileLog.Factory(folder.Log, clock);
        var ids = new SeededIds(options.Seed + folder.Resumes * 0xD1B54A32D192ED03UL, clock);
        var port = folder.WebhookPort(LoopbackWeb.FreePort);
        var ourAddress = new Uri($"http://127.0.0.1:{port}");
        var policyVersion = await DemoWorld.SetUpAsync(store, ids, SopSequence.Default, prospects: options.Leads is null, clocks.Now, options.HumanCalls, options.ConsentPage ? ourAddress : null);
        await using var world = await OutsideWorld.StartAsync(new SandboxOptions
        {
            Folder = folder.Path,
            Seed = options.Seed,
            Clock = clock,
            OwnerEmail = DemoWorld.OwnerEmail,
            VapiPhoneNumbers = DemoWorld.CallerIds,
            TextNumber = DemoWorld.TextNumber,
            VapiKey = DemoWorld.VapiKey,
            HighLevelToken = DemoWorld.HighLevelToken,
            HighLevelLocation = DemoWorld.HighLevelLocation,
            ApolloKey = DemoWorld.ApolloKey,
            OpenExchange = exchanges.Open,
            PeopleSign = options.ConsentPage,
            Faults = options.Faults == DemoOptions.WebhookFaults ? WebhookFaults.Rough : null,
            HighLevelWebhook = new Uri(ourAddress, $"/webhooks/highlevel/{DemoWorld.WebhookSecret}"),
        }, cancellation);

        await using var web = LoopbackWeb.Build(port);
        var outside = DemoProviders.Create(world, clocks, ourAddress);
        var node = new Node(store, ids, new SeededChance(options.Seed), clocks, outside, new PolicyVersion(policyVersion), new Meridian.Adapters.FileJournal(folder.Journal), $"demo-{Environment.ProcessId}", logs);
        WebhookEndpoints.Map(web, node.Signals, outside.Readers.ToDictionary(r => r.Provider), DemoWorld.WebhookSecret, clocks, () => { });
        ConsentEndpoints.Map(web, new SqlConsents(store, ids), node.Owner.SettingsAsync, DemoWorld.LinkSecret, clocks, () => { }, logs.CreateLogger(nameof(ConsentEndpoints)));
        OptOutEndpoints.Map(web, node.People, outside.Calls, node.Owner.SettingsAsync, DemoWorld.LinkSecret, new OptOutLatency(), clocks, logs.CreateLogger(nameof(OptOutEndpoints)));
        await web.StartAsync(cancellation);

        await node.Recorder.ReplayAsync();
        await node.Desks.ReleaseAllAsync(); // a demo folder has one process; whoever held a desk is gone
        await node.Desks.WakeAsync("upkeep", "all", clocks.Now);
        await node.OpenPollDesksAsync();
        await node.OpenEarsAsync();
        var import = await DemoImport.RunAsync(node, options, folder, cancellation);
        var simulated = await StepAsync(node, world, clock, options.Start + Duration.FromDays(options.Days), cancellation);
        await web.StopAsync(CancellationToken.None);
        return await DemoSummary.ReadAsync(node, import, folder, options, simulated, watch.Elapsed);
    }

    private async Task<Duration> StepAsync(Node node, OutsideWorld world, SteppingClock clock, Instant end, CancellationToken cancellation)
    {
        var start = node.Clocks.Now;
        var told = start;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            while (!exchanges.None) await Task.Yield();
            if (node.Clocks.Now >= end) break;

            var due = await node.RollCall.DueAsync(1);
            if (due.Count > 0)
            {
                await node.RollCall.TakeTurnAsync(due[0], cancellation);
                continue;
            }

            if (await world.RunDueTimersAsync(cancellation) > 0) continue;

            var next = Earliest(await node.RollCall.NextDueAsync(), world.NextTimer is { } t ? Instant.FromDateTimeOffset(t) : null);
            if (next is null || next > end) next = end;
            clock.StepTo(next.Value.ToDateTimeOffset());
            if (node.Clocks.Now - told >= Duration.FromHours(1))
            {
                told = node.Clocks.Now;
                progress?.Invoke($"{told} simulated");
            }
        }

        return node.Clocks.Now - options.Start;
    }

    private static Instant? Earliest(Instant? a, Instant? b) => a is null ? b : b is null || a < b ? a : b;
}
