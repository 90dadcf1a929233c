using System.Net;
using System.Text.Json;
using Meridian.Adapters.Apollo;
using Meridian.Adapters.Dns;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Mail;
using Meridian.Adapters.Twilio;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Microsoft.Extensions.Configuration;

namespace Meridian.Host.Composition;

/// <summary>
/// What a process must know: <c>meridian.json</c> in the data folder, then <c>MERIDIAN__...</c> from the environment (keys belong there).
/// Deciding settings under <c>owner</c> only seed the database.
/// </summary>
public sealed class MeridianSettings
{
    public const string FileName = "meridian.json";

    /// <summary><c>sqlite</c> (the default: a file in the data folder) or a <c>postgres://</c> URL.</summary>
    public string Database { get; set; } = "sqlite";

    /// <summary>A schema of its own in PostgreSQL; empty: the connection's default.</summary>
    public string? Schema { get; set; }

    /// <summary>This process' name among several on one database; a restarted one takes up its own desks at once.</summary>
    public string Node { get; set; } = Environment.MachineName.ToLowerInvariant();

    /// <summary>Where webhooks, pages and health answer. The environment's <c>PORT</c> wins.</summary>
    public int Port { get; set; } = 8080;

    public OwnerSettings? Owner { get; set; }

    public VapiOptions? Vapi { get; set; }

    public HighLevelOptions? HighLevel { get; set; }

    public ApolloOptions? Apollo { get; set; }

    /// <summary>Carrier lookups (<c>sid</c>, <c>secret</c>), for <c>owner.law.businessLandlines</c>.</summary>
    public TwilioOptions? Twilio { get; set; }

    /// <summary>Whom to find at Apollo. Only people in the United States become leads.</summary>
    public IReadOnlyList<SearchSettings> Searches { get; set; } = [];

    public IReadOnlyList<MailboxSettings> Mailboxes { get; set; } = [];

    /// <summary>Sends copies and reports to the owner; absent: each copy goes by the mailbox that sent the original.</summary>
    public MailboxSettings? OwnerMailbox { get; set; }

    public IReadOnlyList<CallerIdSettings> CallerIds { get; set; } = [];

    public IReadOnlyList<TextNumberSettings> TextNumbers { get; set; } = [];

    public CampaignSettings Campaign { get; set; } = new();

    /// <summary>Where these settings were read.</summary>
    internal string? Folder { get; private set; }

    /// <summary>Another name server than the machine's for looking at our domains, <c>1.1.1.1</c> or <c>127.0.0.1:5353</c>.</summary>
    public string? NameServer { get; set; }

    /// <summary>Another clock than the machine's, for practice. Refused unless every provider is on this machine.</summary>
    public PracticeSettings? Practice { get; set; }

    /// <summary>Reads file and environment.</summary>
    /// <param name="strays">Whether variables of the environment that are no setting are refused, too: by those who set up, begin or examine, and by nobody in a hurry.</param>
    /// <exception cref="UsageException">Every problem at once: unreadable file, unknown keys, bad values.</exception>
    public static MeridianSettings Load(string folder, StrayVariables strays = StrayVariables.Pass)
    {
        var file = Path.Combine(folder, FileName);
        var problems = new List<string>();
        if (File.Exists(file)) problems.AddRange(ShapeProblems(file));
        if (strays == StrayVariables.Refused) problems.AddRange(UnknownVariables.Here());
        else if (strays == StrayVariables.Noted) UnknownVariables.Note();
        var settings = new MeridianSettings { Folder = folder };
        try
        {
            var given = new ConfigurationBuilder().AddJsonFile(file, optional: true).AddEnvironmentVariables(UnknownVariables.Prefix).Build();
            var wrong = SettingsValues.WrongIn(given, typeof(MeridianSettings)).ToList();
            problems.AddRange(wrong.Select(w => w.Problem));
            SettingsValues.Without(given, wrong.Select(w => w.Key).Concat(UnknownVariables.Keys(UnknownVariables.All()))).Bind(settings);
        }
        catch (InvalidDataException e)
        {
            // Two settings of one name, the only mistake the reader itself finds in a file of the right shape.
            throw new UsageException(string.Join(Environment.NewLine, problems.Append($"{file}: {e.GetBaseException().Message}")));
        }
        catch (InvalidOperationException e)
        {
            problems.Add(e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message);
        }

        problems.AddRange(settings.Problems());
        return problems.Count == 0 ? settings : throw new UsageException(string.Join(Environment.NewLine, problems));
    }

    private static IReadOnlyList<string> ShapeProblems(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new UsageException($"{file}: the file must be an object in braces, such as {{ \"owner\": {{ ... }} }}");
            return [.. UnknownSettings.In(json.RootElement, typeof(MeridianSettings)).Select(p => $"{file}: {p}")];
        }
        catch (JsonException e)
        {
            throw new UsageException($"{file} is not JSON: {e.Message}");
        }
    }

    /// <summary>The schema of ours: the one set, or <c>meridian</c> at Supabase, whose default schema is open to its Data API.</summary>
    public string? OwnSchema() => Schema is { Length: > 0 } ? Schema : Database != "sqlite" && PostgresUrl.IsSupabase(Database) ? "meridian" : null;

    /// <summary>What is wrong with what is set; what is not set is missing only for <c>run</c>, which says so.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (Database != "sqlite")
        {
            try
            {
                PostgresUrl.ToConnectionString(Database);
            }
            catch (UsageException e)
            {
                problems.Add(e.Message.Replace("--database", "database"));
            }
        }

        if (Schema is { Length: > 0 } && !Schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')) problems.Add($"schema is '{Schema}': use lower-case letters, digits and _");
        if (Port is < 1 or > 65535) problems.Add($"port is {Port}: give 1 to 65535");
        if (NameServer is { Length: > 0 } && NameServerAddress() is null) problems.Add($"nameServer is '{NameServer}': give an address such as 1.1.1.1 or 127.0.0.1:5353");
        if (Owner is not null) problems.AddRange(Owner.Problems());
        if (Vapi is not null) problems.AddRange(Vapi.Problems());
        if (HighLevel is not null) problems.AddRange(HighLevel.Problems());
        if (HighLevel is not null)
        {
            problems.AddRange(HighLevel.ConsentForms.SelectMany((f, i) => f.Problems(i, Owner?.SellerName)));
            foreach (var twice in HighLevel.ConsentForms.GroupBy(f => f.Name.Trim().ToLowerInvariant()).Where(g => g.Count() > 1)) problems.Add($"highLevel.consentForms: '{twice.Key}' is the name of {twice.Count()} forms: give each a name of its own");
        }

        if (Apollo is not null) problems.AddRange(Apollo.Problems());
        if (Twilio is not null) problems.AddRange(Twilio.Problems());
        if (Owner?.Law.BusinessLandlines is not null && Twilio is null) problems.Add("owner.law.businessLandlines is set but twilio is not: without carrier lookups no line is confirmed; give twilio.sid and twilio.secret");
        problems.AddRange(Searches.SelectMany(s => s.Problems()));
        foreach (var twice in Searches.GroupBy(s => s.Name.Trim().ToLowerInvariant()).Where(g => g.Count() > 1)) problems.Add($"searches: '{twice.Key}' is the name of {twice.Count()} searches: give each a name of its own");
        if (Searches.Count > 0 && Apollo is null) problems.Add("searches are set but apollo is not: give apollo.apiKey");
        foreach (var m in OwnerMailbox is null ? Mailboxes : Mailboxes.Append(OwnerMailbox)) problems.AddRange(m.Problems(HighLevel));
        if (OwnerMailbox is { Via: MailVia.HighLevel }) problems.Add("ownerMailbox goes via highlevel, which would make a contact of you: set its via to smtp, gmail, graph or mailgun");
        else if (OwnerMailbox is null && Mailboxes.Any(m => m.Via == MailVia.HighLevel)) problems.Add("a mailbox goes via highlevel and ownerMailbox is not set: copies and alerts for you need a way of their own; set ownerMailbox");
        problems.AddRange(CallerIds.SelectMany(c => c.Problems()));
        problems.AddRange(TextNumbers.SelectMany(t => t.Problems()));
        problems.AddRange(Campaign.Problems());
        foreach (var twice in Mailboxes.Select(m => m.Address).Concat(CallerIds.Select(c => c.Number)).Concat(TextNumbers.Select(t => t.Number)).GroupBy(a => a.ToLowerInvariant()).Where(g => g.Count() > 1))
            problems.Add($"'{twice.Key}' is set up {twice.Count()} times: each sender once");
        if (CallerIds.Count > 0 && Vapi is null) problems.Add("callerIds are set but vapi is not: give vapi.apiKey and vapi.assistantId");
        if (TextNumbers.Count > 0 && HighLevel is null) problems.Add("textNumbers are set but highLevel is not: give highLevel.token and highLevel.locationId");
        if (Practice is not null && !AllOnThisMachine()) problems.Add("practice sets another clock, so every provider must be on this machine (127.0.0.1): take practice out, or point every provider at a sandbox");
        return problems;
    }

    /// <summary>The domains we write from; none where mail goes to this machine only, for their names mean nothing outside.</summary>
    public IReadOnlyList<SendingDomain> SendingDomains() =>
        [.. Mailboxes.Where(m => NameServer is { Length: > 0 } || !IsHere(m.SendsTo(HighLevel))).Where(m => m.Address.Contains('@'))
            .GroupBy(m => m.Address.Trim().ToLowerInvariant()[(m.Address.Trim().LastIndexOf('@') + 1)..]).Select(g => new SendingDomain(g.Key, g.Select(m => m.DkimSelector).FirstOrDefault(s => !string.IsNullOrWhiteSpace(s))))];

    public IPEndPoint? NameServerAddress() => NameServer is { Length: > 0 } at && IPEndPoint.TryParse(at, out var point) ? new IPEndPoint(point.Address, point.Port == 0 ? 53 : point.Port) : null;

    internal static bool IsHere(string host) => host is "127.0.0.1" or "localhost" or "::1" or "[::1]";

    private bool AllOnThisMachine()
    {
        var hosts = Mailboxes.Select(m => m.SendsTo(HighLevel)).ToList();
        if (OwnerMailbox is not null) hosts.Add(OwnerMailbox.SendsTo(HighLevel));
        if (Vapi is not null) hosts.Add(Vapi.BaseUrl.Host);
        if (HighLevel is not null) hosts.Add(HighLevel.BaseUrl.Host);
        hosts.AddRange(TextNumbers.Where(t => t.TriggerUrl is { IsAbsoluteUri: true }).Select(t => t.TriggerUrl!.Host));
        if (Apollo is not null) hosts.Add(Apollo.BaseUrl.Host);
        if (Twilio is not null) hosts.Add(Twilio.BaseUrl.Host);
        return hosts.All(IsHere);
    }
}
