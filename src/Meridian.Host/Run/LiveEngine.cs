using System.Security.Cryptography;
using Meridian.Adapters;
using Meridian.Adapters.Apollo;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Mail;
using Meridian.Adapters.Sql;
using Meridian.Adapters.Vapi;
using Meridian.Domain.Compliance.Pack;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Engine.Prospecting;
using Meridian.Host.Composition;
using Meridian.Host.Consents;
using Meridian.Host.Dashboard;
using Meridian.Host.Demo;
using Meridian.Host.OptOut;
using Meridian.Host.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Meridian.Host.Run;

/// <summary>
/// The engine for real: settings, database, providers that passed their checks, webhooks and health on one port, until it is told to stop. Then
/// nothing more is begun, what is in the air is finished and recorded, and the process ends within its grace.
/// </summary>
public sealed class LiveEngine(string folder, int? port, TimeSpan grace, Action<string> say)
{
    private static readonly Duration Listening = Duration.FromMinutes(1);
    private static readonly TimeSpan WatchEnds = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LoopHung = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookAtLoop = TimeSpan.FromSeconds(10);

    /// <summary>Returns false when the grace ran out before everything in the air was recorded.</summary>
    /// <exception cref="UsageException">The settings do not allow a start; the message lists everything.</exception>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        DemoFolder.RefuseIn(folder);
        var settings = MeridianSettings.Load(folder, StrayVariables.Refused);
        if (Installation.Missing(settings) is { Count: > 0 } missing) throw new UsageException(string.Join(Environment.NewLine, missing));
        PrivateFolder.Make(folder);
        using var alone = FolderLock.Take(folder); // on PostgreSQL, too: the journal is one process'
        var clocks = new Clocks(PracticeClock.Of(settings.Practice, TimeProvider.System), TimeProvider.System);
        await using var store = await OpenStore.ForAsync(settings, folder, stop);
        await OpenStore.MigrateAsync(store, settings, clocks.Now, stop);

        using var logs = FileLog.Factory(Path.Combine(folder, FileLog.FileName), clocks.Engine);
        var ids = RandomIds.Create(clocks.Engine);
        var installation = new Installation(store, ids, folder);
        var policy = new PolicyVersion(await installation.ApplyAsync(settings, clocks.Now));
        var secrets = await installation.SecretsAsync();
        var outside = new SwitchedTransports(LiveProviders.Create(settings, secrets, clocks, store)) { PublicUrl = settings.Owner?.PublicUrl };
        ISignalReader[] readers = [new VapiSignals(), new HighLevelSignals(), new MailSignals(), new ApolloSignals(), new MailgunSignals()];
        var head = new SqlLedgerHead(store, ids);
        if (await new InstanceMark(head, folder).CompareAsync() is { } apart) await head.GuardAsync(apart, clocks.Now);
        if (await head.GuardedAsync() is { } guarded) say($"nothing is sent: {guarded}. Look whom the providers show since then; `meridian resume --after-restore` goes on.");
        var node = new Node(
            store, ids, new SeededChance(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8))), clocks, new OutsideSystems(outside, outside, outside, outside, outside, outside, readers, Listening, () => outside.Polls, [outside], order => PhoneDeliveries.AddressOf("apollo", order, outside.PublicUrl, secrets.Webhook), outside, outside, outside, outside, outside, outside, () => [.. (outside.Now.Location?.Options.ConsentForms ?? []).Select(f => f.Registered())], outside), policy, new FileJournal(Path.Combine(folder, "outcomes.journal")),
            $"{settings.Node}/{Environment.ProcessId}", logs, Capabilities.Unproved(), () => [new LedgerHeadCheck(outside.Now.Witnesses, head, clocks), .. outside.Now.Checks],
            book => new OperationalMemory(book, folder));

        await node.Recorder.ReplayAsync();
        await TellOfTheLawAsync(node, settings.Owner!, clocks.Now);
        await TellOfRepliesAsync(node, settings, clocks.Now);
        if (await new SqlCounsel(store, ids).WarningAsync(System.Text.Json.JsonSerializer.Serialize((await node.Owner.SettingsAsync()).Law)) is { } unsigned) say($"note: {unsigned}");
        // One process owns a SQLite folder; on PostgreSQL only what this node itself held is free for sure.
        if (settings.Database == "sqlite") await node.Desks.ReleaseAllAsync();
        else await node.Desks.ReleaseNodeAsync(settings.Node);
        await node.Desks.WakeAsync("checks", "all", clocks.Now);
        await node.Desks.WakeAsync("upkeep", "all", clocks.Now);
        await node.Desks.WakeAsync("crm", "all", clocks.Now);
        await node.OpenEarsAsync();
        await node.OpenPollDesksAsync();

        var loop = new SupervisedLoop(node, clocks, logs);
        var state = new LiveState(clocks.Now, () => loop.LastBeat);
        var latency = new OptOutLatency();
        await using var web = BuildWeb(port ?? PortOfTheHost() ?? settings.Port);
        WebhookEndpoints.Map(web, node.Signals, readers.ToDictionary(r => r.Provider),
            new WebhookGates(secrets.Webhook, () => outside.Now.Vapi, () => outside.Now.HighLevel, node.VoiceTools, node.Owner.SettingsAsync), clocks, loop.Poke);
        var presses = OptOutEndpoints.Map(web, node.People, outside, node.Owner.SettingsAsync, secrets.Links, Path.Combine(folder, "optouts.journal"), latency, clocks, logs.CreateLogger(nameof(OptOutEndpoints)));
        await presses.ReplayAsync();
        ConsentEndpoints.Map(web, new SqlConsents(store, ids), node.Owner.SettingsAsync, secrets.Links, clocks, loop.Poke, logs.CreateLogger(nameof(ConsentEndpoints)));
        HealthEndpoints.Map(web, node, state, latency);
        var link = new OneTimeLink(clocks.Machine, "start `meridian run` again: it prints a new one");
        DashboardEndpoints.Map(web, node, link);
        await StartAsync(web);

        using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop, web.Lifetime.ApplicationStopping);
        var watch = new SettingsWatch(folder, clocks.Machine, async next =>
        {
            await installation.ApplyAsync(next, clocks.Now, policy.Become);
            await TellOfTheLawAsync(node, next.Owner!, clocks.Now);
            await TellOfRepliesAsync(node, next, clocks.Now);
            node.Capabilities.Forget(); // what the old accounts had proved says nothing of the new ones
            var before = outside.Now;
            outside.PublicUrl = next.Owner?.PublicUrl;
            outside.Become(LiveProviders.Create(next, secrets, clocks, store, before));
            node.Capabilities.Forget(); // a round of checks may have begun in between, with the old ones
            await node.OpenPollDesksAsync();
            await before.Ears.DisposeAsync(); // listening again costs nothing; e-mails under way keep their connection
            await node.OpenEarsAsync();
            await node.Desks.WakeAsync("checks", "all", clocks.Now);
            await node.Desks.WakeAsync("crm", "all", clocks.Now);
            loop.Poke();
            say("the settings were changed and are in force");
        }, problem =>
        {
            state.SettingsProblem = problem;
            if (problem is not null) say($"the settings were changed but are not in force: {problem}");
        });
        var watching = watch.RunAsync(leave.Token);
        var working = loop.RunAsync(LoopHung, LookAtLoop, () => state.LoopRestarts++, leave.Token);
        state.Started = true;
        var answers = web.Urls.Select(u => new Uri(u.Replace("[::]", "localhost").Replace("0.0.0.0", "localhost")).Port).First();
        say($"Meridian works on {Path.GetFullPath(folder)} and answers on port {answers}");
        say($"Watch it (this link works once): {(settings.Owner!.PublicUrl is { Length: > 0 } url ? url.TrimEnd('/') : $"http://localhost:{answers}")}{link.Path}");

        await Task.WhenAny(working, Task.Delay(Timeout.InfiniteTimeSpan, clocks.Machine, leave.Token)).ConfigureAwait(ConfigureAwaitOptions.None);
        state.Draining = true;
        say("stopping: nothing more begins; what is in the air is finished");
        var drained = await Task.WhenAny(working, Task.Delay(grace, clocks.Machine, CancellationToken.None)) == working;
        await leave.CancelAsync();
        await Task.WhenAny(watching, Task.Delay(WatchEnds, clocks.Machine, CancellationToken.None)); // a reload may hang on a provider; leaving does not
        await web.StopAsync(CancellationToken.None);
        await outside.Now.Mail.DisposeAsync();
        await outside.Now.Ears.DisposeAsync();
        say(drained ? "stopped; everything is recorded" : $"stopped after {grace.TotalSeconds:0} s; what had no answer yet is unconfirmed and will be looked for at the next start");
        return drained;
    }

    /// <summary>Old facts are not wrong ones, so nothing stops; but the owner hears of it.</summary>
    private async Task TellOfTheLawAsync(Node node, OwnerSettings owner, Instant now)
    {
        const string kind = "law-pack-stale";
        if (ContactRulesPack.Current.Stale(now.InUtc().Date, owner.Law.StaleAfterDays) is not { } warning)
        {
            await node.People.CloseIncidentAsync(kind, "law", now);
            return;
        }

        await node.People.OpenIncidentAsync(kind, "law", warning, now);
        say(warning);
    }

    private async Task TellOfRepliesAsync(Node node, MeridianSettings settings, Instant now)
    {
        const string kind = "replies-unheard";
        if (UnheardReplies.Of(settings) is not { } unheard)
        {
            await node.People.CloseIncidentAsync(kind, "mailboxes", now);
            return;
        }

        await node.People.OpenIncidentAsync(kind, "mailboxes", $"{unheard}. {UnheardReplies.Fix}", now);
        say($"WARNING: {unheard}. {UnheardReplies.Fix}");
    }

    private static int? PortOfTheHost() => int.TryParse(Environment.GetEnvironmentVariable("PORT"), out var port) && port is > 0 and <= 65535 ? port : null;

    private static async Task StartAsync(WebApplication web)
    {
        try
        {
            await web.StartAsync();
        }
        catch (IOException e)
        {
            throw new UsageException($"the port cannot be opened: {e.Message}; set port in meridian.json, PORT in the environment, or --port");
        }
    }

    /// <summary>IPv6 and IPv4 on every interface; where there is no IPv6, IPv4 alone.</summary>
    private static WebApplication BuildWeb(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenAnyIP(port);
        });
        return builder.Build();
    }
}
