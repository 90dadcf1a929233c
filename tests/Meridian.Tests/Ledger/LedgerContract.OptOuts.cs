using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Domain.Campaigns;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

public abstract partial class LedgerContract
{
    private static OptOutOrder OptOut(string address) => new([address], null, "said so", "test", null, LedgerWorld.Now);

    [Fact]
    public async Task An_opt_out_reaches_everybody_who_shares_an_address_and_all_they_hold()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann", "+13035550100");
        await world.AddPersonAsync("bob", "+13035550100");
        await world.AddPersonAsync("eve", "+13035550199");
        await world.OfferAsync("bob", Channel.Email);
        var result = await world.People.OptOutAsync(OptOut("ann@people.example"));
        Assert.Equal(["ann", "bob"], result.LeadIds);
        Assert.Equal(["+13035550100", "ann@people.example", "bob@people.example"], result.AddressIds);
        Assert.Equal("skipped", await world.TextAsync("select state from touch"));
        Assert.Equal(2, await world.CountAsync("select count(*) from enrollment where state = 'stopped'"));
        await world.People.OptOutAsync(OptOut("ann@people.example"));
        Assert.Equal(0, await world.CountAsync("select count(*) from lead where id = 'eve' and opted_out_at is not null"));
    }

    [Fact]
    public async Task A_no_closes_the_company_line_and_says_nothing_about_the_colleagues_behind_it()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann", "+13035550100");
        await world.AddPersonAsync("bob", "+13035550100");
        await world.ExecuteAsync("update lead_address set role = 'company' where address_id = '+13035550100'");
        var said = await world.People.OptOutAsync(new OptOutOrder(["+13035550100"], "ann", "said so", "call", null, LedgerWorld.Now));
        Assert.Equal(["ann"], said.LeadIds);
        Assert.Equal(["+13035550100", "ann@people.example"], said.AddressIds);
        Assert.DoesNotContain(await VerifyLedger.RunAsync(world.Store), f => f.Law == "whoever holds a suppressed address is opted out");
    }

    [Fact]
    public async Task A_suppressed_company_line_that_is_somebodys_own_number_closes_that_person_too()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann", "+13035550100");
        await world.AddPersonAsync("bob", "+13035550100");
        await world.ExecuteAsync("update lead_address set role = 'company' where address_id = '+13035550100' and lead_id = 'ann'");
        Assert.Equal(["ann", "bob"], (await world.People.OptOutAsync(new OptOutOrder([], "ann", "said so", "call", null, LedgerWorld.Now))).LeadIds);
        Assert.DoesNotContain(await VerifyLedger.RunAsync(world.Store), f => f.Law == "whoever holds a suppressed address is opted out");
    }

    [Theory]
    [InlineData("interested", "Refuse")]
    [InlineData("no_answer", "Allow")]
    public async Task A_steps_own_stop_condition_ends_the_walk(string disposition, string ruling)
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var (permit, _) = await world.BeginAsync(LedgerWorld.Caller1, await world.OfferAsync("ann", Channel.Call));
        await world.Ledger.RecordAsync(new Outcome.Accepted(permit!, LedgerWorld.Now, null, null, LedgerWorld.Now));
        await world.ExecuteAsync("update touch set disposition = @disposition, closed_at = @Now", new { disposition, LedgerWorld.Now });
        var stops = SopSequence.Default.Steps.Select(s => s.Channel == Channel.Call ? s with { StopOn = [Disposition.Interested, Disposition.NotInterested] } : s).ToList();
        var steps = StepsJson.Read(StepsJson.Write(stops));
        Assert.Equal(stops[0].StopOn, steps[0].StopOn);
        var campaign = (await world.Facts.CampaignAsync(LedgerWorld.Campaign))!;
        campaign = campaign with { Sequence = campaign.Sequence with { Steps = steps } };
        var verdict = Judge.Of((await world.Facts.LeadAsync("ann"))!, campaign, steps[1], null, LedgerWorld.Now).Verdict;
        Assert.Equal(ruling, verdict.Findings.Single(f => f.Rule == "StopConditions").Ruling.ToString());
    }

    [Fact]
    public async Task A_no_from_a_company_line_by_nobody_in_particular_counts_for_everybody_behind_it()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann", "+13035550100");
        await world.AddPersonAsync("bob", "+13035550100");
        await world.ExecuteAsync("update lead_address set role = 'company' where address_id = '+13035550100'");
        Assert.Equal(["ann", "bob"], (await world.People.OptOutAsync(OptOut("+13035550100"))).LeadIds);
    }

    [Fact]
    public async Task An_address_we_wrote_to_is_closed_with_its_person_also_when_it_was_taken_from_them()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var (permit, _) = await world.BeginAsync(LedgerWorld.Mailbox, await world.OfferAsync("ann", Channel.Email));
        await world.Ledger.RecordAsync(new Outcome.Accepted(permit!, LedgerWorld.Now, null, null, LedgerWorld.Now));
        await world.ExecuteAsync("update lead_address set detached_at = @Now where address_id = 'ann@people.example'", new { LedgerWorld.Now });
        Assert.Contains("ann@people.example", (await world.People.OptOutAsync(new OptOutOrder([], "ann", "pressed the link", "link", null, LedgerWorld.Now))).AddressIds);
    }

    [Fact]
    public async Task A_no_from_a_number_that_was_given_up_is_theirs_who_held_it()
    {
        const string number = "+12125550131";
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann", number);
        await world.AddPersonAsync("bob", "+12125550132");
        await world.People.TakeAwayNumberAsync(number, "wrong number", "call", "tsk_1", "ada", LedgerWorld.Now);
        Assert.Equal(["ann"], (await world.People.OptOutAsync(OptOut(number))).LeadIds);
    }

    [Fact]
    public async Task An_opt_out_of_a_person_who_is_not_here_says_that_it_reached_nobody()
    {
        await using var world = await WorldAsync();
        var result = await world.People.OptOutAsync(new OptOutOrder([], "nobody", "pressed the link", "link", null, LedgerWorld.Now));
        Assert.Empty(result.LeadIds);
        Assert.Empty(result.AddressIds);
    }

    [Fact]
    public async Task An_opt_out_committed_between_any_two_reads_of_the_judge_wins()
    {
        for (var n = 1; ; n++)
        {
            var (seen, acted) = (0, false);
            LedgerWorld? plain = null;
            await using var world = await WorldAsync(sql =>
            {
                if (plain is not null && !acted && ++seen == n)
                {
                    acted = true; // the opt-out commits right before the nth statement of the judge
                    plain.ExecuteAsync("update lead set opted_out_at = @Now, revision = revision + 1", new { LedgerWorld.Now }).GetAwaiter().GetResult();
                }

                return sql;
            });
            await world.AddPersonAsync("ann");
            var touch = await world.OfferAsync("ann", Channel.Email);
            plain = world;
            var order = await world.OrderAsync(LedgerWorld.Mailbox, touch);
            plain = null;
            if (!acted) break; // the judge has fewer statements than that
            var lead = (await world.Facts.LeadAsync("ann"))!.Lead;
            var answer = await world.Ledger.TryBeginAsync(order, default);
            // Either the judge saw the opt-out (it read the revision after it), or the begin is lost.
            var judgedAfter = order.Touches[0].LeadRevision == lead.Revision;
            Assert.True(judgedAfter || answer.Loss is not null, $"before statement {n} the opt-out was overrun");
        }
    }

    [Fact]
    public async Task An_address_attached_while_it_is_being_suppressed_ends_opted_out_whichever_commits_first()
    {
        await using var world = await WorldAsync();
        for (var round = 0; round < 20; round++)
        {
            var (lead, address) = ($"p{round:00}", $"x{round:00}@shared.example");
            await world.AddPersonAsync(lead, $"+1303555{round:0000}");
            await world.ExecuteAsync("insert into address_key (id, kind) values (@address, 'email')", new { address });
            await Task.WhenAll(
                Task.Run(() => world.People.OptOutAsync(OptOut(address))),
                Task.Run(() => world.Store.WriteAsync(async s =>
                {
                    // The documented order: the address row first, then the lead, then what hangs on it; then inherit.
                    await s.ExecuteAsync("update address_key set writes = writes + 1 where id = @address", new { address });
                    await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead });
                    await s.ExecuteAsync("insert into lead_address (lead_id, address_id, kind, role, attached_at) values (@lead, @address, 'email', 'email', @Now)", new { lead, address, LedgerWorld.Now });
                    if (await s.InstantAsync("select suppressed_at from address_key where id = @address", new { address }) is { } at)
                        await s.ExecuteAsync("update lead set opted_out_at = @at where id = @lead", new { at, lead });
                })));
        }

        Assert.DoesNotContain(await VerifyLedger.RunAsync(world.Store), f => f.Law == "whoever holds a suppressed address is opted out");
        Assert.Equal(20, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    private static SignalEnvelope Named(string eventId, string address) => new(eventId, "test", null, null, [address], Holds: true);

    [Fact]
    public async Task A_stored_signal_holds_whom_it_names_until_it_is_understood()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var touch = await world.OfferAsync("ann", Channel.Email);
        var order = await world.OrderAsync(LedgerWorld.Mailbox, touch);
        Assert.True(await world.Signals.StoreAsync("highlevel", Named("e1", "ann@people.example"), "{}", LedgerWorld.Now));
        Assert.False(await world.Signals.StoreAsync("highlevel", Named("e1", "ann@people.example"), "{}", LedgerWorld.Now));
        Assert.Equal(BeginLoss.Leads, (await world.Ledger.TryBeginAsync(order, default)).Loss);

        await world.Ledger.TryParkAsync(touch, "ann", (await world.Facts.LeadAsync("ann"))!.Lead.Revision, ParkedReason.Held, LedgerWorld.Now);
        await world.Signals.StoreAsync("highlevel", Named("e2", "ann@people.example"), "{}", LedgerWorld.Now);
        var open = await world.Signals.OpenAsync(10);
        await world.Signals.UnderstoodAsync(open[0], "nothing", Soon);
        Assert.Equal(1, await world.CountAsync("select count(*) from address_key where held_at is not null")); // the second still names it
        await world.Signals.UnderstoodAsync(open[1], "nothing", Soon);
        Assert.Equal(0, await world.CountAsync("select count(*) from address_key where held_at is not null"));
        Assert.Equal(1, await world.CountAsync("select count(*) from touch where state = 'planned' and parked_reason is null"));
    }

    [Fact]
    public async Task Without_a_look_at_the_other_signals_a_hold_is_released_too_early()
    {
        await using var world = await WorldAsync(sql => sql.Contains("set held_at = null") ? sql[..sql.IndexOf("and not exists", StringComparison.Ordinal)] : sql);
        await world.AddPersonAsync("ann");
        await world.Signals.StoreAsync("highlevel", Named("e1", "ann@people.example"), "{}", LedgerWorld.Now);
        await world.Signals.StoreAsync("highlevel", Named("e2", "ann@people.example"), "{}", LedgerWorld.Now);
        await world.Signals.UnderstoodAsync((await world.Signals.OpenAsync(1))[0], "nothing", Soon);
        Assert.Equal(0, await world.CountAsync("select count(*) from address_key where held_at is not null"));
    }

    [Fact]
    public async Task A_signal_that_cannot_be_read_keeps_its_hold_and_opens_one_incident()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        await world.Signals.StoreAsync("highlevel", Named("e1", "ann@people.example"), "not json", LedgerWorld.Now);
        var signal = (await world.Signals.OpenAsync(1))[0];
        await world.Signals.UnreadableAsync(signal, "not JSON", Soon);
        await world.Signals.UnreadableAsync(signal, "not JSON", Soon);
        Assert.Equal(1, await world.CountAsync("select count(*) from address_key where held_at is not null"));
        Assert.Equal(1, await world.CountAsync("select count(*) from incident"));
        Assert.Empty(await world.Signals.OpenAsync(1));
    }

    [Fact]
    public async Task A_wake_during_a_turn_is_not_lost()
    {
        await using var world = await WorldAsync();
        Assert.Equal(LedgerWorld.Now, await WakeDuringTurnAsync(world));
    }

    [Fact]
    public async Task Without_the_look_at_wakes_a_wake_during_a_turn_is_lost()
    {
        await using var world = await WorldAsync(sql => sql.Replace("case when wakes = @seen then @next else @now end", "@next"));
        Assert.NotEqual(LedgerWorld.Now, await WakeDuringTurnAsync(world));
    }

    private static async Task<Instant> WakeDuringTurnAsync(LedgerWorld world)
    {
        var desk = (await world.Desks.AllAsync()).Single(d => d.Kind == "upkeep");
        Assert.True(await world.Desks.TryClaimAsync(desk, "me", LedgerWorld.Now + Duration.FromMinutes(5), LedgerWorld.Now));
        await world.Desks.WakeAsync("upkeep", "all", LedgerWorld.Now);
        await world.Desks.FinishAsync(desk, "me", LedgerWorld.Now + Duration.FromDays(1), LedgerWorld.Now, "done", false);
        return (await world.Desks.AllAsync()).Single(d => d.Kind == "upkeep").NextTurnAt;
    }

    [Fact]
    public async Task A_desk_is_claimed_by_one_of_many_and_a_lapsed_lease_counts_a_restart()
    {
        await using var world = await WorldAsync();
        var desk = (await world.Desks.AllAsync()).Single(d => d.Kind == "upkeep");
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => world.Desks.TryClaimAsync(desk, $"holder{i}", LedgerWorld.Now + Duration.FromMinutes(5), LedgerWorld.Now))));
        Assert.Single(claims, c => c);
        Assert.True(await world.Desks.TryClaimAsync(desk, "late", LedgerWorld.Now + Duration.FromMinutes(10), LedgerWorld.Now + Duration.FromMinutes(5)));
        Assert.Equal(1, (await world.Desks.AllAsync()).Single(d => d.Kind == "upkeep").Restarts);
    }

    [Fact]
    public async Task Many_workers_over_few_people_break_nothing_and_never_deadlock_for_good()
    {
        await using var world = await WorldAsync();
        for (var i = 0; i < 6; i++) await world.AddPersonAsync($"p{i}", $"+130355501{i / 2:00}");
        var attempts = new int[6];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            var chance = new Random(1000 + w);
            for (var n = 0; n < 60; n++)
            {
                var who = chance.Next(6);
                switch (chance.Next(5))
                {
                    case 0:
                        var attempt = Interlocked.Increment(ref attempts[who]);
                        await world.OfferAsync($"p{who}", chance.Next(2) == 0 ? Channel.Email : Channel.Call, attempt);
                        break;
                    case 1:
                        if (await world.TextAsync("select id from touch where state = 'planned' and lead_id = @lead order by id limit 1", new { lead = $"p{who}" }) is not { } touch) break;
                        var sender = touch.Contains("call") ? (w % 2 == 0 ? LedgerWorld.Caller1 : LedgerWorld.Caller2) : LedgerWorld.Mailbox;
                        if (await BeganAsync(sender, touch) is { } permit)
                            await world.Ledger.RecordAsync(chance.Next(3) == 0 ? new Outcome.NotSent(permit, Soon, FailedBecause.PermitExpired, "x") : new Outcome.Accepted(permit, Soon, null, null, null));
                        break;
                    case 2:
                        await world.Signals.StoreAsync("test", Named($"{w}-{n}", $"p{who}@people.example"), "{}", LedgerWorld.Now);
                        foreach (var signal in await world.Signals.OpenAsync(3)) await world.Signals.UnderstoodAsync(signal, "nothing", Soon);
                        break;
                    case 3:
                        await world.Ledger.TryWaitAsync($"tch_p{who}_email_1", $"p{who}", (await world.Facts.LeadAsync($"p{who}"))!.Lead.Revision, LedgerWorld.Now, LedgerWorld.Now);
                        break;
                    default:
                        if (n == 50 && w == 0) await world.People.OptOutAsync(OptOut($"p{who}@people.example"));
                        break;
                }
            }
        })));
        var broken = (await VerifyLedger.RunAsync(world.Store)).Where(f => f.Law is not ("every active walk has something to come" or "at most one touch per person and step reached them" or "nobody who opted out has an offer")).ToList();
        Assert.Empty(broken); // attempts are offered by hand here, beside the planner and after the opt-out

        // Nobody is judged here, so more than three begins a day are tried: the tripwire stops those.
        async Task<string?> BeganAsync(string sender, string touch)
        {
            try
            {
                return (await world.BeginAsync(sender, touch)).Permit;
            }
            catch (System.Data.Common.DbException e) when (e.Message.Contains("tripwire", StringComparison.Ordinal))
            {
                return null;
            }
        }
    }
}
