using Meridian.Adapters;
using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Engine;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Host.Composition;
using Meridian.Host.Dashboard;
using Meridian.Host.Dashboard.Terminal;
using Meridian.Host.Run;
using Meridian.Host.Webhooks;
using Meridian.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Meridian.Host.Demo;

/// <summary>
/// The whole engine against the sandbox on a clock that runs, for people to watch: the same desks and the same ledger as for real, as tasks.
/// It goes on until somebody leaves; then nothing more begins, and the turns in progress end.
/// </summary>
/// <param name="ends">Leaves by itself after so long on the machine's clock; null: when told to.</param>
public sealed class InteractiveDemo(DemoOptions options, double speed, TimeSpan? ends, ITerminalFace face)
{
    /// <summary>Monday 2026-11-16, 08:30 Eastern: windows have just opened in the East.</summary>
    public static readonly Instant DefaultStart = Instant.FromUtc(2026, 11, 16, 13, 30);

    private static readonly TimeSpan PumpEvery = TimeSpan.FromMilliseconds(20);

    /// <exception cref="UsageException">It was refused; then nothing is left of it.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var (folder, opened, held) = await DemoStart.OpenAsync(options, cancellation);
        using var alone = held;
        await using var store = opened;
        var begin = (folder.IsResumed ? await folder.LastInstantAsync(store) : null) ?? options.Start;
        var clock = new ScaledClock(begin.ToDateTimeOffset(), speed, TimeProvider.System);
        var clocks = new Clocks(clock, TimeProvider.System);
        await Migrator.MigrateAsync(store, clocks.Now, cancellation);

        using var logs = FileLog.Factory(folder.Log, clock);
        var ids = RandomIds.Create(clock);
        var policy = await DemoWorld.SetUpAsync(store, ids, SopSequence.Default, prospects: options.Leads is null, clocks.Now, options.HumanCalls);
        using var port = folder.WebhookPort(LoopbackPort.Hold);
        var address = port.Address;
        await using var world = await OutsideWorld.StartAsync(World(folder, clock, address), cancellation);
        var outside = DemoProviders.Create(DemoAddresses.Of(world, address), clocks);
        var node = new Node(store, ids, new SeededChance(options.Seed), clocks, outside, new PolicyVersion(policy), new FileJournal(folder.Journal), $"demo-{Environment.ProcessId}", logs);

        var runner = new LocalTurnRunner(node.RollCall, clocks, logs.CreateLogger<LocalTurnRunner>());
        var link = new OneTimeLink(clocks.Machine, "press l in the demo's terminal");
        await using var web = port.Build();
        WebhookEndpoints.Map(web, node.Signals, outside.Readers.ToDictionary(r => r.Provider), new WebhookGates(DemoWorld.WebhookSecret, () => null, () => null, node.VoiceTools, node.Owner.SettingsAsync), clocks, runner.Poke);
        DashboardEndpoints.Map(web, node, link);
        await web.StartAsync(cancellation);

        await node.Recorder.ReplayAsync();
        await node.Desks.ReleaseAllAsync(); // a demo folder has one process; whoever held a desk is gone
        await node.Desks.WakeAsync("upkeep", "all", clocks.Now);
        await node.OpenPollDesksAsync();
        await node.OpenEarsAsync();
        face.Say($"Meridian {(folder.IsResumed ? "goes on" : "begins")} in {folder.Path}. Everybody in it is invented; nobody real is contacted.");
        await DemoImport.RunAsync(node, options, folder, cancellation);

        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var end = ends is { } after ? new CancellationTokenSource(after, clocks.Machine) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(leave.Token, end.Token);
        using var outsideEnds = new CancellationTokenSource();
        var pumping = PumpAsync(world, clocks, outsideEnds.Token);
        var working = runner.RunAsync(stop.Token);
        try
        {
            await face.RunAsync(new Controls(node, link, address, speed), stop.Token);
        }
        finally
        {
            await leave.CancelAsync();
            face.Say("Leaving: nothing more begins; what is under way is finished.");
            await working; // the outside world still answers meanwhile
            await outsideEnds.CancelAsync();
            await pumping;
            await web.StopAsync(CancellationToken.None);
        }

        face.Say($"Left. The same command goes on where this ended; everything is in {folder.Path}");
    }

    private SandboxOptions World(DemoFolder folder, TimeProvider clock, Uri address) => new()
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
        Faults = options.WebhooksGoAstray ? WebhookFaults.Rough : null,
        Mishaps = options.ProvidersFail ? ProviderFaults.Rough : null,
        Script = options.Script,
        HighLevelWebhook = new Uri(address, $"/webhooks/highlevel/{DemoWorld.WebhookSecret}"),
    };

    /// <summary>People answer, reply and hang up when their time has come. What one of them breaks must not stop the others.</summary>
    private static async Task PumpAsync(OutsideWorld world, Clocks clocks, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await world.RunDueTimersAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(PumpEvery, clocks.Machine, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
