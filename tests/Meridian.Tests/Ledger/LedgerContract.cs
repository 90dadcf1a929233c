using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

public sealed class LedgerOnSqlite() : LedgerContract(() => new TestDatabase.Sqlite());

public sealed class LedgerOnPostgres() : LedgerContract(() => new TestDatabase.Postgres());

/// <summary>What the ledger promises, on both databases. A test named Without_... takes one guard out and shows the promise break.</summary>
public abstract partial class LedgerContract(Func<TestDatabase> database)
{
    private TestDatabase Database() => database();

    private Task<LedgerWorld> WorldAsync(Func<string, string>? change = null) => LedgerWorld.OpenAsync(Database(), change);

    [Fact]
    public async Task A_begin_at_the_judged_revisions_begins_and_counts()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var touch = await world.OfferAsync("ann", Channel.Call);
        var (permit, loss) = await world.BeginAsync(LedgerWorld.Caller1, touch);
        Assert.Null(loss);
        Assert.Equal("sending", await world.TextAsync("select state from touch where permit_id = @permit", new { permit }));
        Assert.Equal(1, await world.CountAsync("select begun from sender_day"));
        Assert.Equal(1, await world.CountAsync("select begun from campaign_day"));
        Assert.Equal(100_000, await world.CountAsync("select micro from spend_day where channel = 'all'"));
        Assert.Equal(1, await world.CountAsync("select count(*) from touch_verdict"));
        Assert.Equal(1, await world.CountAsync("select count(*) from touch_content"));
    }

    [Fact]
    public async Task A_touch_planned_before_its_number_was_known_names_the_number_it_rings()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann", "+12125550131");
        var touch = await world.OfferAsync("ann", Channel.Call);
        var order = await world.OrderAsync(LedgerWorld.Caller1, touch);
        await world.ExecuteAsync("update touch set address_id = null");
        Assert.Null((await world.Ledger.TryBeginAsync(order, default)).Loss);
        Assert.Equal("+12125550131", await world.TextAsync("select address_id from touch"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public async Task A_verdict_from_an_older_lead_revision_cannot_begin_and_burns_nothing()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var touch = await world.OfferAsync("ann", Channel.Call);
        var order = await world.OrderAsync(LedgerWorld.Caller1, touch);
        await world.ExecuteAsync("update lead set revision = revision + 1");
        Assert.Equal(BeginLoss.Leads, (await world.Ledger.TryBeginAsync(order, default)).Loss);
        Assert.Equal("planned", await world.TextAsync("select state from touch"));
        Assert.Equal(0, await world.CountAsync("select count(*) from company where next_call_at is not null"));
        Assert.Equal(0, await world.CountAsync("select count(*) from sender where last_begin_at is not null"));
        Assert.Equal(0, await world.CountAsync("select count(*) from address_key where next_call_at is not null"));
    }

    [Fact]
    public async Task A_verdict_from_an_older_sender_revision_or_another_policy_cannot_begin()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var order = await world.OrderAsync(LedgerWorld.Mailbox, await world.OfferAsync("ann", Channel.Email));
        Assert.Equal(BeginLoss.Sender, (await world.Ledger.TryBeginAsync(order with { PolicyVersion = "other" }, default)).Loss);
        await world.ExecuteAsync("update sender set revision = revision + 1");
        Assert.Equal(BeginLoss.Sender, (await world.Ledger.TryBeginAsync(order, default)).Loss);
        Assert.Equal(0, await world.CountAsync("select count(*) from sender_day"));
    }

    [Fact]
    public async Task An_opt_out_wins_over_a_judged_touch()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var order = await world.OrderAsync(LedgerWorld.Mailbox, await world.OfferAsync("ann", Channel.Email));
        await world.People.OptOutAsync(new OptOutOrder(["ann@people.example"], null, "said so", "test", null, LedgerWorld.Now));
        Assert.NotNull((await world.Ledger.TryBeginAsync(order, default)).Loss);
        Assert.Equal("skipped", await world.TextAsync("select state from touch"));
    }

    [Fact]
    public async Task An_opt_out_that_waited_for_its_turn_is_not_dated_before_what_had_begun_by_then()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var touch = await world.OfferAsync("ann", Channel.Email);
        Assert.Null((await world.Ledger.TryBeginAsync(await world.OrderAsync(LedgerWorld.Mailbox, touch), default)).Loss);
        await world.People.OptOutAsync(new OptOutOrder(["ann@people.example"], null, "said so", "test", null, LedgerWorld.Now - Duration.FromSeconds(1)));
        Assert.Equal(1, await world.CountAsync("select count(*) from lead l join touch t on t.lead_id = l.id where l.opted_out_at = t.begun_at"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public async Task Without_the_revision_check_an_opt_out_is_overrun_by_a_bug_the_ledger_refuses()
    {
        await using var world = await WorldAsync(sql => sql.Replace("where id = @lead and revision = @lead_judged", "where id = @lead"));
        await world.AddPersonAsync("ann");
        var order = await world.OrderAsync(LedgerWorld.Mailbox, await world.OfferAsync("ann", Channel.Email));
        await world.People.OptOutAsync(new OptOutOrder(["ann@people.example"], null, "said so", "test", null, LedgerWorld.Now));
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.Ledger.TryBeginAsync(order, default)); // lead 1 and touch 0: throws
        await world.ExecuteAsync("update touch set state = 'planned', skipped_reason = null, closed_at = null"); // and had the offer been left alone:
        Assert.Null((await world.Ledger.TryBeginAsync(order, default)).Loss);
        await world.ExecuteAsync("update touch set begun_at = @at", new { at = LedgerWorld.Now + Duration.FromSeconds(1) });
        Assert.Contains(await VerifyLedger.RunAsync(world.Store), f => f.Law == "nothing was begun after the person opted out");
    }

    [Theory]
    [InlineData(8)]
    public async Task A_cap_of_twenty_under_many_workers_gives_exactly_twenty(int workers)
    {
        await using var world = await WorldAsync();
        var begun = await BeginManyAsync(world, workers, people: 40, cap: 20);
        Assert.Equal(20, begun);
        Assert.Equal(20, await world.CountAsync("select begun from sender_day"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public async Task Without_the_condition_on_the_day_a_cap_of_twenty_lets_more_through()
    {
        await using var world = await WorldAsync(sql => sql.Replace("where sender_day.begun + @m <= @cap", "where 1 = 1"));
        Assert.True(await BeginManyAsync(world, workers: 4, people: 40, cap: 20) > 20);
    }

    private static async Task<int> BeginManyAsync(LedgerWorld world, int workers, int people, int cap)
    {
        for (var i = 0; i < people; i++)
        {
            await world.AddPersonAsync($"p{i:00}", $"+1303555{i:0000}");
            await world.OfferAsync($"p{i:00}", Channel.Email);
        }

        var queue = new System.Collections.Concurrent.ConcurrentQueue<string>(Enumerable.Range(0, people).Select(i => $"tch_p{i:00}_email_1"));
        var begun = 0;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
        {
            while (queue.TryDequeue(out var touch))
            {
                for (var attempt = 0; attempt < 200; attempt++)
                {
                    var answer = await world.Ledger.TryBeginAsync(await world.OrderAsync(LedgerWorld.Mailbox, touch) with { SenderDayCap = cap }, default);
                    if (answer.Loss is null) Interlocked.Increment(ref begun);
                    if (answer.Loss is null or BeginLoss.SenderDay) break;
                }
            }
        })));
        return begun;
    }

    [Fact]
    public async Task Two_caller_IDs_and_one_company_make_one_call()
    {
        await using var world = await WorldAsync();
        for (var round = 0; round < 10; round++)
        {
            await world.AddPersonAsync($"a{round}", $"+1303555{round:0000}", $"cmp_{round}");
            await world.AddPersonAsync($"b{round}", $"+1303556{round:0000}", $"cmp_{round}");
            Assert.Equal(1, await RaceAsync(world, await world.OfferAsync($"a{round}", Channel.Call), await world.OfferAsync($"b{round}", Channel.Call)));
        }
    }

    [Fact]
    public async Task Without_the_company_gap_two_caller_IDs_make_two_calls()
    {
        await using var world = await WorldAsync(sql => sql.Replace("where id = @company and stopped_at is null and (next_call_at is null or next_call_at <= @now)", "where id = @company"));
        await world.AddPersonAsync("a", "+13035550001", "cmp_x");
        await world.AddPersonAsync("b", "+13035550002", "cmp_x");
        Assert.Equal(2, await RaceAsync(world, await world.OfferAsync("a", Channel.Call), await world.OfferAsync("b", Channel.Call)));
    }

    [Fact]
    public async Task Two_people_who_share_a_number_are_called_once()
    {
        await using var world = await WorldAsync();
        for (var round = 0; round < 10; round++)
        {
            await world.AddPersonAsync($"a{round}", $"+1303555{round:0000}");
            await world.AddPersonAsync($"b{round}", $"+1303555{round:0000}");
            Assert.Equal(1, await RaceAsync(world, await world.OfferAsync($"a{round}", Channel.Call), await world.OfferAsync($"b{round}", Channel.Call)));
        }
    }

    [Fact]
    public async Task Without_the_gap_on_the_number_two_people_who_share_it_are_called_twice()
    {
        await using var world = await WorldAsync(sql => sql.Replace("where id = @address and (next_call_at is null or next_call_at <= @now)", "where id = @address"));
        await world.AddPersonAsync("a", "+13035550001");
        await world.AddPersonAsync("b", "+13035550001");
        Assert.Equal(2, await RaceAsync(world, await world.OfferAsync("a", Channel.Call), await world.OfferAsync("b", Channel.Call)));
    }

    /// <summary>Two caller IDs at once, each judged before the other began. How many calls came of it.</summary>
    private static async Task<int> RaceAsync(LedgerWorld world, string first, string second)
    {
        var orders = new[] { await world.OrderAsync(LedgerWorld.Caller1, first), await world.OrderAsync(LedgerWorld.Caller2, second) };
        var answers = await Task.WhenAll(orders.Select(o => Task.Run(() => world.Ledger.TryBeginAsync(o, default))));
        return answers.Count(a => a.Loss is null);
    }

    [Fact]
    public async Task One_touch_in_the_air_per_person_and_the_loser_judges_again()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var call = await world.OfferAsync("ann", Channel.Call);
        var mail = await world.OfferAsync("ann", Channel.Email);
        Assert.NotNull((await world.BeginAsync(LedgerWorld.Caller1, call)).Permit);
        Assert.Equal(BeginLoss.Race, (await world.BeginAsync(LedgerWorld.Mailbox, mail)).Loss); // judged after, at the new revision: the index still says no
        Assert.Equal(0, await world.CountAsync("select count(*) from sender_day where sender_id = @id", new { id = LedgerWorld.Mailbox }));
    }

    [Fact]
    public async Task Without_the_index_a_person_has_two_touches_in_the_air()
    {
        await using var world = await WorldAsync();
        await world.ExecuteAsync("drop index touch_one_in_the_air");
        await world.AddPersonAsync("ann");
        Assert.NotNull((await world.BeginAsync(LedgerWorld.Caller1, await world.OfferAsync("ann", Channel.Call))).Permit);
        Assert.NotNull((await world.BeginAsync(LedgerWorld.Mailbox, await world.OfferAsync("ann", Channel.Email))).Permit);
        Assert.Contains(await VerifyLedger.RunAsync(world.Store), f => f.Law == "at most one touch in the air per person");
    }

    [Fact]
    public async Task Money_is_reserved_by_worst_case_and_a_spent_day_begins_nothing()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        await world.AddPersonAsync("bob");
        var a = await world.OrderAsync(LedgerWorld.Caller1, await world.OfferAsync("ann", Channel.Call)) with { SpendCapMicro = 150_000 };
        Assert.Null((await world.Ledger.TryBeginAsync(a, default)).Loss);
        var b = await world.OrderAsync(LedgerWorld.Caller2, await world.OfferAsync("bob", Channel.Call)) with { SpendCapMicro = 150_000 };
        Assert.Equal(BeginLoss.Money, (await world.Ledger.TryBeginAsync(b, default)).Loss);
        Assert.Equal(1, await world.CountAsync("select sum(begun) from sender_day"));
        Assert.True(await world.Ledger.SettleCostAsync("tch_ann_call_1", 0.03m, LedgerWorld.Now));
        Assert.False(await world.Ledger.SettleCostAsync("tch_ann_call_1", 0.09m, LedgerWorld.Now));
        Assert.Equal(30_000, await world.CountAsync("select micro from spend_day where channel = 'all'"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public async Task A_step_is_planned_once_per_person_round_and_attempt()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var lead = (await world.Facts.LeadAsync("ann"))!.Lead;
        OfferRow Row(string id) => new(id, LedgerWorld.Campaign, Channel.Email, "email-1", 1, 1, null, null, "ann@people.example", SqlSetup.PoolOf(LedgerWorld.Campaign, Channel.Email), "always", "always", 2, LedgerWorld.Now, LedgerWorld.Now + Duration.FromDays(30), null);
        Assert.True(await world.Ledger.TryPlanAsync(new PlanOrder("enr_ann", "ann", lead.Revision, 0, LedgerWorld.Now, null, false, [Row("tch_1")]), default));
        Assert.False(await world.Ledger.TryPlanAsync(new PlanOrder("enr_ann", "ann", lead.Revision, 0, LedgerWorld.Now, null, false, [Row("tch_2")]), default)); // stale
        Assert.False(await world.Ledger.TryPlanAsync(new PlanOrder("enr_ann", "ann", lead.Revision + 1, 0, LedgerWorld.Now, null, false, [Row("tch_3")]), default)); // the unique index
        Assert.Equal(1, await world.CountAsync("select count(*) from touch"));
    }

    [Fact]
    public async Task A_walk_that_stopped_after_the_planner_read_it_and_before_it_read_the_person_gets_no_offer()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var walk = (await world.Facts.EnrollmentAsync("enr_ann"))!;
        await world.People.StopAsync("ann", "replied by e-mail", null, LedgerWorld.Now);
        var lead = (await world.Facts.LeadAsync("ann"))!.Lead; // newer than the walk
        var row = new OfferRow("tch_1", LedgerWorld.Campaign, Channel.Email, "email-1", 1, 1, null, null, "ann@people.example", SqlSetup.PoolOf(LedgerWorld.Campaign, Channel.Email), "always", "always", 2, LedgerWorld.Now, LedgerWorld.Now + Duration.FromDays(30), null);
        Assert.False(await world.Ledger.TryPlanAsync(new PlanOrder("enr_ann", "ann", lead.Revision, walk.Wakes, LedgerWorld.Now, null, false, [row]), default));
        Assert.Equal(0, await world.CountAsync("select count(*) from touch"));
    }

    [Fact]
    public async Task Park_skip_and_wait_at_an_older_revision_write_nothing()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var touch = await world.OfferAsync("ann", Channel.Email);
        await world.ExecuteAsync("update lead set revision = 7");
        Assert.False(await world.Ledger.TryParkAsync(touch, "ann", 6, ParkedReason.NoLegalBasis, LedgerWorld.Now));
        Assert.False(await world.Ledger.TrySkipAsync(touch, "ann", 6, SkippedReason.Stopped, LedgerWorld.Now));
        Assert.False(await world.Ledger.TryWaitAsync(touch, "ann", 6, LedgerWorld.Now + Duration.FromHours(1), LedgerWorld.Now));
        Assert.Equal(1, await world.CountAsync("select count(*) from touch where state = 'planned' and parked_reason is null and due_at = @Now", new { LedgerWorld.Now }));
        Assert.True(await world.Ledger.TryParkAsync(touch, "ann", 7, ParkedReason.NoLegalBasis, LedgerWorld.Now));
    }
}
