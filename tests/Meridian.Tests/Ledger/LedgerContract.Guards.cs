using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

/// <summary>Guards in pairs: what happens with it, and that exactly this is lost without it.</summary>
public abstract partial class LedgerContract
{
    [Fact]
    public async Task A_campaigns_day_holds_over_all_its_senders()
    {
        await using var world = await WorldAsync();
        Assert.Equal(10, await BeginFromTwoCallersAsync(world, calls: 20, o => o with { CampaignDayCap = 10 }));
        Assert.Equal(10, await world.CountAsync("select begun from campaign_day"));
        Assert.Equal(10, await world.CountAsync("select sum(begun) from sender_day"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public async Task Without_the_condition_on_its_day_a_campaign_begins_more_than_its_cap()
    {
        await using var world = await WorldAsync(sql => sql.Replace("where campaign_day.begun + @m <= @cap", "where 1 = 1"));
        Assert.Equal(20, await BeginFromTwoCallersAsync(world, calls: 20, o => o with { CampaignDayCap = 10 }));
    }

    [Fact]
    public async Task A_company_is_reached_only_so_often_a_day_by_whatever_channel_and_whomever_of_its_people()
    {
        await using var world = await WorldAsync();
        Assert.Equal((3, BeginLoss.CompanyDay), await ReachOneCompanyAsync(world));
        Assert.Equal(3, await world.CountAsync("select begun from company_day"));
        Assert.Equal(3, await world.CountAsync("select sum(begun) from sender_day")); // a begin that is lost counts nowhere
        Assert.Equal(3, (await world.Facts.LeadAsync("p0"))!.CompanyDays[LedgerWorld.Today]);
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public async Task Without_the_condition_on_its_day_a_company_is_reached_more_often()
    {
        await using var world = await WorldAsync(sql => sql.Replace("where company_day.begun + 1 <= @cap", "where 1 = 1"));
        Assert.Equal((6, null), await ReachOneCompanyAsync(world));
    }

    private static async Task<(int Begun, BeginLoss? Loss)> ReachOneCompanyAsync(LedgerWorld world)
    {
        var (begun, last) = (0, (BeginLoss?)null);
        for (var i = 0; i < 6; i++)
        {
            await world.AddPersonAsync($"p{i}", $"+1303555010{i}", "cmp_one");
            var email = i % 2 == 0;
            var order = await world.OrderAsync(email ? LedgerWorld.Mailbox : LedgerWorld.Texter, await world.OfferAsync($"p{i}", email ? Channel.Email : Channel.Text));
            var loss = (await world.Ledger.TryBeginAsync(order with { CompanyDayCap = 3 }, default)).Loss;
            if (loss is null) begun++;
            last ??= loss;
        }

        return (begun, last);
    }

    [Fact]
    public async Task Callers_at_once_never_reserve_more_than_the_days_money()
    {
        await using var world = await WorldAsync();
        Assert.Equal(7, await BeginFromTwoCallersAsync(world, calls: 20, o => o with { SpendCapMicro = 750_000 })); // 100,000 each
        Assert.Equal(700_000, await world.CountAsync("select micro from spend_day where channel = 'all'"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public async Task Without_the_condition_on_the_money_a_day_spends_more_than_its_budget()
    {
        await using var world = await WorldAsync(sql => sql.Replace("where spend_day.micro + @m <= @cap", "where 1 = 1"));
        Assert.Equal(20, await BeginFromTwoCallersAsync(world, calls: 20, o => o with { SpendCapMicro = 750_000 }));
    }

    [Theory]
    [InlineData(BeginLoss.SenderDay)]
    [InlineData(BeginLoss.CampaignDay)]
    [InlineData(BeginLoss.Money)]
    public async Task A_cap_below_the_first_begin_begins_nothing(BeginLoss full)
    {
        await using var world = await WorldAsync();
        Assert.Equal(full, await BeginUnderNoCapAsync(world, full));
        Assert.Equal(0, await world.CountAsync("select count(*) from sender_day") + await world.CountAsync("select count(*) from campaign_day") + await world.CountAsync("select count(*) from spend_day"));
        Assert.Equal("planned", await world.TextAsync("select state from touch"));
    }

    [Theory]
    [InlineData(BeginLoss.SenderDay)]
    [InlineData(BeginLoss.CampaignDay)]
    [InlineData(BeginLoss.Money)]
    public async Task Without_the_condition_on_the_first_row_a_cap_of_nothing_lets_one_through(BeginLoss full)
    {
        await using var world = await WorldAsync(sql => sql.Replace("@m where @m <= @cap", "@m where 1 = 1"));
        Assert.Null(await BeginUnderNoCapAsync(world, full));
    }

    private static async Task<BeginLoss?> BeginUnderNoCapAsync(LedgerWorld world, BeginLoss full)
    {
        await world.AddPersonAsync("ann");
        var order = await world.OrderAsync(LedgerWorld.Caller1, await world.OfferAsync("ann", Channel.Call));
        order = full switch
        {
            BeginLoss.SenderDay => order with { SenderDayCap = 0 },
            BeginLoss.CampaignDay => order with { CampaignDayCap = 0 },
            _ => order with { SpendCapMicro = 50_000 },
        };
        return (await world.Ledger.TryBeginAsync(order, default)).Loss;
    }

    /// <summary>Two caller IDs side by side, each judging again after a lost race. How many calls began.</summary>
    private static async Task<int> BeginFromTwoCallersAsync(LedgerWorld world, int calls, Func<BeginOrder, BeginOrder> under)
    {
        for (var i = 0; i < calls; i++)
        {
            await world.AddPersonAsync($"p{i:00}", $"+1303555{i:0000}");
            await world.OfferAsync($"p{i:00}", Channel.Call);
        }

        var queue = new System.Collections.Concurrent.ConcurrentQueue<string>(Enumerable.Range(0, calls).Select(i => $"tch_p{i:00}_call_1"));
        var begun = 0;
        await Task.WhenAll(new[] { LedgerWorld.Caller1, LedgerWorld.Caller2 }.Select(caller => Task.Run(async () =>
        {
            while (queue.TryDequeue(out var touch))
            {
                BeginLoss? loss;
                do loss = (await world.Ledger.TryBeginAsync(under(await world.OrderAsync(caller, touch)), default)).Loss;
                while (loss is BeginLoss.Race or BeginLoss.Sender);
                if (loss is null) Interlocked.Increment(ref begun);
            }
        })));
        return begun;
    }

    /// <summary>The condition that is taken out, and what happened to the sender between the verdict and the begin.</summary>
    public static TheoryData<string, string> SenderGuards => new()
    {
        { "and revision = @sender_judged", "update sender set revision = revision + 1" },
        { "and policy_version = @mine", "update sender set policy_version = 'newer'" },
        { "and next_slot_at <= @now", "update sender set next_slot_at = next_slot_at + 60000" },
    };

    [Theory]
    [MemberData(nameof(SenderGuards))]
    public async Task A_sender_that_moved_since_the_verdict_begins_nothing(string guard, string move)
    {
        await using var world = await WorldAsync();
        Assert.Equal(BeginLoss.Sender, await BeginAfterAsync(world, move));
        Assert.Contains(guard, SqlTouchLedger.TakeSender);
    }

    [Theory]
    [MemberData(nameof(SenderGuards))]
    public async Task Without_any_one_of_its_conditions_a_sender_that_moved_begins(string guard, string move)
    {
        await using var world = await WorldAsync(sql => sql.Replace(guard, ""));
        Assert.Null(await BeginAfterAsync(world, move));
    }

    private static async Task<BeginLoss?> BeginAfterAsync(LedgerWorld world, string move)
    {
        if (world.Store.Dialect != SqlDialect.Sqlite) move = move.Replace("next_slot_at + 60000", "next_slot_at + interval '60 seconds'");
        await world.AddPersonAsync("ann");
        var order = await world.OrderAsync(LedgerWorld.Mailbox, await world.OfferAsync("ann", Channel.Email));
        await world.ExecuteAsync(move);
        return (await world.Ledger.TryBeginAsync(order, default)).Loss;
    }

    public enum Paused
    {
        Engine,
        Campaign,
        Sender,
        Lead,
    }

    [Theory]
    [InlineData(Paused.Engine)]
    [InlineData(Paused.Campaign)]
    [InlineData(Paused.Sender)]
    [InlineData(Paused.Lead)]
    public async Task What_is_paused_after_the_verdict_begins_nothing(Paused what)
    {
        await using var world = await WorldAsync();
        Assert.Equal(what == Paused.Lead ? BeginLoss.Leads : BeginLoss.Sender, await BeginAfterPauseAsync(world, what));
        Assert.Equal("planned", await world.TextAsync("select state from touch"));
    }

    [Theory]
    [InlineData(Paused.Engine)]
    [InlineData(Paused.Campaign)]
    [InlineData(Paused.Sender)]
    [InlineData(Paused.Lead)]
    public async Task Without_the_raised_revision_a_pause_is_overrun_by_a_verdict_from_before_it(Paused what)
    {
        await using var world = await WorldAsync(Unraised);
        Assert.Null(await BeginAfterPauseAsync(world, what));
    }

    // The pauses' own statements only: a begin raises revisions too.
    private static string Unraised(string sql) => sql.Contains("paused_at") || sql == "update sender set revision = revision + 1 where id = @sender" ? sql.Replace("revision = revision + 1", "revision = revision") : sql;

    private static async Task<BeginLoss?> BeginAfterPauseAsync(LedgerWorld world, Paused what)
    {
        await world.AddPersonAsync("ann");
        var order = await world.OrderAsync(LedgerWorld.Mailbox, await world.OfferAsync("ann", Channel.Email));
        var pauses = new SqlPauses(world.Store, world.Ids);
        switch (what)
        {
            case Paused.Engine: await pauses.PauseEngineAsync("test", LedgerWorld.Now); break;
            case Paused.Campaign: Assert.True(await pauses.SetCampaignAsync(LedgerWorld.Campaign, true, "test", LedgerWorld.Now)); break;
            case Paused.Sender: Assert.True(await pauses.SetSenderAsync(LedgerWorld.Mailbox, true, "test", LedgerWorld.Now)); break;
            default: Assert.True(await pauses.SetLeadAsync("ann", true, "test", LedgerWorld.Now)); break;
        }

        return (await world.Ledger.TryBeginAsync(order, default)).Loss;
    }

    [Fact]
    public async Task A_company_that_was_stopped_is_not_called_by_an_older_verdict()
    {
        await using var world = await WorldAsync();
        Assert.Equal(BeginLoss.Company, await CallAfterStopAsync(world));
    }

    [Fact]
    public async Task Without_the_stop_in_the_permission_a_stopped_company_is_called()
    {
        await using var world = await WorldAsync(sql => sql.Replace("and stopped_at is null and", "and"));
        Assert.Null(await CallAfterStopAsync(world));
    }

    private static async Task<BeginLoss?> CallAfterStopAsync(LedgerWorld world)
    {
        await world.AddPersonAsync("ann");
        var order = await world.OrderAsync(LedgerWorld.Caller1, await world.OfferAsync("ann", Channel.Call));
        await world.ExecuteAsync("update company set stopped_at = @Now", new { LedgerWorld.Now });
        return (await world.Ledger.TryBeginAsync(order, default)).Loss;
    }

    [Fact]
    public async Task Two_people_who_share_a_number_get_one_text()
    {
        await using var world = await WorldAsync();
        Assert.Equal(BeginLoss.Address, await TextTwiceAsync(world));
    }

    [Fact]
    public async Task Without_the_gap_on_the_number_two_people_who_share_it_get_two_texts()
    {
        await using var world = await WorldAsync(sql => sql.Replace("where id = @address and (next_text_at is null or next_text_at <= @now)", "where id = @address"));
        Assert.Null(await TextTwiceAsync(world));
    }

    private static async Task<BeginLoss?> TextTwiceAsync(LedgerWorld world)
    {
        await world.AddPersonAsync("a", "+13035550101");
        await world.AddPersonAsync("b", "+13035550101");
        var (first, second) = (await world.OfferAsync("a", Channel.Text), await world.OfferAsync("b", Channel.Text));
        Assert.Null((await world.BeginAsync(LedgerWorld.Texter, first)).Loss);
        return (await world.BeginAsync(LedgerWorld.Texter, second)).Loss;
    }

    [Fact]
    public async Task A_touch_that_moved_without_its_lead_stops_the_begin_with_an_exception()
    {
        foreach (var move in TouchMoves)
        {
            await using var world = await WorldAsync();
            await Assert.ThrowsAsync<InvalidOperationException>(() => BeginAfterTouchMovedAsync(world, move));
            Assert.Equal(0, await world.CountAsync("select count(*) from touch where begun_at is not null"));
        }
    }

    [Fact]
    public async Task Without_what_the_permission_asks_of_the_touch_it_begins_although_it_moved()
    {
        await using var world = await WorldAsync(sql => sql.Replace("and state = 'planned' and parked_reason is null and due_at <= @now", "and state = 'planned'"));
        Assert.Null(await BeginAfterTouchMovedAsync(world, TouchMoves[0]));
    }

    private static readonly string[] TouchMoves = ["due_at = expires_at", "parked_reason = 'held'", "state = 'skipped', skipped_reason = 'stopped'"];

    private static async Task<BeginLoss?> BeginAfterTouchMovedAsync(LedgerWorld world, string move)
    {
        await world.AddPersonAsync("ann");
        var order = await world.OrderAsync(LedgerWorld.Mailbox, await world.OfferAsync("ann", Channel.Email));
        await world.ExecuteAsync($"update touch set {move}");
        return (await world.Ledger.TryBeginAsync(order, default)).Loss;
    }

    [Fact]
    public async Task A_call_moves_only_what_is_still_an_offer()
    {
        await using var world = await WorldAsync();
        Assert.Equal(0, await MovedAsync(world, parked: true));
        await using var other = await WorldAsync();
        Assert.Equal(1, await MovedAsync(other, parked: false));
    }

    [Fact]
    public async Task Without_the_look_at_its_state_a_parked_step_is_moved_too()
    {
        await using var world = await WorldAsync(sql => sql.Replace("where successor_of = @touch and state = 'planned' and parked_reason is null", "where successor_of = @touch"));
        Assert.Equal(1, await MovedAsync(world, parked: true));
    }

    [Fact]
    public async Task Without_the_move_the_email_after_a_call_stays_where_it_was()
    {
        await using var world = await WorldAsync(sql => sql == SqlTouchLedger.MoveSuccessor ? sql + " and 1 = 0" : sql);
        Assert.Equal(0, await MovedAsync(world, parked: false));
    }

    /// <summary>A call with its e-mail begins; how many e-mails are due thirty seconds after it.</summary>
    private static async Task<long> MovedAsync(LedgerWorld world, bool parked)
    {
        await world.AddPersonAsync("ann");
        var call = await world.OfferAsync("ann", Channel.Call);
        var mail = await world.OfferAsync("ann", Channel.Email, successorOf: call, due: LedgerWorld.Now + Duration.FromMinutes(10));
        if (parked) await world.ExecuteAsync("update touch set parked_reason = 'missing_variable' where id = @mail", new { mail });
        Assert.NotNull((await world.BeginAsync(LedgerWorld.Caller1, call)).Permit);
        return await world.CountAsync("select count(*) from touch where id = @mail and due_at = @due", new { mail, due = LedgerWorld.Now + Duration.FromSeconds(30) });
    }

    [Fact]
    public async Task What_a_call_cost_is_settled_once()
    {
        await using var world = await WorldAsync();
        Assert.Equal(30_000, await SettleTwiceAsync(world));
    }

    [Fact]
    public async Task Without_the_look_at_what_was_settled_a_call_is_paid_for_twice()
    {
        await using var world = await WorldAsync(sql => sql.Replace("and settled_micro is null", ""));
        Assert.NotEqual(30_000, await SettleTwiceAsync(world));
        Assert.Contains(await VerifyLedger.RunAsync(world.Store), f => f.Law == "a day's money is what was settled, else reserved");
    }

    private static async Task<long> SettleTwiceAsync(LedgerWorld world)
    {
        var (touch, _) = await BegunAsync(world, Channel.Call);
        await world.Ledger.SettleCostAsync(touch, 0.03m, LedgerWorld.Now);
        await world.Ledger.SettleCostAsync(touch, 0.03m, LedgerWorld.Now);
        return await world.CountAsync("select micro from spend_day where channel = 'all'");
    }

    [Fact]
    public async Task Without_its_conditions_a_claim_lets_two_hold_one_desk()
    {
        await using var world = await WorldAsync(sql => sql == SqlDesks.Claim ? sql[..sql.IndexOf("and wakes = @wakes", StringComparison.Ordinal)] : sql);
        Assert.Equal(2, await ClaimsAsync(world));
    }

    [Fact]
    public async Task Two_that_saw_the_same_desk_due_take_one_turn()
    {
        await using var world = await WorldAsync();
        Assert.Equal(1, await ClaimsAsync(world));
    }

    private static async Task<int> ClaimsAsync(LedgerWorld world)
    {
        var desk = (await world.Desks.AllAsync()).Single(d => d.Kind == "upkeep");
        var claims = await Task.WhenAll(new[] { "a", "b" }.Select(h => Task.Run(() => world.Desks.TryClaimAsync(desk, h, LedgerWorld.Now + Duration.FromMinutes(5), LedgerWorld.Now))));
        return claims.Count(c => c);
    }

    [Fact]
    public async Task A_turn_that_was_given_up_ends_without_effect_on_the_fresh_one()
    {
        await using var world = await WorldAsync();
        Assert.Equal("b", await HolderAfterALateEndAsync(world));
    }

    [Fact]
    public async Task Without_the_holder_in_it_a_late_end_frees_a_desk_somebody_else_holds()
    {
        await using var world = await WorldAsync(sql => sql == SqlDesks.Finish ? sql.Replace("and holder = @holder", "") : sql);
        Assert.Null(await HolderAfterALateEndAsync(world));
    }

    private static async Task<string?> HolderAfterALateEndAsync(LedgerWorld world)
    {
        var lease = LedgerWorld.Now + Duration.FromMinutes(5);
        async Task<DeskRow> DeskAsync() => (await world.Desks.AllAsync()).Single(d => d.Kind == "upkeep");
        var seen = await DeskAsync();
        Assert.True(await world.Desks.TryClaimAsync(seen, "a", lease, LedgerWorld.Now));
        Assert.True(await world.Desks.TryClaimAsync(await DeskAsync(), "b", lease + Duration.FromMinutes(5), lease));
        await world.Desks.FinishAsync(seen, "a", LedgerWorld.Now, LedgerWorld.Now, "late", false);
        return (await DeskAsync()).Holder;
    }
}
