using Meridian.Sandbox.Apollo;
using Meridian.Sandbox.HighLevel;
using Meridian.Sandbox.Imap;
using Meridian.Sandbox.MailApis;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Scripts;
using Meridian.Sandbox.Smtp;
using Meridian.Sandbox.Vapi;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox;

/// <summary>
/// A small outside world on loopback: Vapi, HighLevel, Apollo, a mail server, and the people behind them. Real HTTP, SMTP and IMAP, one clock, no luck.
/// Started again in the same folder it goes on where its log ends.
/// </summary>
public sealed class OutsideWorld : IAsyncDisposable
{
    private readonly Stack<object> owned = new();
    private readonly TimerQueue timers;
    private MailStore mail = null!;
    private TokenDesk tokens = null!;
    private ScriptRun? run;
    private Switchboard switchboard = null!;

    private OutsideWorld(TimeProvider clock) => timers = Own(new TimerQueue(clock));

    /// <summary>Where Vapi answers; ends in a slash.</summary>
    public Uri VapiBase { get; private set; } = null!;

    /// <summary>Where HighLevel answers; ends in a slash.</summary>
    public Uri HighLevelBase { get; private set; } = null!;

    /// <summary>Where Apollo answers, with its version; ends in a slash.</summary>
    public Uri ApolloBase { get; private set; } = null!;

    /// <summary>Where the Gmail API answers; <c>token</c> there gives tokens. The refresh token is the mailbox' own address.</summary>
    public Uri GmailBase { get; private set; } = null!;

    /// <summary>Where Microsoft Graph answers, with its version; <c>/token</c> on the same host gives tokens.</summary>
    public Uri GraphBase { get; private set; } = null!;

    /// <summary>Where Mailgun answers.</summary>
    public Uri MailgunBase { get; private set; } = null!;

    /// <summary>Where mail is taken, on 127.0.0.1, without encryption or authentication.</summary>
    public int SmtpPort { get; private set; }

    /// <summary>Where mailboxes are read, on 127.0.0.1, without encryption; the login name is the mailbox, any password opens it.</summary>
    public int ImapPort { get; private set; }

    /// <summary>The earliest thing still to happen, or null.</summary>
    public DateTimeOffset? NextTimer => timers.Next;

    /// <exception cref="InvalidDataException">The log of an earlier run is damaged elsewhere than in its last line.</exception>
    public static async Task<OutsideWorld> StartAsync(SandboxOptions options, CancellationToken ct)
    {
        Directory.CreateDirectory(options.Folder);
        var world = new OutsideWorld(options.Clock);
        try
        {
            await world.OpenAsync(options, ct);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fires every event that is due, one at a time by (instant, sequence), also those that come due on the way. Returns how many there were.</summary>
    public Task<int> RunDueTimersAsync(CancellationToken ct) => timers.RunDueAsync(ct);

    /// <summary>How often HighLevel gave its app a new pair of tokens.</summary>
    public int TokensGiven => tokens.Given;

    /// <summary>A mailbox comes back from a backup: another UIDVALIDITY, and every message another UID.</summary>
    public void RenumberMail(string mailbox) => mail.Renumber(mailbox.ToLowerInvariant());

    /// <summary>Somebody calls one of our numbers at Vapi, says this once the agent has greeted them, and hangs up. Returns the call's id.</summary>
    /// <param name="wantsOut">The last they say asks to be left alone.</param>
    public Task<string> RingAsync(string phoneNumberId, string person, IReadOnlyList<string> said, bool wantsOut, CancellationToken ct) => switchboard.RingAsync(phoneNumberId, person, said, wantsOut, ct);

    /// <summary>Closes the doors first, then the log.</summary>
    /// <summary>Entries of the script that no request has matched so far, by number and name.</summary>
    public IReadOnlyList<string> UnmetFaults => run?.Unmet() ?? [];

    public async ValueTask DisposeAsync()
    {
        while (owned.TryPop(out var thing))
        {
            if (thing is IAsyncDisposable door) await door.DisposeAsync();
            else ((IDisposable)thing).Dispose();
        }
    }

    private async Task OpenAsync(SandboxOptions options, CancellationToken ct)
    {
        var log = Own(new SandboxLog(options.Folder, options.Clock));
        var book = Own(new ProviderBook(options.Folder));
        var sender = Own(new WebhookSender(options));
        var chance = new Chance(options.Seed);
        var script = run = new ScriptRun(options.Script, chance, options.Clock);
        var troubles = new Troubles(new Mishaps(chance, options.Mishaps), script, Own(new WireRecord(options.Folder, options.Clock)));
        var optOuts = new OptOuts();
        var road = new WebhookRoad(options, chance, script, timers);

        var events = new CallEvents(log, timers, sender, road, optOuts, options);
        switchboard = new Switchboard(options, chance, log, book, optOuts, events);
        var contacts = new ContactBook(options, chance, book);
        var post = new WebhookPost(options, timers, sender);
        var texts = new TextLine(
            options, chance, log, contacts, optOuts, timers, new InboundTexts(options, chance, log, contacts, road, post, optOuts), new DoNotDisturbNews(options, chance, contacts, road, post), book);

        var population = new Population(chance, options.Seed);
        var credits = new Credits(options);
        var phones = new PhoneOrders(chance, log, book, timers, sender, road, population, credits, options.Clock);
        var shop = new Shop(chance, log, population, credits, phones, options.Clock);

        tokens = new TokenDesk(options, chance, book);
        tokens.Reopen();
        var deals = new NotesAndDeals(options, chance, book, contacts);
        deals.Reopen();
        contacts.Reopen();
        // One pass in the order of the log: what a person does next depends on whether they had opted out by then.
        foreach (var line in log.Found)
        {
            if (line is { Kind: "optout", From: { } person }) optOuts.Add(person);
            switchboard.Recall(line);
            contacts.Recall(line);
            texts.Recall(line);
            credits.Recall(line);
            phones.Recall(line);
            shop.Recall(line);
        }
        if (log.Found.Count > 0) switchboard.Resume(log.Found[^1].At);
        phones.Resume();

        var vapi = Own(await LoopbackHost.StartAsync(options, troubles, "vapi", VapiApi.Contacting, new VapiApi(options, switchboard).Map, ct));
        VapiBase = events.Base = vapi.Base;
        mail = Own(new MailStore(options.Folder));
        var news = new MailgunNews(options, chance, mail);
        var inbound = new InboundMail(options, chance, log, mail, timers, optOuts, Own(new Signing(options, chance, log, timers)), news);
        var postRoom = new PostRoom(options, chance, log, inbound);
        HighLevelBase = Own(await LoopbackHost.StartAsync(options, troubles, "highlevel", texts.Contacting, new HighLevelApi(options, contacts, texts, tokens, deals, new LetterLine(options, chance, contacts, mail, inbound, postRoom)).Map, ct)).Base;
        var apollo = new ApolloApi(options, new PeopleSearch(log, population), shop, phones, credits);
        ApolloBase = new Uri(Own(await LoopbackHost.StartAsync(options, troubles, "apollo", static (_, _) => null, apollo.Map, ct)).Base, ApolloApi.Root + "/");
        var accounts = new MailAccounts(options);
        GmailBase = Own(await LoopbackHost.StartAsync(options, troubles, "gmail", static (_, _) => null, new GmailApi(options, chance, accounts, mail, postRoom).Map, ct)).Base;
        GraphBase = new Uri(Own(await LoopbackHost.StartAsync(options, troubles, "graph", static (_, _) => null, new GraphApi(options, chance, accounts, mail, postRoom).Map, ct)).Base, GraphApi.Root);
        MailgunBase = Own(await LoopbackHost.StartAsync(options, troubles, "mailgun", static (_, _) => null, new MailgunApi(options, chance, mail, postRoom, inbound, news).Map, ct)).Base;
        SmtpPort = Own(new TcpDoor((stream, ct) => new SmtpSession(options, troubles, postRoom, stream).RunAsync(ct))).Port;
        ImapPort = Own(new TcpDoor((stream, ct) => new ImapSession(options, troubles, mail, inbound, stream).RunAsync(ct))).Port;
    }

    private T Own<T>(T thing) where T : notnull
    {
        owned.Push(thing);
        return thing;
    }
}
