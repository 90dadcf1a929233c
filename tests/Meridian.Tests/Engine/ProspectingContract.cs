using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Engine.Prospecting;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Engine;

public sealed class ProspectingOnSqlite() : ProspectingContract(() => new TestDatabase.Sqlite());

public sealed class ProspectingOnPostgres() : ProspectingContract(() => new TestDatabase.Postgres());

/// <summary>People are found and bought on a real database: at most once, inside the day's credits and money, never more than five days of stock.</summary>
public abstract class ProspectingContract(Func<TestDatabase> database)
{
    private TestDatabase Database() => database();

    [Fact]
    public async Task Found_people_are_bought_and_become_leads_and_the_money_is_the_source_s_own_count()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(25, world.Source.Asked.Count);
        Assert.Equal(25, await world.Ledger.CountAsync("select count(*) from prospect where state = 'lead'"));
        Assert.Equal(25_000, await world.Ledger.CountAsync("select credits from credit_day"));
        Assert.Equal(500_000, await world.Ledger.CountAsync("select micro from spend_day where channel = 'all'"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Fact]
    public async Task The_day_s_credits_are_never_exceeded_by_two_desks_at_once()
    {
        await using var world = await WorldAsync(people: 100, credits: 40);
        var other = world.Another();
        await Task.WhenAll(world.Desk.TakeAsync("sea_1", default), other.TakeAsync("sea_1", default));
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(40, world.Source.Asked.Count);
        Assert.Equal(40, world.Source.Asked.Distinct().Count());
        Assert.Equal(40_000, await world.Ledger.CountAsync("select credits from credit_day"));
    }

    [Fact]
    public async Task Money_of_the_whole_day_stops_buying_too()
    {
        await using var world = await WorldAsync(people: 100, budget: 0.45m);
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(20, world.Source.Asked.Count); // 0.02 a person: two batches of ten fit
        Assert.Equal(400_000, await world.Ledger.CountAsync("select micro from spend_day where channel = 'all'"));
    }

    [Fact]
    public async Task People_paid_for_are_not_lost_when_the_database_goes_away_half_way()
    {
        await using var world = await WorldAsync(people: 10);
        var settled = 0;
        var dying = new MutantStore(world.Ledger.Store, sql => sql == SqlProspects.Settle && ++settled > 3 ? throw new InvalidOperationException("the database went away") : sql);
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Another(new SqlProspects(dying, world.Ledger.Ids)).TakeAsync("sea_1", default));
        Assert.Equal(3, await world.Ledger.CountAsync("select count(*) from lead"));
        Assert.Equal(10_000, await world.Ledger.CountAsync("select credits from credit_day"));

        world.Clock.Advance(TimeSpan.FromMinutes(20));
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(10, world.Source.Asked.Count);
        Assert.Equal(10, await world.Ledger.CountAsync("select count(*) from prospect where state = 'lead'"));
        Assert.Equal(10, await world.Ledger.CountAsync("select count(*) from lead"));
        Assert.Equal(10, await world.Ledger.CountAsync("select created from import_batch"));
        Assert.Equal(10_000, await world.Ledger.CountAsync("select credits from credit_day"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from purchase where kept_at is null"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Fact]
    public async Task Whom_only_the_old_filter_found_is_not_bought_after_it_changed()
    {
        await using var world = await WorldAsync(people: 10, credits: 0);
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(10, await world.Ledger.CountAsync("select count(*) from prospect where state = 'found'"));
        var setup = new SqlSetup(world.Ledger.Store, world.Ledger.Ids);
        await setup.KeepOwnerAsync(await world.Ledger.Facts.SettingsAsync() with { DailyCredits = 300 }, "test", LedgerWorld.Now);
        await setup.KeepSearchAsync("sea_1", "Founders", "fake", new SearchFilter(["founder"], [], [], [], null), LedgerWorld.Now);
        world.Source.Show(["p003", "new-1"]);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(["new-1", "p003"], world.Source.Asked.Order());
        Assert.Equal(9, await world.Ledger.CountAsync("select count(*) from prospect where state = 'cannot' and reason = @reason", new { reason = SqlProspects.Dropped }));
    }

    [Fact]
    public async Task A_search_longer_than_the_source_shows_starts_anew_instead_of_failing()
    {
        await using var world = await WorldAsync(people: 250, credits: 0);
        world.Source.MostPages = 2;
        for (var i = 0; i < 3; i++)
        {
            await world.Desk.TakeAsync("sea_1", default);
            world.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal(200, await world.Ledger.CountAsync("select count(*) from prospect"));
        Assert.Equal(1, await world.Ledger.CountAsync("select page from search"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident where kind = 'search-refused'"));
    }

    [Fact]
    public async Task A_death_between_asking_and_the_answer_is_never_asked_again()
    {
        await using var world = await WorldAsync(people: 10);
        world.Source.DiesOnce = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Desk.TakeAsync("sea_1", default));
        world.Clock.Advance(TimeSpan.FromMinutes(20));
        await world.Desk.TakeAsync("sea_1", default);
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(10, world.Source.Asked.Count);
        Assert.Equal(10, await world.Ledger.CountAsync("select count(*) from prospect where state = 'unknown' and reason is not null"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident where kind = 'purchase-unknown'"));
        Assert.Equal(10_000, await world.Ledger.CountAsync("select credits from credit_day"));
    }

    [Fact]
    public async Task An_unknown_answer_counts_as_bought_and_opens_an_incident()
    {
        await using var world = await WorldAsync(people: 10);
        world.Source.Answers = _ => EnrichReply.No(SourceTrouble.Unknown, "time ran out");
        await world.Desk.TakeAsync("sea_1", default);
        world.Source.Answers = null;
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(10, world.Source.Asked.Count);
        Assert.Equal(10_000, await world.Ledger.CountAsync("select credits from credit_day"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident where kind = 'purchase-unknown'"));
    }

    [Fact]
    public async Task A_rate_limit_rests_only_this_desk_gives_everything_back_and_is_obeyed_to_the_longer_word()
    {
        await using var world = await WorldAsync(people: 10);
        var until = world.Clocks.Now + Duration.FromMinutes(42);
        world.Source.Answers = _ => EnrichReply.No(SourceTrouble.RateLimited, "600 times per hour", until);
        var result = await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(until, result.Next);
        Assert.Equal(0, await world.Ledger.CountAsync("select credits from credit_day"));
        Assert.Equal(0, await world.Ledger.CountAsync("select micro from spend_day where channel = 'all'"));
        Assert.Equal(10, await world.Ledger.CountAsync("select count(*) from prospect where state = 'found'"));

        world.Source.Answers = _ => EnrichReply.No(SourceTrouble.RateLimited, "a moment", world.Clocks.Now + Duration.FromSeconds(1));
        Assert.Equal(world.Clocks.Now + Duration.FromMinutes(5), (await world.Desk.TakeAsync("sea_1", default)).Next);
    }

    [Fact]
    public async Task Exhausted_credits_pause_the_search_with_an_incident()
    {
        await using var world = await WorldAsync(people: 10);
        world.Source.Answers = _ => EnrichReply.No(SourceTrouble.OutOfCredits, "You have insufficient credits!");
        var rest = await world.Desk.TakeAsync("sea_1", default);
        Assert.InRange(rest.Next, LedgerWorld.Now + Duration.FromDays(1), LedgerWorld.Now + Duration.FromDays(2)); // credits come back by themselves
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident where kind = 'out-of-credits' and closed_at is null"));
        Assert.Equal(0, await world.Ledger.CountAsync("select credits from credit_day"));
        Assert.True(await new SqlPauses(world.Ledger.Store, world.Ledger.Ids).SetSearchAsync("sea_1", false, "sam", LedgerWorld.Now)); // or at once, when a person says so
        world.Source.Answers = null;
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident where kind = 'out-of-credits' and closed_at is null"));
    }

    [Fact]
    public async Task Whoever_cannot_become_a_lead_keeps_the_reason()
    {
        await using var world = await WorldAsync(people: 4);
        world.Source.Person = (p, i) => i switch
        {
            0 => p with { Country = "Canada", State = "Ontario" },
            1 => p with { EmailStatus = "extrapolated" },
            2 => p with { Email = "not an address" },
            _ => p,
        };
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from prospect where state = 'lead'"));
        Assert.Equal(3, await world.Ledger.CountAsync("select count(*) from prospect where state = 'cannot' and reason is not null"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead"));
    }

    [Fact]
    public async Task Somebody_we_know_is_not_made_twice_and_an_opted_out_address_stays_out()
    {
        await using var world = await WorldAsync(people: 2);
        world.Source.Person = (p, i) => i == 0 ? p with { Email = "ann@known.example" } : p with { Email = "no@gone.example" };
        await world.Ledger.People.OptOutAsync(new Meridian.Engine.Ledger.OptOutOrder(["no@gone.example"], null, "asked", "owner", null, world.Clocks.Now));
        await world.Desk.TakeAsync("sea_1", default);
        world.Source.Show(["again-1"]);
        world.Clock.Advance(TimeSpan.FromDays(2));
        world.Source.Person = (p, _) => p with { Email = "ann@known.example" };
        await world.Desk.TakeAsync("sea_1", default);
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from lead"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from prospect where state = 'duplicate'"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    [Fact]
    public async Task Nothing_is_bought_while_five_days_of_stock_are_there()
    {
        await using var world = await WorldAsync(people: 300, credits: 1000);
        await world.Ledger.Store.WriteAsync(s => s.ExecuteAsync("update sender set daily_cap = 40 where channel = 'email'"), TestContext.Current.CancellationToken);
        for (var i = 0; i < 10; i++)
        {
            await world.Desk.TakeAsync("sea_1", default);
            world.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal(200, world.Source.Asked.Count); // one mailbox of 40 a day
    }

    [Theory]
    [InlineData(0, 40, 0, 200)]
    [InlineData(150, 40, 12.5, 50)]
    [InlineData(500, 40, 30, 0)]
    [InlineData(0, 10, 60, 300)]
    public void The_stock_rule_takes_the_larger_of_what_is_sent_and_what_may_be_sent(long stock, long cap, double sent, long mayBuy) =>
        Assert.Equal(mayBuy, SearchBudget.MayBuy(new StockFacts(stock, cap, sent)));

    private async Task<World> WorldAsync(int people = 25, int credits = 300, decimal budget = 25m)
    {
        var ledger = await LedgerWorld.OpenAsync(Database());
        var owner = await ledger.Facts.SettingsAsync() with { DailyCredits = credits, DailyBudgetUsd = budget };
        var setup = new SqlSetup(ledger.Store, ledger.Ids);
        await setup.KeepOwnerAsync(owner, "test", LedgerWorld.Now);
        await setup.KeepSearchAsync("sea_1", "Owners", "fake", new SearchFilter(["owner"], [], [], [], null), LedgerWorld.Now);
        var world = new World(ledger);
        world.Source.Show(Enumerable.Range(0, people).Select(i => $"p{i:000}"));
        return world;
    }

    private sealed class World : TurnWorld
    {
        public World(LedgerWorld ledger)
            : base(ledger) => Desk = Another();

        public FakeSource Source { get; } = new();

        public ProspectingTurn Desk { get; }

        public ProspectingTurn Another(SqlProspects? book = null) => new([Source], book ?? new SqlProspects(Ledger.Store, Ledger.Ids), Ledger.People, Ledger.Facts, Capabilities.Unasked(), Clocks);
    }

    /// <summary>A source in memory that remembers every id it was paid for.</summary>
    private sealed class FakeSource : IProspectSource
    {
        private readonly Lock gate = new();
        private List<string> shown = [];

        public string Name => "fake";

        public int MostPages { get; set; } = 500;

        public List<string> Asked { get; } = [];

        public bool DiesOnce { get; set; }

        public Func<IReadOnlyList<string>, EnrichReply>? Answers { get; set; }

        public Func<EnrichedProspect, int, EnrichedProspect> Person { get; set; } = (p, _) => p;

        public void Show(IEnumerable<string> ids) => shown = ids.ToList();

        public Task<SearchReply> SearchAsync(SearchFilter filter, int page, CancellationToken cancellation)
        {
            var part = shown.Skip((page - 1) * filter.PerPage).Take(filter.PerPage).Select(id => new FoundProspect(id, "Ann", "Owner", "Example", true, true, true)).ToList();
            return Task.FromResult(new SearchReply(part, shown.Count));
        }

        public Task<EnrichReply> EnrichAsync(IReadOnlyList<string> externalIds, CancellationToken cancellation)
        {
            lock (gate) Asked.AddRange(externalIds);
            if (DiesOnce)
            {
                DiesOnce = false;
                throw new InvalidOperationException("the process died here");
            }

            if (Answers is { } answers) return Task.FromResult(answers(externalIds));
            var people = externalIds.Select((id, i) => Person(new EnrichedProspect(
                id, "Ann", $"Lee {id}", "Owner", $"{id}@company-{id}.example", "verified", "Richmond", "Virginia", "23219", "United States", $"o{id}", $"Company {id}", $"company-{id}.example", null, "Virginia", "{}"), i));
            return Task.FromResult(new EnrichReply(people.ToList(), externalIds.Count));
        }

        public Task<PhoneOrderReply> OrderPhonesAsync(IReadOnlyList<string> externalIds, Uri deliverTo, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<PhonesReply> CollectPhonesAsync(string requestId, CancellationToken cancellation) => throw new NotSupportedException();

    }
}
