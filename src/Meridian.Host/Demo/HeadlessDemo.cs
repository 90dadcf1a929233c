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
    private const string First = "first";

    /// <summary>A database that is away longer than this is somebody's to look after.</summary>
    private const int MostAwayInARow = 600;
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    private readonly OpenExchanges exchanges = new();
    private SecondProcess? second;
    private int away;
    private bool releases;

    /// <exception cref="UsageException">It was refused; then nothing is left of it.</exception>
    public async Task<DemoSummary> RunAsync(CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var (folder, opened, held) = await DemoStart.OpenAsync(options, cancellation);
        using var alone = held;
        await using var store = opened;
        var resumedAt = folder.IsResumed ? await folder.LastInstantAsync(store) : null;
        var begin = resumedAt ?? options.Start;
        using var shared = options.Processes > 1 ? new SharedInstant(folder.Path) : null;
        shared?.Write(begin.ToDateTimeOffset().UtcTicks);
        var clock = new SteppingClock(begin.ToDateTimeOffset(), shared);
        var clocks = new Clocks(clock, TimeProvider.System);
        await Migrator.MigrateAsync(store, clocks.Now, cancellation);

        using var logs = FileLog.Factory(folder.Log, clock);
        var ids = new SeededIds(options.Seed + folder.Resumes * 0xD1B54A32D192ED03UL, clock);
        using var port = folder.WebhookPort(LoopbackPort.Hold);
        var ourAddress = port.Address;
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
            HighLevelRequestsPerTenSeconds = DemoWorld.HighLevelRequests,
            HighLevelRequestsPerDay = int.MaxValue,
            ApolloKey = DemoWorld.ApolloKey,
            OpenExchange = exchanges.Open,
            PeopleSign = options.ConsentPage,
            Faults = options.WebhooksGoAstray ? WebhookFaults.Rough : null,
            Mishaps = options.ProvidersFail ? ProviderFaults.Rough : null,
            Script = options.Script,
            HighLevelWebhook = new Uri(ourAddress, $"/webhooks/highlevel/{DemoWorld.WebhookSecret}"),
        }, cancellation);

        await using var web = port.Build();
        var outside = DemoProviders.Create(DemoAddresses.Of(world, ourAddress), clocks);
        var node = new Node(store, ids, new SeededChance(options.Seed), clocks, outside, new PolicyVersion(policyVersion), new Meridian.Adapters.FileJournal(folder.Journal), $"{First}/{Environment.ProcessId}", logs);
        WebhookEndpoints.Map(web, node.Signals, outside.Readers.ToDictionary(r => r.Provider), new WebhookGates(DemoWorld.WebhookSecret, () => null, () => null, node.VoiceTools, node.Owner.SettingsAsync), clocks, () => { });
        ConsentEndpoints.Map(web, new SqlConsents(store, ids), node.Owner.SettingsAsync, DemoWorld.LinkSecret, clocks, () => { }, logs.CreateLogger(nameof(ConsentEndpoints)));
        var presses = OptOutEndpoints.Map(web, node.People, outside.Calls, node.Owner.SettingsAsync, DemoWorld.LinkSecret, Path.Combine(folder.Path, "optouts.journal"), new OptOutLatency(), clocks, logs.CreateLogger(nameof(OptOutEndpoints)));
        await web.StartAsync(cancellation);

        await node.Recorder.ReplayAsync();
        await presses.ReplayAsync();
        await node.Desks.ReleaseAllAsync(); // a demo folder has one process; whoever held a desk is gone
        await node.Desks.WakeAsync("upkeep", "all", clocks.Now);
        await node.OpenPollDesksAsync();
        await node.OpenEarsAsync();
        var import = await DemoImport.RunAsync(node, options, folder, cancellation);
        // Each start in a line of its own: how long it took from the first instruction to being ready for work.
        await File.AppendAllTextAsync(Path.Combine(folder.Path, "starts"), $"{(long)watch.Elapsed.TotalMilliseconds}\n", cancellation);
        Duration simulated;
        await using (second = options.Processes > 1 ? new SecondProcess(folder, options, DemoAddresses.Of(world, ourAddress), clocks.Now) : null)
            simulated = await StepAsync(node, world, clock, options.Start + Duration.FromDays(options.Days), cancellation);
        await web.StopAsync(CancellationToken.None);
        return await SummaryAsync(() => DemoSummary.ReadAsync(node, import, folder, options, simulated, watch.Elapsed)) with { Second = second is null ? null : new SecondFigures(second.Turns, second.Killed, second.Frozen, Math.Round(second.LongestRecovery.TotalSeconds, 1)), DatabaseAway = away, FaultsUnmet = world.UnmetFaults is { Count: > 0 } unmet ? unmet : null };
    }

    private async Task<Duration> StepAsync(Node node, OutsideWorld world, SteppingClock clock, Instant end, CancellationToken cancellation)
    {
        var start = node.Clocks.Now;
        var told = start;
        var awayInARow = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            while (!exchanges.None)
            {
                second?.Thaw();
                await Task.Yield();
            }

            if (node.Clocks.Now >= end)
            {
                if (second is not null) await second.SettleAsync(node.Clocks.Now);
                break;
            }

            Instant? next;
            try
            {
                if (await TurnAsync(node, cancellation)) continue;
                if (await world.RunDueTimersAsync(cancellation) > 0) continue;
                next = Earliest(await node.RollCall.NextDueAsync(), world.NextTimer is { } t ? Instant.FromDateTimeOffset(t) : null);
                awayInARow = 0;
            }
            catch (StoreAwayException) when (++awayInARow < MostAwayInARow)
            {
                // As in real life: the engine lives on, and asks again. What it held is its own to release.
                away++;
                await Task.Delay(AskAgain, TimeProvider.System, cancellation);
                releases = true;
                continue;
            }

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

    /// <summary>The next due desk, and beside it one of the second process. False: nothing was due.</summary>
    private async Task<bool> TurnAsync(Node node, CancellationToken cancellation)
    {
        if (releases) await node.Desks.ReleaseNodeAsync(First);
        releases = false;
        var due = await node.RollCall.DueAsync(2);
        if (due.Count == 0)
        {
            if (second is null) return false;
            if (await second.EndAsync(node.Clocks.Now)) await node.Desks.ReleaseNodeAsync(SecondProcess.Holder);
            return false;
        }

        second?.Begin(due.Count - 1); // the other desk, or the same one: only one of us gets it
        try
        {
            await node.RollCall.TakeTurnAsync(due[0], cancellation);
        }
        finally
        {
            if (second is not null && await second.EndAsync(node.Clocks.Now)) await node.Desks.ReleaseNodeAsync(SecondProcess.Holder);
        }

        return true;
    }

    /// <summary>The last question to the database is asked again like all the others.</summary>
    private async Task<DemoSummary> SummaryAsync(Func<Task<DemoSummary>> read)
    {
        for (var asked = 1; ; asked++)
        {
            try
            {
                return await read();
            }
            catch (StoreAwayException) when (asked < MostAwayInARow)
            {
                away++;
                await Task.Delay(AskAgain, TimeProvider.System);
            }
        }
    }

    private static Instant? Earliest(Instant? a, Instant? b) => a is null ? b : b is null || a < b ? a : b;
}
