using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using Microsoft.Extensions.Time.Testing;
using NodaTime;

namespace Meridian.Tests.Ledger;

/// <summary>A small campaign on a real ledger: an owner, a sequence, two caller IDs, one mailbox, one text number, and people as a test adds them.</summary>
public sealed class LedgerWorld : IAsyncDisposable
{
    public const string Campaign = "cam_1";
    public const string Caller1 = "snd_call_1";
    public const string Caller2 = "snd_call_2";
    public const string Mailbox = "snd_mail_1";
    public const string Texter = "snd_text_1";

    private readonly TestDatabase database;
    private int permits;

    private LedgerWorld(TestDatabase database, SqlStore store)
    {
        this.database = database;
        Store = store;
        Ids = new SeededIds(1, new FakeTimeProvider(TestDatabase.Birth.ToDateTimeOffset()));
        Ledger = new SqlTouchLedger(store, Ids);
        People = new SqlPeopleLedger(store, Ids);
        Signals = new SqlSignals(store, Ids);
        Facts = new SqlFacts(store, Ids);
        Desks = new SqlDesks(store);
    }

    public static Instant Now => TestDatabase.Birth;

    public static LocalDate Today => new(2026, 11, 16);

    public SqlStore Store { get; }

    public IIds Ids { get; }

    public SqlTouchLedger Ledger { get; }

    public SqlPeopleLedger People { get; }

    public SqlSignals Signals { get; }

    public SqlFacts Facts { get; }

    public SqlDesks Desks { get; }

    public string Policy { get; set; } = "";

    /// <summary><paramref name="change"/> rewrites statements: the world of a mutant.</summary>
    public static async Task<LedgerWorld> OpenAsync(TestDatabase database, Func<string, string>? change = null)
    {
        await database.OpenAsync();
        var world = new LedgerWorld(database, change is null ? database.Store : new MutantStore(database.Store, change));
        var setup = new SqlSetup(database.Store, world.Ids);
        world.Policy = await setup.KeepOwnerAsync(new OwnerSettings { SellerName = "Example LLC", PostalAddress = "1 Example Way", OwnerEmail = "owner@example.com", SellerPhone = "+12025550199", DailyBudgetUsd = 1000m, Law = Meridian.Host.Demo.PracticePapers.All }, "test", Now);
        await setup.KeepCampaignAsync(Campaign, "Test", SopSequence.Default, "America/New_York", 1000, Now, Now);
        foreach (var (id, channel, address) in new[] { (Caller1, Channel.Call, "+12025550101"), (Caller2, Channel.Call, "+12025550102"), (Mailbox, Channel.Email, "a@mail.example"), (Texter, Channel.Text, "+12025550103") })
            await setup.KeepSenderAsync(Campaign, new NewSender(id, channel, address, null, null, "America/New_York", 0, 1000, 1000, null), world.Policy, Now);
        await setup.KeepDesksAsync(Now);
        return world;
    }

    /// <summary>A person with an e-mail address and a phone (shared when given), consents for both channels, enrolled.</summary>
    public Task AddPersonAsync(string lead, string? phone = null, string? company = null) => Store.WriteAsync(async s =>
    {
        phone ??= "+1202555" + Math.Abs(lead.GetHashCode(StringComparison.Ordinal) % 10000).ToString("0000");
        var mail = $"{lead}@people.example";
        company ??= $"cmp_{lead}";
        await s.ExecuteAsync("insert into company (id, natural_key, name, created_at) values (@company, @company, @company, @Now) on conflict (id) do nothing", new { company, Now });
        foreach (var (address, kind) in new[] { (phone, "phone"), (mail, "email") })
            await s.ExecuteAsync("insert into address_key (id, kind) values (@address, @kind) on conflict (id) do nothing", new { address, kind });
        await s.ExecuteAsync("insert into lead (id, company_id, first_name, state, country, created_at) values (@lead, @company, 'Ann', 'NY', 'US', @Now)", new { lead, company, Now });
        foreach (var (address, kind, role) in new[] { (phone, "phone", "mobile"), (mail, "email", "email") })
            await s.ExecuteAsync("insert into lead_address (lead_id, address_id, kind, role, attached_at) values (@lead, @address, @kind, @role, @Now)", new { lead, address, kind, role, Now });
        foreach (var channel in new[] { "call", "text" })
            await s.ExecuteAsync("insert into consent (id, lead_id, address_id, channel, status, seller, text_version, evidence, created_at) values (@id, @lead, @phone, @channel, 'recorded', 'Example LLC', '1', 'e', @Now)", new { id = $"con_{lead}_{channel}", lead, phone, channel, Now });
        await s.ExecuteAsync("insert into enrollment (id, lead_id, campaign_id, round, sequence_id, sequence_version, state, enrolled_at) values (@id, @lead, @Campaign, 1, 'sop', 1, 'active', @Now)", new { id = $"enr_{lead}", lead, Campaign, Now });
    });

    /// <summary>An offer, due now. Its id.</summary>
    public async Task<string> OfferAsync(string lead, Channel channel, int attempt = 1, string? successorOf = null, Instant? due = null)
    {
        var id = $"tch_{lead}_{Words.Of(channel)}_{attempt}";
        await Store.WriteAsync(async s =>
        {
            var address = await s.ScalarAsync<string>("select address_id from lead_address where lead_id = @lead and kind = @kind order by address_id limit 1", new { lead, kind = channel == Channel.Email ? "email" : "phone" });
            await s.ExecuteAsync("""
                insert into touch (id, lead_id, enrollment_id, campaign_id, channel, step_id, round, attempt, state, address_id, pool_id, window_key, zone_group, priority, planned_at, due_at, expires_at, successor_of)
                values (@id, @lead, @enrollment, @Campaign, @channel, @step, 1, @attempt, 'planned', @address, @pool, 'always', 'zone', 2, @Now, @due, @expires, @successorOf)
                """, new { id, lead, enrollment = $"enr_{lead}", Campaign, channel = Words.Of(channel), step = $"{Words.Of(channel)}-1", attempt = (long)attempt, address, pool = SqlSetup.PoolOf(Campaign, channel), Now, due = due ?? Now, expires = Now + Duration.FromDays(30), successorOf });
        });
        return id;
    }

    /// <summary>An offer as planning writes it: the step is the sequence's own, the window that of somebody in New York.</summary>
    public async Task<string> PlanAsync(string lead, Channel channel, params string[] states)
    {
        var touch = await OfferAsync(lead, channel);
        var (step, window) = (SopSequence.Default.Steps.First(s => s.Channel == channel).StepId, WindowKey.For(channel, ["America/New_York"], states));
        await ExecuteAsync("update touch set step_id = @step, window_key = @window, zone_group = 'America/New_York' where id = @touch", new { step, window, touch });
        return touch;
    }

    /// <summary>Who sends what goes by this channel.</summary>
    public static string SenderOf(Channel channel) => channel switch { Channel.Email => Mailbox, Channel.Call => Caller1, _ => Texter };

    /// <summary>What Dispatch would ask for this offer at the revisions of this moment. Change it with <c>with</c>.</summary>
    public async Task<BeginOrder> OrderAsync(string sender, params string[] touches)
    {
        var s = (await Facts.SenderAsync(sender, Now))!.Sender;
        var rows = new List<BeginTouch>();
        foreach (var id in touches)
        {
            var t = (await Facts.TouchAsync(id))!;
            var lead = (await Facts.LeadAsync(t.LeadId))!;
            var call = t.Channel == Channel.Call;
            // As Dispatch does: the touch once more, after the revision. One that has gone meanwhile is asked for at a revision nobody has.
            var gone = (await Facts.TouchAsync(id))!.State != TouchState.Planned;
            rows.Add(new BeginTouch(
                id, $"prm_{id}_{Interlocked.Increment(ref permits)}", t.LeadId, gone ? -1 : lead.Lead.Revision, t.AddressId!, t.Channel == Channel.Email ? null : Now + Duration.FromHours(24), lead.Lead.CompanyId,
                call ? Now + Duration.FromHours(20) : null, Now + Duration.FromSeconds(40), t.Channel == Channel.Email ? 0 : 100_000, t.PoolId, t.ZoneGroup, null,
                call ? Now + Duration.FromSeconds(30) : null, "[]", new TouchContent(s.Address, t.AddressId!, null, "hello", null)));
        }

        return new BeginOrder(sender, s.Revision, Policy, Now, Now, Today, 1000, Campaign, Today, 1000, Today, s.Channel, 1_000_000_000, 1_000_000_000, rows);
    }

    /// <summary>Begins an offer; its permit, or the loss.</summary>
    public async Task<(string? Permit, BeginLoss? Loss)> BeginAsync(string sender, string touch)
    {
        var order = await OrderAsync(sender, touch);
        var answer = await Ledger.TryBeginAsync(order, default);
        return (answer.Loss is null ? order.Touches[0].PermitId : null, answer.Loss);
    }

    public Task<long> CountAsync(string sql, object? args = null) => Store.ReadAsync(async s => await s.ScalarAsync<long?>(sql, args) ?? 0);

    public Task<string?> TextAsync(string sql, object? args = null) => Store.ReadAsync(s => s.ScalarAsync<string>(sql, args));

    public Task ExecuteAsync(string sql, object? args = null) => Store.WriteAsync(async s => { await s.ExecuteAsync(sql, args); });

    public ValueTask DisposeAsync() => database.DisposeAsync();
}
