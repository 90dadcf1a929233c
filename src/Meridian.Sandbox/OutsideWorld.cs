using Meridian.Sandbox.HighLevel;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Smtp;
using Meridian.Sandbox.Vapi;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox;

/// <summary>
/// A small outside world over real HTTP and SMTP on 127.0.0.1: Vapi, HighLevel, mailboxes, and the people behind them. Everything it saw is
/// in <c>sandbox-log.jsonl</c> before it answered; on a restart it rebuilds itself from there.
/// </summary>
public sealed class OutsideWorld : IAsyncDisposable
{
    private readonly SandboxOptions options;
    private readonly SandboxLog log;
    private readonly ProviderBook book;
    private readonly TimerQueue timers;
    private readonly WebhookSender sender;
    private LoopbackHost? vapi;
    private LoopbackHost? highLevel;
    private SmtpServer? smtp;

    private OutsideWorld(SandboxOptions options)
    {
        this.options = options;
        Directory.CreateDirectory(options.Folder);
        log = new SandboxLog(options.Folder, options.Clock);
        book = new ProviderBook(options.Folder);
        timers = new TimerQueue(options.Clock);
        sender = new WebhookSender(options);
    }

    /// <summary>Base address of Vapi's API.</summary>
    public Uri VapiBase => vapi!.Base;

    /// <summary>Base address of HighLevel's API.</summary>
    public Uri HighLevelBase => highLevel!.Base;

    /// <summary>The port on 127.0.0.1 where every mailbox's server listens.</summary>
    public int SmtpPort => smtp!.Port;

    /// <summary>Where HighLevel POSTs what people wrote; may be set once the listener is up.</summary>
    public Uri? HighLevelWebhook
    {
        get => options.HighLevelWebhook;
        set => options.HighLevelWebhook = value;
    }

    /// <summary>When the next thing happens by itself; null when nothing will.</summary>
    public DateTimeOffset? NextTimer => timers.Next;

    public static async Task<OutsideWorld> StartAsync(SandboxOptions options, CancellationToken ct)
    {
        var world = new OutsideWorld(options);
        try
        {
            await world.OpenAsync(ct);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fires everything due now, one thing at a time in the order (instant, sequence), and waits for each webhook's answer.</summary>
    public Task<int> RunDueTimersAsync(CancellationToken ct) => timers.RunDueAsync(ct);

    public async ValueTask DisposeAsync()
    {
        if (vapi is not null) await vapi.DisposeAsync();
        if (highLevel is not null) await highLevel.DisposeAsync();
        if (smtp is not null) await smtp.DisposeAsync();
        sender.Dispose();
        timers.Dispose();
        book.Dispose();
        log.Dispose();
    }

    private async Task OpenAsync(CancellationToken ct)
    {
        var chance = new Chance(options.Seed);
        var optOuts = new OptOuts();
        var events = new CallEvents(log, timers, sender, optOuts, options.Clock);
        var switchboard = new Switchboard(options, chance, log, book, optOuts, events);
        var contacts = new ContactBook(options, chance, book);
        var inbound = new InboundTexts(options, chance, log, timers, sender, optOuts);
        var texts = new TextLine(options, chance, log, contacts, optOuts, timers, inbound);

        vapi = await LoopbackHost.StartAsync(options, new VapiApi(options, switchboard).Map, ct);
        events.Base = vapi.Base;
        highLevel = await LoopbackHost.StartAsync(options, new HighLevelApi(options, contacts, texts).Map, ct);
        smtp = new SmtpServer(options, new Post(options, chance, log));
        contacts.Rebuild(log.Found);
        switchboard.Rebuild(log.Found);
        texts.Rebuild(log.Found);
    }
}
