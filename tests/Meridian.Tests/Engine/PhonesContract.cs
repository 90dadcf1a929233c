using Meridian.Adapters.Apollo;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Engine.Prospecting;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Engine;

public sealed class PhonesOnSqlite() : PhonesContract(() => new TestDatabase.Sqlite());

public sealed class PhonesOnPostgres() : PhonesContract(() => new TestDatabase.Postgres());

/// <summary>Phones are bought only for people whose call is otherwise permitted, once, inside the day's budget, and come by webhook or by looking.</summary>
public abstract class PhonesContract(Func<TestDatabase> database)
{
    private const string Number = "+12125550131";

    private TestDatabase Database() => database();

    [Fact]
    public async Task By_default_no_phone_is_ever_bought()
    {
        await using var world = await WorldAsync(o => o with { BuyPhones = false, HumanCalls = false });
        await world.Desk.TakeAsync("all", default);
        Assert.Empty(world.Source.Ordered);
    }

    [Fact]
    public async Task A_phone_is_ordered_for_whoever_a_person_may_call_and_what_comes_is_attached_and_paid_as_the_source_says()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(["ann"], world.Source.Ordered);
        Assert.Equal(9_000, await world.Ledger.CountAsync("select credits from credit_day"));

        await world.Desk.TakeAsync("all", default); // too early to look
        world.Source.Delivers = new PhonesReply([new ProspectPhone("ann", Number, "mobile", IsValid: true, DoNotCall: false)], false, 8);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.Desk.TakeAsync("all", default);
        Assert.Equal("mobile", await world.Ledger.TextAsync("select role from lead_address where lead_id = 'ann' and address_id = @Number", new { Number }));
        Assert.Equal(9_000, await world.Ledger.CountAsync("select credits from credit_day"));
        Assert.Equal(["ann"], world.Source.Ordered);
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Fact]
    public async Task No_phone_found_costs_only_what_the_source_charged_and_is_not_asked_for_again()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        world.Source.Delivers = new PhonesReply([], false, 0);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(1_000, await world.Ledger.CountAsync("select credits from credit_day"));
        Assert.Equal(20_000, await world.Ledger.CountAsync("select micro from spend_day where channel = 'all'"));
        Assert.Equal("the source found no number", await world.Ledger.TextAsync("select result from phone_wanted"));
        await world.Desk.TakeAsync("all", default);
        Assert.Single(world.Source.Ordered);
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Fact]
    public async Task A_number_that_is_not_said_to_be_off_the_lists_or_is_out_of_service_is_not_attached()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        world.Source.Delivers = new PhonesReply([new("ann", Number, "mobile", true, DoNotCall: true), new("ann", "+12125550132", "mobile", IsValid: false, false)], false, 8);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from lead_address where lead_id = 'ann' and kind = 'phone'"));
    }

    [Fact]
    public async Task A_delivery_by_webhook_closes_the_order_once_and_whoever_is_not_of_the_order_gets_nothing()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var order = (await world.Ledger.TextAsync("select id from phone_order"))!;
        var signals = new ApolloSignals();
        var raw = ApolloSignals.Wrap(order, $$"""{"people":[{"id":"ann","phone_numbers":[{"sanitized_number":"{{Number}}","type_cd":"mobile","status_cd":"valid_number","dnc_status_cd":"not_found"}]},{"id":"eve","phone_numbers":[{"sanitized_number":"+12125550139","status_cd":"valid_number","dnc_status_cd":"not_found"}]}],"credits_consumed":8}""");
        foreach (var _ in new[] { 1, 2 }) await world.Ledger.Signals.StoreAsync("apollo", signals.Describe(raw), raw, world.Clocks.Now);
        await world.Inbox.TakeAsync("all", default);
        var again = ApolloSignals.Wrap(order, """{"people":[{"id":"ann","phone_numbers":[]}],"credits_consumed":8}""");
        await world.Ledger.Signals.StoreAsync("apollo", signals.Describe(again), again, world.Clocks.Now);
        await world.Inbox.TakeAsync("all", default);

        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead_address where address_id = @Number", new { Number }));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from lead_address where address_id = '+12125550139'"));
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from signal where provider = 'apollo' and understood_at is not null"));
        Assert.Equal(9_000, await world.Ledger.CountAsync("select credits from credit_day"));
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(0, world.Source.Looks);
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Fact]
    public async Task A_number_found_for_somebody_who_opted_out_meanwhile_is_closed_with_them()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        await world.Ledger.People.OptOutAsync(new OptOutOrder([], "ann", "asked", "owner", null, world.Clocks.Now));
        world.Source.Delivers = new PhonesReply([new ProspectPhone("ann", Number, "mobile", true, false)], false, 8);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from address_key where id = @Number and suppressed_at is not null", new { Number }));
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Fact]
    public async Task An_answer_nobody_got_counts_as_bought_and_the_webhook_may_still_bring_it()
    {
        await using var world = await WorldAsync();
        world.Source.Answers = () => PhoneOrderReply.No(SourceTrouble.Unknown, "time ran out");
        await world.Desk.TakeAsync("all", default);
        world.Source.Answers = null;
        await world.Desk.TakeAsync("all", default);
        Assert.Single(world.Source.Ordered);
        Assert.Equal(9_000, await world.Ledger.CountAsync("select credits from credit_day"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident where kind = 'purchase-unknown'"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from phone_order where closed_at is null"));
        var book = new SqlPhones(world.Ledger.Store, world.Ledger.Ids);
        Assert.Equal(1, await book.KeepPhonesAsync((await world.Ledger.TextAsync("select id from phone_order"))!, [new ProspectPhone("ann", Number, "mobile", true, false)], 0, world.Clocks.Now));
        Assert.Equal(9_000, await world.Ledger.CountAsync("select credits from credit_day")); // nobody knows what asking had cost
    }

    [Fact]
    public async Task A_death_before_the_answer_is_found_told_and_never_asked_again()
    {
        await using var world = await WorldAsync();
        world.Source.Answers = () => throw new InvalidOperationException("the process died here");
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Desk.TakeAsync("all", default));
        world.Source.Answers = null;
        world.Clock.Advance(TimeSpan.FromMinutes(20));
        await world.Desk.TakeAsync("all", default);
        Assert.Single(world.Source.Ordered);
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident where kind = 'purchase-unknown'"));
    }

    [Fact]
    public async Task A_refused_order_gives_everything_back_and_is_made_again_later()
    {
        await using var world = await WorldAsync();
        world.Source.Answers = () => PhoneOrderReply.No(SourceTrouble.RateLimited, "600 times per hour");
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(0, await world.Ledger.CountAsync("select credits from credit_day"));
        world.Source.Answers = null;
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(["ann"], world.Source.Ordered); // not before the limit is over
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(["ann", "ann"], world.Source.Ordered);
        Assert.Equal(9_000, await world.Ledger.CountAsync("select credits from credit_day"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident"));
    }

    /// <summary>Apollo asks for an https webhook_url with a 400, and for another plan with a 403: neither mends itself in ten minutes.</summary>
    [Theory]
    [InlineData(SourceTrouble.Invalid, "Apollo answered 400: Please add a valid 'webhook_url' parameter when using 'reveal_phone_number'", "owner.publicUrl must be an https address")]
    [InlineData(SourceTrouble.Account, "Apollo answered 403: this key is not authorized", "use a key whose scope and plan")]
    public async Task What_only_the_owner_can_mend_is_told_with_its_remedy_and_not_asked_again_the_same_day(SourceTrouble trouble, string why, string remedy)
    {
        await using var world = await WorldAsync();
        world.Source.Answers = () => PhoneOrderReply.No(trouble, why);
        for (var i = 0; i < 20; i++)
        {
            var next = (await world.Desk.TakeAsync("all", default)).Next;
            Assert.True(next > world.Clocks.Now + Duration.FromHours(1), "it rests");
            world.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Single(world.Source.Ordered);
        Assert.Equal(0, await world.Ledger.CountAsync("select credits from credit_day"));
        var told = await world.Ledger.TextAsync("select detail from incident where kind = 'phones-refused' and subject = 'fake' and closed_at is null");
        Assert.Contains(why, told);
        Assert.Contains(remedy, told);

        world.Source.Answers = null;
        world.Clock.Advance(TimeSpan.FromHours(5));
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(["ann", "ann"], world.Source.Ordered);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident where closed_at is null"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Fact]
    public async Task Whoever_somebody_else_s_order_is_fetching_stays_asked_for_a_day()
    {
        await using var world = await WorldAsync();
        world.Source.Answers = () => new PhoneOrderReply("-1", AlreadyUnderWay: true, 0);
        for (var i = 0; i < 23; i++)
        {
            await world.Desk.TakeAsync("all", default);
            world.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(["ann"], world.Source.Ordered);
        Assert.Equal(0, await world.Ledger.CountAsync("select sum(credits) from credit_day"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from phone_order where closed_at is null"));

        world.Source.Answers = null;
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(["ann", "ann"], world.Source.Ordered);
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Theory]
    [InlineData("update lead set opted_out_at = 1 where id = 'ann'")]
    [InlineData("update lead set paused_at = 1 where id = 'ann'")]
    [InlineData("update lead set state = 'AZ', postal_code = '85001' where id = 'ann'")] // no unsolicited call to a mobile there
    [InlineData("update lead set state = 'TX', postal_code = '78701' where id = 'ann'")] // keeps its own list, which is not loaded
    [InlineData("update lead set country = 'CA', state = null where id = 'ann'")]
    [InlineData("update lead set state = null, postal_code = null where id = 'ann'")]
    [InlineData("update dnc_list set as_of = '2026-10-01'")]
    [InlineData("delete from dnc_list")]
    [InlineData("update touch set parked_reason = null where lead_id = 'ann'")]
    public async Task Nobody_s_phone_is_bought_when_a_person_could_not_call_them_anyway(string fact)
    {
        await using var world = await WorldAsync();
        if (world.IsPostgres) fact = fact.Replace("_at = 1 ", "_at = now() ");
        await world.Ledger.ExecuteAsync(fact);
        await world.Desk.TakeAsync("all", default);
        Assert.Empty(world.Source.Ordered);
    }

    [Fact]
    public async Task The_day_s_credits_hold_for_phones_too()
    {
        await using var world = await WorldAsync(o => o with { DailyCredits = 8 });
        await world.Desk.TakeAsync("all", default);
        Assert.Empty(world.Source.Ordered);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from phone_wanted"));
    }

    private async Task<World> WorldAsync(Func<OwnerSettings, OwnerSettings>? change = null)
    {
        var database = Database();
        var ledger = await LedgerWorld.OpenAsync(database);
        var owner = await ledger.Facts.SettingsAsync() with { HumanCalls = true, BuyPhones = true, PublicUrl = "https://reach.example.com", DailyCredits = 300, DailyBudgetUsd = 25 };
        await new SqlSetup(ledger.Store, ledger.Ids).KeepOwnerAsync(change?.Invoke(owner) ?? owner, "test", LedgerWorld.Now);
        await ledger.AddPersonAsync("ann");
        await ledger.ExecuteAsync("delete from consent where lead_id = 'ann'");
        await ledger.ExecuteAsync("delete from lead_address where lead_id = 'ann' and kind = 'phone'");
        await ledger.ExecuteAsync("update lead set postal_code = '10001' where id = 'ann'");
        await ledger.ExecuteAsync("insert into lead_ref (source, external_id, lead_id) values ('fake', 'ann', 'ann')");
        await ledger.OfferAsync("ann", Meridian.Domain.Touches.Channel.Call);
        await ledger.ExecuteAsync("update touch set parked_reason = 'no_legal_basis', address_id = null where lead_id = 'ann'");
        await new SqlDoNotCall(ledger.Store, ledger.Ids).LoadAsync("national", new Dictionary<string, IReadOnlyCollection<string>> { ["212"] = ["+12125550100"] }, LedgerWorld.Today.PlusDays(-3), "list.csv", "test", LedgerWorld.Now);
        return new World(ledger, database is TestDatabase.Postgres);
    }

    private sealed class World : TurnWorld
    {
        public World(LedgerWorld ledger, bool isPostgres)
            : base(ledger)
        {
            IsPostgres = isPostgres;
            var book = new SqlPhones(ledger.Store, ledger.Ids);
            Desk = new PhonesTurn([Source], book, ledger.Facts, ledger.Facts, new SqlCallTasks(ledger.Store, ledger.Ids), ledger.People, Capabilities.Unasked(), o => PhoneDeliveries.AddressOf("fake", o, "https://reach.example.com", "secret"), Clocks);
            Inbox = new InboundTurn(ledger.Signals, [new ApolloSignals()], ledger.People, ledger.Ledger, null!, null!, ledger.Facts, book, Clocks);
        }

        public bool IsPostgres { get; }

        public FakePhones Source { get; } = new();

        public PhonesTurn Desk { get; }

        public InboundTurn Inbox { get; }
    }

    private sealed class FakePhones : IProspectSource
    {
        public string Name => "fake";

        public int MostPages => 500;

        public List<string> Ordered { get; } = [];

        public int Looks { get; private set; }

        public Func<PhoneOrderReply>? Answers { get; set; }

        public PhonesReply Delivers { get; set; } = new([], true, 0);

        public Task<SearchReply> SearchAsync(SearchFilter filter, int page, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<EnrichReply> EnrichAsync(IReadOnlyList<string> externalIds, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<PhoneOrderReply> OrderPhonesAsync(IReadOnlyList<string> externalIds, Uri deliverTo, CancellationToken cancellation)
        {
            Ordered.AddRange(externalIds);
            Assert.StartsWith("https://reach.example.com/webhooks/fake/pho_", deliverTo.AbsoluteUri);
            return Task.FromResult(Answers?.Invoke() ?? new PhoneOrderReply("-8351464734221602674", false, externalIds.Count));
        }

        public Task<PhonesReply> CollectPhonesAsync(string requestId, CancellationToken cancellation)
        {
            Looks++;
            return Task.FromResult(Delivers);
        }
    }
}
