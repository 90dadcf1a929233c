using System.Text.Json.Nodes;
using Meridian.Adapters;
using Meridian.Adapters.Csv;
using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Host.Composition;
using Meridian.Host.Demo;
using Meridian.Host.Webhooks;
using Meridian.Sandbox;
using Meridian.Sandbox.Scripts;
using Meridian.Tests.Contracts;
using Meridian.Tests.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NodaTime;

namespace Meridian.Tests.Faults;

/// <summary>
/// The real engine on a real ledger against the real sandbox over HTTP and SMTP, for a few people of New York who may all be called and texted. One
/// mailbox, one caller ID, one text number. Nobody waits: the world's clock steps, and the machine's moves only when a script is slow.
/// </summary>
internal sealed class FaultWorld : IAsyncDisposable
{
    /// <summary>Monday, ten o'clock in New York.</summary>
    public static readonly Instant Start = Instant.FromUtc(2026, 11, 16, 15, 0);

    private readonly Stack<IAsyncDisposable> owned = new();
    private readonly OpenExchanges exchanges = new();
    private readonly SteppingClock clock = new(Start.ToDateTimeOffset());
    private readonly FakeTimeProvider machine = new(Start.ToDateTimeOffset());
    private readonly string folder = Directory.CreateTempSubdirectory("meridian-faults-").FullName;
    private readonly VendorWatch watch = new();
    private Node node = null!;
    private OutsideWorld outside = null!;

    private FaultWorld(SqlStore store) => Store = store;

    public SqlStore Store { get; }

    public static async Task<FaultWorld> OpenAsync(TestDatabase database, string script, int people, bool listens = false)
    {
        await database.OpenAsync();
        var world = new FaultWorld(database.Store);
        world.owned.Push(database);
        await world.OpenAsync(FaultScript.Read(script), people, listens);
        return world;
    }

    /// <summary>Everything that is due until then, one turn after the other.</summary>
    public async Task RunAsync(Instant until)
    {
        while (true)
        {
            while (!exchanges.None) await Task.Yield();
            if (node.Clocks.Now >= until) return;
            if (await node.RollCall.DueAsync(1) is [var due] && await node.RollCall.TakeTurnAsync(due, default)) continue;
            if (await outside.RunDueTimersAsync(default) > 0) continue;
            var next = await node.RollCall.NextDueAsync();
            if (outside.NextTimer is { } timer && (next is null || Instant.FromDateTimeOffset(timer) < next)) next = Instant.FromDateTimeOffset(timer);
            clock.StepTo((next is null || next > until ? until : next.Value).ToDateTimeOffset());
        }
    }

    /// <summary>What the providers saw, in order.</summary>
    public IReadOnlyList<LoggedContact> Log() => [.. Lines("sandbox-log.jsonl").Select(l => new LoggedContact(
        DateTimeOffset.Parse(Text(l, "at")!), Text(l, "kind")!, Text(l, "from") ?? "", Text(l, "to") ?? "", Text(l, "touch"), Text(l, "body")))];

    /// <summary>How often each operation of the vendors was asked for.</summary>
    public IReadOnlyDictionary<string, int> Asked => watch.Asked;

    /// <summary>Every request that could contact somebody, in order, also those that came to nothing.</summary>
    public IReadOnlyList<AskedContact> Wire() => [.. Lines("sandbox-wire.jsonl").Where(l => Text(l, "to") != DemoWorld.OwnerEmail).Select(l => new AskedContact(
        Text(l, "request")!, Text(l, "to") ?? "", Text(l, "touch"), Text(l, "body"), Text(l, "fault")))];

    public Task<IReadOnlyList<BegunTouch>> TouchesAsync() => Store.ReadAsync(s => s.QueryAsync<BegunTouch>("""
        select t.id, t.lead_id, t.channel, t.state, t.begun_at, t.closed_at, t.failed_because, t.error, t.address_id, c.body,
               (select i.detail from incident i where i.kind = 'unconfirmed-touch' and i.subject = t.id) as incident
          from touch t join touch_content c on c.permit_id = t.permit_id where t.begun_at is not null order by t.begun_at, t.id
        """));

    /// <summary>The numbers of the people the ledger has as opted out.</summary>
    public Task<IReadOnlyList<string>> OptedOutAsync() => Store.ReadAsync(s => s.QueryAsync<string>("""
        select a.address_id from lead l join lead_address a on a.lead_id = l.id and a.kind = 'phone' where l.opted_out_at is not null order by a.address_id
        """));

    public Task<long> CountAsync(string sql) => Store.ReadAsync(async s => await s.ScalarAsync<long?>(sql) ?? 0);

    public async ValueTask DisposeAsync()
    {
        while (owned.TryPop(out var thing)) await thing.DisposeAsync();
        watch.Holds();
        Directory.Delete(folder, recursive: true);
    }

    private async Task OpenAsync(FaultScript script, int people, bool listens)
    {
        var clocks = new Clocks(clock, machine);
        var ids = new SeededIds(1, clock);
        var policy = await SetUpAsync(ids);
        var port = LoopbackPort.Hold();
        var ours = port.Address;
        outside = await OutsideWorld.StartAsync(new SandboxOptions
        {
            Folder = folder, Seed = 5, Clock = clock, OwnerEmail = DemoWorld.OwnerEmail, VapiPhoneNumbers = DemoWorld.CallerIds, TextNumber = DemoWorld.TextNumber,
            VapiKey = DemoWorld.VapiKey, HighLevelToken = DemoWorld.HighLevelToken, HighLevelLocation = DemoWorld.HighLevelLocation, OpenExchange = exchanges.Open, Script = script,
            Sees = watch.Sees, Says = watch.Says,
            HighLevelWebhook = new Uri(ours, $"/webhooks/highlevel/{DemoWorld.WebhookSecret}"),
            Wait = time =>
            {
                machine.Advance(time);
                return Task.CompletedTask;
            },
        }, default);
        owned.Push(outside);
        var systems = DemoProviders.Create(DemoAddresses.Of(outside, ours), clocks);
        node = new Node(Store, ids, new SeededChance(1), clocks, systems, new PolicyVersion(policy), new FileJournal(Path.Combine(folder, "journal")), "faults", NullLoggerFactory.Instance);
        var web = port.Build();
        owned.Push(web);
        WebhookEndpoints.Map(web, node.Signals, systems.Readers.ToDictionary(r => r.Provider), new WebhookGates(DemoWorld.WebhookSecret, () => null, () => null, node.VoiceTools, node.Owner.SettingsAsync), clocks, () => { });
        await web.StartAsync();
        await node.Desks.WakeAsync("upkeep", "all", clocks.Now);
        if (listens) await node.OpenPollDesksAsync();
        await ImportAsync(ids, clocks, people);
    }

    private async Task<string> SetUpAsync(IIds ids)
    {
        const string zone = "America/New_York";
        var setup = new SqlSetup(Store, ids);
        var version = await setup.KeepOwnerAsync(DemoWorld.Owner, "test", Start);
        await setup.KeepCampaignAsync(DemoWorld.CampaignId, "Faults", SopSequence.Default, zone, 1000, enrollsFrom: Instant.FromUnixTimeSeconds(0), Start);
        foreach (var sender in new[]
                 {
                     new NewSender("snd_mail", Channel.Email, DemoWorld.Mailboxes[0], "Ana", null, zone, 60, 1000, 1000, null),
                     new NewSender("snd_call", Channel.Call, DemoWorld.CallerIds.Values.First(), null, DemoWorld.CallerIds.Keys.First(), zone, 60, 1000, 1000, null),
                     new NewSender("snd_text", Channel.Text, DemoWorld.TextNumber, null, null, zone, 60, 1000, 1000, null),
                 })
            await setup.KeepSenderAsync(DemoWorld.CampaignId, sender, version, Start);
        await setup.KeepDesksAsync(Start);
        return version;
    }

    private async Task ImportAsync(IIds ids, Clocks clocks, int people)
    {
        var file = Path.Combine(folder, "people.csv");
        await File.WriteAllTextAsync(file, "First Name,Last Name,Company Name,Email,Email Status,Mobile Phone,City,State,Country,Company Address,Record Id,AI Voice Consent,SMS Consent,Consent Date,Consent Seller,Consent Text Version,Consent Evidence\n" + string.Concat(
            Enumerable.Range(1, people).Select(i => $"Ann,Person{i},Company {i},ann{i}@company{i}.example,Verified,+1518555{100 + i:0000},Albany,NY,US,\"{i} Main St, Albany, NY 12207\",rec-{i},yes,yes,2026-06-01,{DemoWorld.Owner.SellerName},1,https://example.com/{i}\n")));
        await new CsvImport(Store, ids, clocks).ImportAsync(file, "Owner", dryRun: false);
    }

    private IEnumerable<JsonNode> Lines(string name) => File.ReadLines(Path.Combine(folder, name)).Select(line => JsonNode.Parse(line)!);

    private static string? Text(JsonNode line, string name) => (string?)line[name];
}

internal sealed record LoggedContact(DateTimeOffset At, string Kind, string From, string To, string? Touch, string? Body);

internal sealed record AskedContact(string Request, string To, string? Touch, string? Body, string? Fault);

internal sealed class BegunTouch
{
    public string Id { get; init; } = "";
    public string LeadId { get; init; } = "";
    public string Channel { get; init; } = "";
    public string State { get; init; } = "";
    public Instant BegunAt { get; init; }
    public Instant? ClosedAt { get; init; }
    public string? FailedBecause { get; init; }
    public string? Error { get; init; }
    public string AddressId { get; init; } = "";
    public string Body { get; init; } = "";
    public string? Incident { get; init; }

    public override string ToString() => $"{Id} {Channel} to {AddressId} {State} {FailedBecause} {Error} {Incident}";
}
