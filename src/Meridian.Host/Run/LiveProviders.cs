using Meridian.Adapters.Apollo;
using Meridian.Adapters.Dns;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Http;
using Meridian.Adapters.Mail;
using Meridian.Adapters.Sql;
using Meridian.Adapters.Twilio;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Host.Composition;

namespace Meridian.Host.Run;

/// <summary>The adapters one set of settings asks for, and the checks that prove them.</summary>
public sealed record LiveProviders(RoutedMail Mail, ImapEars Ears, VapiCalls? Calls, VapiCallsToUs? CallsToUs, HighLevelTexts? Texts, HighLevelPoll? Poll, HighLevelPoll? Letters, HighLevelDoNotDisturb? Silence, ApolloProspects? Prospects, IReadOnlyList<IProviderCheck> Checks, IReadOnlyList<IActivityWitness> Witnesses, TwilioLookups? Lookups, HighLevelTasks? Tasks, HighLevelBoard? Board, HighLevelCalendar? Calendar, HighLevelContacts? Contacts, VapiOptions? Vapi, HighLevelLocation? Location)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    public HighLevelOptions? HighLevel => Location?.Options;

    /// <param name="before">What the settings before asked for; null at the start.</param>
    public static LiveProviders Create(MeridianSettings settings, InstallSecrets secrets, Clocks clocks, SqlStore? store, LiveProviders? before = null)
    {
        var checks = new List<IProviderCheck>();
        var witnesses = new List<IActivityWitness>();
        var tokens = settings.Folder is { } folder ? Path.Combine(folder, "tokens") : null;
        var mailboxes = settings.Mailboxes.Select(m => m.Transport(tokens, settings.HighLevel)).ToList();
        var owner = settings.OwnerMailbox?.Transport(tokens, settings.HighLevel);
        var bySmtp = mailboxes.Where(m => m.Via == MailVia.Smtp).ToList();
        if (bySmtp.Count > 0) checks.Add(new SmtpCheck(bySmtp, clocks.Machine));

        var ears = new ImapEars(mailboxes, clocks.Machine);
        var location = settings.HighLevel is { } place ? new HighLevelLocation(ProviderHttp.Create(ConnectTimeout), place, clocks.Machine, before?.Location, Shelf(settings, place, tokens, store)) : null;
        var mail = new RoutedMail(mailboxes, owner, ears, clocks.Engine, clocks.Machine, location);
        checks.AddRange(mail.Checks);
        if (ears.Mailboxes.Count > 0) checks.Add(new ImapCheck(ears));

        VapiCalls? calls = null;
        VapiCallsToUs? callsToUs = null;
        if (settings.Vapi is { } vapi)
        {
            vapi.WebhookSecret = secrets.Webhook;
            vapi.BooksMeetings = settings.HighLevel?.CalendarId is { Length: > 0 };
            if (settings.Owner?.PublicUrl is { Length: > 0 } url) vapi.WebhookUrl ??= new Uri($"{url.TrimEnd('/')}/webhooks/vapi");
            calls = new VapiCalls(ProviderHttp.Create(ConnectTimeout), vapi, clocks.Machine);
            if (settings.CallerIds.Count > 0) witnesses.Add(new VapiWitness(ProviderHttp.Create(ConnectTimeout), vapi, [.. settings.CallerIds.Select(c => c.PhoneNumberId)], clocks.Machine));
            if (settings.CallerIds.Count > 0) callsToUs = new VapiCallsToUs(ProviderHttp.Create(ConnectTimeout), vapi, [.. settings.CallerIds.Select(c => c.PhoneNumberId)], clocks);
            if (settings.CallerIds.Count > 0) checks.Add(new VapiCheck(ProviderHttp.Create(ConnectTimeout), vapi, settings.CallerIds.ToDictionary(c => c.PhoneNumberId, c => c.Number), clocks.Machine));
        }

        HighLevelTexts? texts = null;
        HighLevelPoll? poll = null;
        HighLevelPoll? letterPoll = null;
        HighLevelDoNotDisturb? silence = null;
        HighLevelTasks? tasks = null;
        HighLevelBoard? board = null;
        HighLevelCalendar? calendar = null;
        HighLevelContacts? contacts = null;
        if (location is not null)
        {
            List<string> letters = [.. mailboxes.Where(m => m.Via == MailVia.HighLevel).Select(m => m.Address)];
            texts = new HighLevelTexts(location, settings.TextNumbers.Where(t => t is { Via: TextVia.Workflow, TriggerUrl: not null }).ToDictionary(t => t.Number, t => t.TriggerUrl!));
            poll = new HighLevelPoll(location);
            if (letters.Count > 0) letterPoll = new HighLevelPoll(location, letters: true);
            silence = new HighLevelDoNotDisturb(location, clocks.Machine);
            tasks = new HighLevelTasks(location, texts);
            board = new HighLevelBoard(location);
            contacts = new HighLevelContacts(location, clocks);
            calendar = new HighLevelCalendar(location, texts);
            checks.Add(new HighLevelCheck(location, settings.TextNumbers.Select(t => t.Number).ToList(), letters));
        }

        ApolloProspects? prospects = null;
        if (settings.Apollo is { } apollo)
        {
            prospects = new ApolloProspects(ProviderHttp.Create(ConnectTimeout), apollo, clocks);
            checks.Add(new ApolloCheck(ProviderHttp.Create(ConnectTimeout), apollo, clocks));
        }

        if (settings.Twilio is { } key) checks.Add(new TwilioCheck(ProviderHttp.Create(ConnectTimeout), key, clocks.Machine));
        if (settings.SendingDomains() is { Count: > 0 } domains) checks.Add(new DomainCheck(domains, settings.NameServerAddress()));
        return new LiveProviders(mail, ears, calls, callsToUs, texts, poll, letterPoll, silence, prospects, checks, witnesses, settings.Twilio is { } twilio ? new TwilioLookups(ProviderHttp.Create(ConnectTimeout), twilio, clocks.Machine) : null, tasks, board, calendar, contacts, settings.Vapi, location);
    }

    /// <summary>
    /// A folder has one engine, so a file serves; several engines on one PostgreSQL have only the database in common. Named by the app, whose installation it
    /// is: a locationId that is mended finds its tokens again. An older version named it by the location.
    /// </summary>
    private static ITokenShelf Shelf(MeridianSettings settings, HighLevelOptions highLevel, string? folder, SqlStore? store)
    {
        ITokenShelf Named(string by)
        {
            var name = $"highlevel-{string.Concat(by.Where(char.IsAsciiLetterOrDigit))}";
            return settings.Database == "sqlite" && folder is not null ? new TokenFile(Path.Combine(folder, $"{name}.json")) : new SqlTokenShelf(store!, name);
        }

        return new MovedShelf(Named(highLevel.OAuth?.ClientId ?? ""), Named(highLevel.LocationId));
    }
}
