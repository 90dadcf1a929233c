using System.Collections.Concurrent;
using Meridian.Adapters.Csv;
using Meridian.Adapters.Sql;
using Meridian.Domain.Pulling;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using Meridian.Engine.Prospecting;
using Meridian.Engine.Pulling;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Pulling;

public sealed class PullOnSqlite() : PullContract(() => new TestDatabase.Sqlite());

public sealed class PullOnPostgres() : PullContract(() => new TestDatabase.Postgres());

/// <summary>When nobody is left: only by a confirmed filter, at most fifty a day, through the door of an import, on a real database.</summary>
public abstract class PullContract(Func<TestDatabase> database)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TestDatabase Database() => database();

    [Fact]
    public async Task Without_a_confirmed_filter_the_owner_is_told_and_nobody_is_asked_for()
    {
        await using var world = await WorldAsync(people: 3, confirmed: false);
        await world.Ledger.AddPersonAsync("old");
        await world.EverybodyWasEmailedAsync();
        await world.TurnAsync();
        await world.TurnAsync();
        Assert.Equal(0, world.Crm.Asked);
        Assert.Contains("pull preview", await world.Ledger.TextAsync("select detail from incident where kind = 'zero-leads' and closed_at is null"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident where kind = 'zero-leads'"));
    }

    [Fact]
    public async Task An_install_without_people_has_run_out_of_nobody()
    {
        await using var world = await WorldAsync(people: 0, confirmed: false);
        await world.TurnAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident"));
    }

    [Fact]
    public async Task Pulled_people_come_in_by_the_door_of_an_import_and_are_enrolled()
    {
        await using var world = await WorldAsync(people: 3);
        await world.TurnAsync();
        Assert.Equal(3, await world.Ledger.CountAsync("select count(*) from lead where source = 'HighLevel contact' and opted_out_at is null"));
        Assert.Equal(3, await world.Ledger.CountAsync("select count(*) from lead_ref where source = 'highlevel'"));
        Assert.Equal(3, await world.Ledger.CountAsync("select count(*) from pull_contact where state = 'pulled' and lead_id is not null"));
        Assert.Equal(3, await world.Ledger.CountAsync("select pulled from pull_day"));
        Assert.Equal(3, await world.Ledger.CountAsync("select created from import_batch"));
        Assert.Contains("confirmed by Ana", await world.Ledger.TextAsync("select file_name from import_batch"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from consent"));
        Assert.Equal("Austin", await world.Ledger.TextAsync("select city from lead limit 1"));
        Assert.Equal(3, await world.Ledger.Facts.EnrollNewAsync(LedgerWorld.Campaign, world.Clocks.Now, 100));
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
        await world.TurnAsync();
        Assert.Equal(3, await world.Ledger.CountAsync("select count(*) from lead"));
    }

    [Fact]
    public async Task Nobody_is_pulled_while_somebody_is_left_or_a_search_may_bring_somebody()
    {
        await using var world = await WorldAsync(people: 3);
        await world.Ledger.AddPersonAsync("left");
        await world.TurnAsync();
        Assert.Equal(0, world.Crm.Asked);

        await world.EverybodyWasEmailedAsync();
        var setup = new SqlSetup(world.Ledger.Store, world.Ledger.Ids);
        await setup.KeepSearchAsync("sea_1", "Owners", "apollo", new SearchFilter(["owner"], [], [], [], null), world.Clocks.Now);
        await world.TurnAsync();
        Assert.Equal(0, world.Crm.Asked); // it has not run yet

        await world.Ledger.ExecuteAsync("update desk set last_turn_at = @now where kind = 'search'", new { now = world.Clocks.Now });
        await world.Ledger.ExecuteAsync("insert into prospect (source, external_id, search_id, state, found_at) values ('apollo', 'x', 'sea_1', 'found', @now)", new { now = world.Clocks.Now });
        await world.TurnAsync();
        Assert.Equal(0, world.Crm.Asked); // it is about to buy

        await world.Ledger.People.OpenIncidentAsync("out-of-credits", "apollo", "no more", world.Clocks.Now);
        await world.TurnAsync();
        Assert.Equal(3, await world.Ledger.CountAsync("select pulled from pull_day"));
    }

    [Fact]
    public async Task Whoever_an_import_brings_comes_first_also_on_a_day_on_which_many_were_pulled()
    {
        await using var world = await WorldAsync(people: 20);
        await world.TurnAsync();
        Assert.Equal(20, await world.Ledger.CountAsync("select pulled from pull_day"));
        await world.EverybodyWasEmailedAsync();
        await world.Ledger.AddPersonAsync("imported");
        world.Crm.Add(PullRulesTests.Ann with { Id = "new", Email = "new@people.example", Phone = null });
        world.Clock.Advance(TimeSpan.FromHours(2));
        await world.Ledger.ExecuteAsync("update pull_walk set ended_at = null"); // it would begin anew
        Assert.Contains("somebody is still to be contacted", (await world.TurnAsync()).Did, StringComparison.Ordinal);
        Assert.Equal(0, world.Crm.ReadsOf("new"));
    }

    [Fact]
    public async Task An_import_in_the_middle_of_a_turn_ends_it()
    {
        await using var world = await WorldAsync(people: 5);
        var looked = 0;
        world.Crm.WhileReadingHistory = _ => ++looked == 3 ? world.Ledger.AddPersonAsync("imported") : Task.CompletedTask;
        await world.TurnAsync();
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from lead where source = 'HighLevel contact'"));
        Assert.Equal(2, await world.Ledger.CountAsync("select pulled from pull_day"));

        world.Crm.WhileReadingHistory = null;
        await world.Ledger.ExecuteAsync("update lead set paused_at = @now where id = 'imported'", new { now = world.Clocks.Now });
        await world.TurnAsync();
        Assert.Equal(5, await world.Ledger.CountAsync("select pulled from pull_day"));
    }

    [Fact]
    public async Task Whoever_is_left_at_the_very_door_keeps_a_contact_out()
    {
        await using var world = await WorldAsync(people: 1);
        var batch = new PullBatch("imp_door", (await world.Book.SettingsAsync()).Confirmed!, LedgerWorld.Today, "America/New_York", 50);
        await world.Ledger.AddPersonAsync("imported");
        Assert.Equal(PullTaken.NoNeed, await world.Book.TakeAsync(batch, await world.Crm.Of("c000"), world.Clocks.Now));
        Assert.Equal((1, 0), (await world.Ledger.CountAsync("select count(*) from lead"), await world.Ledger.CountAsync("select count(*) from import_batch")));
        await world.EverybodyWasEmailedAsync();
        Assert.Equal(PullTaken.Pulled, await world.Book.TakeAsync(batch, await world.Crm.Of("c000"), world.Clocks.Now));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Somebody_who_can_only_be_called_and_was_not_yet_is_somebody_who_is_left(bool planned)
    {
        await using var world = await WorldAsync(people: 1);
        await world.Ledger.AddPersonAsync("phil", "+13125550100");
        await world.Ledger.ExecuteAsync("delete from lead_address where kind = 'email'");
        var touch = planned ? await world.Ledger.OfferAsync("phil", Channel.Call) : null;
        await world.TurnAsync();
        Assert.Equal(0, world.Crm.Asked);

        // Without a consent the call waits for one, perhaps for ever, and so does whom nobody plans anything for.
        if (planned) await world.Ledger.ExecuteAsync("update touch set parked_reason = 'no_legal_basis' where id = @touch", new { touch });
        else world.Clock.Advance(TimeSpan.FromHours(2));
        await world.TurnAsync();
        Assert.Equal(1, await world.Ledger.CountAsync("select pulled from pull_day"));
    }

    [Fact]
    public async Task Fifty_a_day_and_not_one_more_through_restarts_and_the_next_day_fifty_again()
    {
        await using var world = await WorldAsync(people: 130);
        for (var i = 0; i < 5; i++)
        {
            world.Restart();
            await world.TurnAsync();
        }

        Assert.Equal(50, await world.Ledger.CountAsync("select count(*) from lead"));
        world.Clock.Advance(TimeSpan.FromHours(24));
        await world.TurnAsync();
        Assert.Equal(50, await world.Ledger.CountAsync("select count(*) from lead")); // yesterday's are still to be e-mailed
        await world.EverybodyWasEmailedAsync();
        await world.TurnAsync();
        await world.TurnAsync();
        Assert.Equal(100, await world.Ledger.CountAsync("select count(*) from lead"));
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from pull_day where pulled = 50"));
    }

    [Fact]
    public async Task Two_processes_together_pull_no_more_than_the_day_allows_and_nobody_twice()
    {
        await using var world = await WorldAsync(people: 80);
        var other = world.Another();
        await Task.WhenAll(world.Desk.TakeAsync("all", Stop), other.TakeAsync("all", Stop));
        await world.TurnAsync();
        Assert.Equal(50, await world.Ledger.CountAsync("select count(*) from lead"));
        Assert.Equal(50, await world.Ledger.CountAsync("select pulled from pull_day"));
        Assert.Equal(50, await world.Ledger.CountAsync("select count(*) from pull_contact where state = 'pulled'"));
        Assert.Equal(50, await world.Ledger.CountAsync("select sum(created) from import_batch"));
    }

    [Fact]
    public async Task A_death_between_two_people_loses_nobody_and_counts_nobody_twice()
    {
        await using var world = await WorldAsync(people: 10);
        var counted = 0;
        var dying = new MutantStore(world.Ledger.Store, sql => sql == SqlPull.Count && ++counted > 4 ? throw new InvalidOperationException("the process died") : sql);
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Another(new SqlPull(dying, world.Ledger.Ids)).TakeAsync("all", Stop));
        Assert.Equal((4, 4), (await world.Ledger.CountAsync("select count(*) from lead"), await world.Ledger.CountAsync("select pulled from pull_day")));
        await world.TurnAsync();
        Assert.Equal((10, 10), (await world.Ledger.CountAsync("select count(*) from lead"), await world.Ledger.CountAsync("select pulled from pull_day")));
    }

    [Fact]
    public async Task A_filter_taken_back_in_the_middle_of_a_turn_lets_nobody_more_in()
    {
        await using var world = await WorldAsync(people: 2);
        var batch = new PullBatch("imp_off", (await world.Book.SettingsAsync()).Confirmed!, LedgerWorld.Today, "America/New_York", 50);
        var ann = PullRulesTests.Ann with { Id = "c000", Email = "p000@crm000.example" };
        Assert.True(await world.Book.OffAsync("Bob", world.Clocks.Now));
        Assert.Equal(PullTaken.Withdrawn, await world.Book.TakeAsync(batch, ann, world.Clocks.Now));
        Assert.Equal((0, 0), (await world.Ledger.CountAsync("select count(*) from lead"), await world.Ledger.CountAsync("select count(*) from import_batch")));
    }

    [Fact]
    public async Task Whoever_asked_for_silence_there_is_kept_as_an_opt_out_and_never_looked_at_again()
    {
        await using var world = await WorldAsync(people: 2);
        world.Crm.Change("c000", c => c with { DoNotDisturb = "SMS permanent", Type = "customer" });
        await world.TurnAsync();
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from address_key where suppressed_at is not null"));
        Assert.Equal("opted_out", await world.Ledger.TextAsync("select state from pull_contact where external_id = 'c000'"));
        Assert.Equal("highlevel", await world.Ledger.TextAsync("select source from suppression limit 1"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead"));

        // Should somebody bring them by another way, the opt-out is there.
        world.Clock.Advance(TimeSpan.FromDays(60));
        world.Crm.Change("c000", c => c with { DoNotDisturb = null, Type = "lead" });
        await world.EverybodyWasEmailedAsync();
        await world.TurnAsync();
        Assert.Equal(1, world.Crm.ReadsOf("c000"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead"));
    }

    [Fact]
    public async Task Somebody_we_know_is_not_made_twice_by_address_number_or_their_id()
    {
        await using var world = await WorldAsync(people: 5, confirmed: true);
        await world.Ledger.AddPersonAsync("ann", "+13125550100");
        await world.EverybodyWasEmailedAsync();
        world.Crm.Change("c000", c => c with { Email = "ANN@people.example", Phone = null });
        world.Crm.Change("c001", c => c with { Phone = "(312) 555-0100" });
        await world.Ledger.Facts.KeepRefAsync("highlevel", "c002", "ann");
        await world.Ledger.People.OptOutAsync(new OptOutOrder([(await world.Crm.Of("c003")).Email!], null, "said stop", "sms", "s1", world.Clocks.Now));
        await world.TurnAsync();
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from lead"));
        Assert.Equal(3, await world.Ledger.CountAsync("select count(*) from pull_contact where state = 'known' and why like 'known here as ann%'"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from pull_contact where state = 'opted_out'"));
        Assert.Equal(1, await world.Ledger.CountAsync("select pulled from pull_day"));
    }

    [Fact]
    public async Task A_stop_that_comes_while_a_contact_is_read_wins()
    {
        await using var world = await WorldAsync(people: 1);
        world.Crm.WhileReadingHistory = async contact => await world.Ledger.People.OptOutAsync(new OptOutOrder([contact.Email!], null, "said stop", "sms", "s1", world.Clocks.Now));
        await world.TurnAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from lead where opted_out_at is null"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from pull_day"));
        Assert.Equal("opted_out", await world.Ledger.TextAsync("select state from pull_contact"));
        Assert.Equal(0, await world.Ledger.Facts.EnrollNewAsync(LedgerWorld.Campaign, world.Clocks.Now, 100));
    }

    [Fact]
    public async Task Whoever_is_left_out_today_is_seen_with_the_reason_and_looked_at_again()
    {
        await using var world = await WorldAsync(people: 1);
        var spoke = world.Clocks.Now - Duration.FromDays(89);
        world.Crm.History = _ => new CrmHistory(["open"], new LastTalk(spoke), false);
        await world.TurnAsync();
        var seen = Assert.Single(await world.Book.SeenAsync(PullState.Excluded, 10));
        Assert.Contains("open", seen.Why);
        Assert.Contains("90 days of silence", seen.Why);

        world.Crm.History = _ => new CrmHistory([], new LastTalk(null), false);
        world.Clock.Advance(TimeSpan.FromDays(2));
        await world.TurnAsync();
        Assert.Equal(1, world.Crm.ReadsOf("c000")); // not before it may have changed
        world.Clock.Advance(TimeSpan.FromDays(29));
        await world.TurnAsync();
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead"));
        Assert.Equal("pulled", await world.Ledger.TextAsync("select state from pull_contact"));
    }

    [Fact]
    public async Task What_the_CRM_does_not_tell_pulls_nobody()
    {
        await using var world = await WorldAsync(people: 2);
        world.Crm.History = c => c.Id == "c000" ? new CrmHistory(null, null, null) : null;
        await world.TurnAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from lead"));
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from pull_contact where state = 'excluded' and why like '%not told%'"));
    }

    [Fact]
    public async Task A_refusal_keeps_nothing_and_a_missing_scope_is_an_incident_until_it_is_mended()
    {
        await using var world = await WorldAsync(people: 2);
        world.Crm.Refusal = new SourceRefusal(SourceTrouble.RateLimited, "too many", world.Clocks.Now + Duration.FromMinutes(42));
        Assert.Equal(world.Clocks.Now + Duration.FromMinutes(42), (await world.TurnAsync()).Next);
        world.Crm.Refusal = new SourceRefusal(SourceTrouble.Account, "the scope is missing");
        await world.TurnAsync();
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident where kind = 'pull-refused' and closed_at is null"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from pull_contact"));
        world.Crm.Refusal = null;
        await world.TurnAsync();
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from lead"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident where kind = 'pull-refused' and closed_at is null"));
    }

    [Fact]
    public async Task Another_filter_or_other_tags_take_the_confirmation_back_and_off_ends_it()
    {
        await using var world = await WorldAsync(people: 2);
        var setup = new SqlSetup(world.Ledger.Store, world.Ledger.Ids);
        var owner = await world.Ledger.Facts.SettingsAsync();
        await setup.KeepOwnerAsync(owner with { PullNeverTags = ["vip"] }, "test", world.Clocks.Now);
        Assert.Contains("pullNeverTags", (await world.TurnAsync()).Did);
        await setup.KeepOwnerAsync(owner, "test", world.Clocks.Now);

        // A preview puts nothing in force, and only what was seen last can be confirmed.
        var confirmed = (await world.Book.SettingsAsync()).Confirmed!;
        var retail = PullRulesTests.Filter(tags: ["retail"]);
        await world.Book.PreviewedAsync(new PreviewedPull(retail, "other", 5, 5, 1, world.Clocks.Now));
        Assert.Null(await world.Book.ConfirmAsync(confirmed.Hash, "Bob", world.Clocks.Now));
        Assert.Equal(confirmed, (await world.Book.SettingsAsync()).Confirmed! with { Filter = confirmed.Filter });
        Assert.NotNull(await world.Book.ConfirmAsync("other", "Bob", world.Clocks.Now));
        Assert.Equal("tagged 'retail'", (await world.Book.SettingsAsync()).Confirmed!.Filter.ToString());

        Assert.True(await world.Book.OffAsync("Bob", world.Clocks.Now));
        Assert.False(await world.Book.OffAsync("Bob", world.Clocks.Now));
        await world.TurnAsync();
        Assert.Equal(0, world.Crm.Asked);
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from audit where verb = 'confirm pull'"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from audit where verb = 'pull off'"));
    }

    [Fact]
    public async Task The_walk_goes_on_where_it_ended_and_begins_anew_a_day_later()
    {
        await using var world = await WorldAsync(people: 250);
        world.Crm.History = _ => new CrmHistory(["won"], new LastTalk(null), false);
        await world.TurnAsync(); // a hundred looks
        world.Restart();
        for (var i = 0; i < 3; i++) await world.TurnAsync();
        Assert.Equal(250, await world.Ledger.CountAsync("select count(*) from pull_contact where state = 'excluded'"));
        var asked = world.Crm.Asked;
        await world.TurnAsync();
        Assert.Equal(asked, world.Crm.Asked);
        world.Clock.Advance(TimeSpan.FromHours(25));
        world.Crm.Add(PullRulesTests.Ann with { Id = "new", Email = "new@people.example", Phone = null });
        world.Crm.History = null;
        for (var i = 0; i < 3; i++) await world.TurnAsync();
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead"));
    }

    [Fact]
    public async Task A_pull_can_be_undone_like_an_import_and_does_not_come_back()
    {
        await using var world = await WorldAsync(people: 3);
        await world.TurnAsync();
        var batch = await world.Ledger.TextAsync("select id from import_batch");
        var undone = await new CsvImport(world.Ledger.Store, world.Ledger.Ids, world.Clocks).UndoAsync(batch!, "ana", Stop);
        Assert.Equal(3, undone.Deleted);
        world.Clock.Advance(TimeSpan.FromDays(40));
        await world.TurnAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from lead"));
    }

    private async Task<PullWorld> WorldAsync(int people, bool confirmed = true)
    {
        var ledger = await LedgerWorld.OpenAsync(Database());
        var crm = new FakeCrm();
        for (var i = 0; i < people; i++) crm.Add(PullRulesTests.Ann with { Id = $"c{i:000}", FirstName = $"P{i}", Email = $"p{i:000}@crm{i:000}.example", Phone = $"+1312555{i + 1000:0000}" });
        var world = new PullWorld(ledger, crm);
        if (confirmed)
        {
            var filter = PullRulesTests.Filter(tags: ["freight"]);
            var hash = filter.HashWith((await ledger.Facts.SettingsAsync()).TagsNeverPulled());
            await world.Book.PreviewedAsync(new PreviewedPull(filter, hash, people, people, people, world.Clocks.Now));
            Assert.NotNull(await world.Book.ConfirmAsync(hash, "Ana", world.Clocks.Now));
        }

        return world;
    }

    private sealed class PullWorld : TurnWorld
    {
        public PullWorld(LedgerWorld ledger, FakeCrm crm)
            : base(ledger)
        {
            Crm = crm;
            Book = new SqlPull(ledger.Store, ledger.Ids);
            Desk = Another();
        }

        public FakeCrm Crm { get; }

        public SqlPull Book { get; }

        public PullTurn Desk { get; private set; }

        public PullTurn Another(IPullBook? book = null) => new(Crm, book ?? new SqlPull(Ledger.Store, Ledger.Ids), Ledger.People, Ledger.Facts, Ledger.Ids, Clocks);

        public void Restart() => Desk = Another();

        public Task<Meridian.Engine.Desks.TurnResult> TurnAsync() => Desk.TakeAsync("all", Stop);

        public Task EverybodyWasEmailedAsync() => Ledger.ExecuteAsync("update lead set paused_at = @now", new { now = Clocks.Now });
    }

    /// <summary>A CRM that answers what a test tells it, in pages of a hundred.</summary>
    private sealed class FakeCrm : IContactSource
    {
        private readonly ConcurrentDictionary<string, CrmContact> contacts = new();
        private readonly ConcurrentDictionary<string, int> reads = new();
        private int asked;

        public int Asked => asked;

        public SourceRefusal? Refusal { get; set; }

        public Func<CrmContact, CrmHistory?>? History { get; set; }

        public Func<CrmContact, Task>? WhileReadingHistory { get; set; }

        public void Add(CrmContact contact) => contacts[contact.Id] = contact;

        public void Change(string id, Func<CrmContact, CrmContact> how) => contacts[id] = how(contacts[id]);

        public int ReadsOf(string id) => reads.GetValueOrDefault(id);

        public Task<CrmContact> Of(string id) => Task.FromResult(contacts[id]);

        public Task<ContactPage> FindAsync(PullFilter filter, string zone, string? after, CancellationToken cancellation)
        {
            Interlocked.Increment(ref asked);
            if (Refusal is not null) return Task.FromResult(ContactPage.No(Refusal));
            var all = contacts.Keys.Order(StringComparer.Ordinal).ToList();
            var page = all.Where(id => after is null || string.CompareOrdinal(id, after) > 0).Take(100).ToList();
            return Task.FromResult(new ContactPage(page, all.Count, page.Count == 100 ? page[^1] : null));
        }

        public Task<ContactReading> ReadAsync(string contactId, CancellationToken cancellation)
        {
            reads.AddOrUpdate(contactId, 1, (_, n) => n + 1);
            return Task.FromResult(new ContactReading(contacts.GetValueOrDefault(contactId)));
        }

        public async Task<HistoryReading> HistoryAsync(string contactId, CancellationToken cancellation)
        {
            if (WhileReadingHistory is not null) await WhileReadingHistory(contacts[contactId]);
            return new HistoryReading(History is null ? new CrmHistory([], new LastTalk(null), false) : History(contacts[contactId]));
        }
    }
}
