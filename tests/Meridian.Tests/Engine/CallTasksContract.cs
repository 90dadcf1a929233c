using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Consents;
using Meridian.Engine.Dispatch;
using Meridian.Engine.HumanCalls;
using Meridian.Engine.Ledger;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Engine;

public sealed class CallTasksOnSqlite() : CallTasksContract(() => new TestDatabase.Sqlite());

/// <summary>The CHECK that this needs was changed in place.</summary>
public sealed class CallTasksOnAnUpgradedSqlite() : CallTasksContract(() => new TestDatabase.AgedSqlite(20))
{
    [Fact]
    public async Task The_database_is_whole()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        Assert.Equal("ok", await world.TextAsync("select * from pragma_integrity_check"));
        Assert.Equal(0, await world.CountAsync("select count(*) from sqlite_schema where name = 'touch_schema_changed'"));
    }
}

public sealed class CallTasksOnPostgres() : CallTasksContract(() => new TestDatabase.Postgres());

/// <summary>A call refused only for lack of an AI-voice consent becomes a task for a person, under the same hours, caps and every "no".</summary>
public abstract class CallTasksContract(Func<TestDatabase> database)
{
    private const string Number = "+12125550131";

    protected TestDatabase Database() => database();

    [Fact]
    public async Task A_call_that_lacks_only_the_consent_becomes_one_task_and_the_walk_goes_on()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        await world.Desk.TakeAsync("all", default);
        var task = Assert.Single(await world.Tasks.OpenAsync(10));
        Assert.Equal(("ann", Number), (task.LeadId, task.AddressId));
        Assert.Equal("planned", await world.Ledger.TextAsync("select state from touch where lead_id = 'ann'"));
        Assert.Contains("DoNotCallLists", await world.Ledger.TextAsync("select findings from call_task"));
    }

    [Fact]
    public async Task Nobody_is_asked_to_call_by_default()
    {
        await using var world = await WorldAsync(o => o with { HumanCalls = false });
        await world.Desk.TakeAsync("all", default);
        Assert.Empty(await world.Tasks.OpenAsync(10));
    }

    [Theory]
    [InlineData("insert into dnc_number (generation, number) select generation, '+12125550131' from dnc_list")]
    [InlineData("update dnc_list set as_of = '2026-10-01'")]
    [InlineData("delete from dnc_list")]
    [InlineData("update address_key set suppressed_at = @now where id = '+12125550131'")]
    [InlineData("update lead set opted_out_at = @now where id = 'ann'")]
    [InlineData("update lead set paused_at = @now where id = 'ann'")]
    [InlineData("update address_key set held_at = @now where id = '+12125550131'")]
    [InlineData("update lead set state = 'AZ', postal_code = '85001' where id = 'ann'")]
    [InlineData("update lead set state = 'TX', postal_code = '78701' where id = 'ann'")]
    [InlineData("update lead set country = 'CA', state = null where id = 'ann'")]
    [InlineData("update lead_address set role = 'company' where address_id = '+12125550131'")]
    public async Task Whatever_forbids_the_call_forbids_the_task(string fact)
    {
        await using var world = await WorldAsync();
        await world.Ledger.ExecuteAsync(fact, fact.Contains("@now") ? new { now = LedgerWorld.Now } : null);
        await world.Desk.TakeAsync("all", default);
        Assert.Empty(await world.Tasks.OpenAsync(10));
    }

    [Fact]
    public async Task Without_a_fresh_list_a_line_that_a_lookup_confirms_as_a_business_own_may_still_be_called()
    {
        await using var world = await WorldAsync();
        await world.Ledger.ExecuteAsync("delete from dnc_list");
        await world.Ledger.ExecuteAsync("update address_key set line_type = 'Landline', line_business = 'yes', line_looked_up_at = @now where id = @Number", new { now = LedgerWorld.Now - Duration.FromDays(89), Number });
        await world.Desk.TakeAsync("all", default);
        var task = Assert.Single(await world.Tasks.OpenAsync(10));
        world.Clock.Advance(TimeSpan.FromDays(1)); // Tuesday, and the lookup is ninety days old
        Assert.Equal(Ruling.Park, (await world.CallDesk.StandingAsync(task))!.Verdict.Ruling);
    }

    [Fact]
    public async Task Dialling_takes_the_number_the_company_and_the_person_so_that_the_machine_does_not_call_too()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        var revision = await world.Ledger.CountAsync("select revision from lead where id = 'ann'");
        Assert.Null(await world.CallDesk.DialAsync(task, "sam"));
        Assert.True(await world.Ledger.CountAsync("select revision from lead where id = 'ann'") > revision);
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from address_key where id = @Number and next_call_at > @now", new { Number, now = LedgerWorld.Now }));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from company where id = 'cmp_ann' and next_call_at > @now", new { now = LedgerWorld.Now }));
        Assert.NotNull(await world.CallDesk.DialAsync(task, "tom")); // taken

        // With a consent that comes at this moment the AI voice still waits: one call in 24 hours, one in the air.
        var lead = (await world.Ledger.Facts.LeadAsync("ann"))!;
        var campaign = (await world.Ledger.Facts.CampaignAsync(LedgerWorld.Campaign))!;
        var judged = Judge.Of(lead, campaign, campaign.Sequence.Find("call-1")!, null, world.Clocks.Now);
        Assert.Contains(judged.Verdict.Findings, f => f is { Rule: "OneInTheAir", Ruling: Ruling.Wait });
        Assert.Contains(judged.Verdict.Findings, f => f is { Rule: "PersonGap", Ruling: Ruling.Wait });

        Assert.True(await world.CallDesk.CloseAsync(task, CallOutcome.NoAnswer, "rang out", "sam"));
        Assert.False(await world.CallDesk.CloseAsync(task, CallOutcome.Interested, null, "tom"));
        Assert.Equal("no_answer", await world.Ledger.TextAsync("select outcome from call_task"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Fact]
    public async Task Two_people_dialling_at_once_make_one_call()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        var answers = await Task.WhenAll(world.CallDesk.DialAsync(task, "sam"), world.CallDesk.DialAsync(task, "tom"));
        Assert.Single(answers, a => a is null);
    }

    [Fact]
    public async Task A_task_is_judged_again_when_it_is_dialled()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        world.Clock.SetUtcNow(world.Clock.GetUtcNow().Date.AddHours(23)); // 18:00 in New York
        Assert.Contains("hours", await world.CallDesk.DialAsync(task, "sam"));
        await new SqlPauses(world.Ledger.Store, world.Ledger.Ids).PauseEngineAsync("sam", world.Clocks.Now);
        Assert.NotNull(await world.CallDesk.DialAsync(task, "sam"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from call_task where begun_at is not null"));
    }

    [Fact]
    public async Task A_pause_between_judging_and_dialling_wins()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var standing = (await world.CallDesk.StandingAsync((await world.Tasks.OpenAsync(10)).Single()))!;
        await new SqlPauses(world.Ledger.Store, world.Ledger.Ids).PauseEngineAsync("sam", world.Clocks.Now);
        Assert.False(await world.Tasks.TryDialAsync(standing.Task, standing.LeadRevision, world.Clocks.Now + Gaps.Number, standing.Company, "sam", world.Clocks.Now));
    }

    [Fact]
    public async Task The_number_that_is_judged_is_the_number_that_rings()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        // Another number that would be chosen first comes along, and the task's own is on a list by now.
        await world.Ledger.ExecuteAsync("insert into address_key (id, kind) values ('+12125550111', 'phone')");
        await world.Ledger.ExecuteAsync("insert into lead_address (lead_id, address_id, kind, role, attached_at) values ('ann', '+12125550111', 'phone', 'mobile', @now)", new { now = LedgerWorld.Now });
        await world.Ledger.ExecuteAsync("insert into dnc_number (generation, number) select generation, @Number from dnc_list", new { Number });
        Assert.Contains("do-not-call list", await world.CallDesk.DialAsync(task, "sam"));
        await world.Ledger.ExecuteAsync("delete from dnc_number where number = @Number", new { Number });
        await world.Ledger.ExecuteAsync("update lead_address set detached_at = @now where address_id = @Number", new { now = LedgerWorld.Now, Number });
        Assert.NotNull(await world.CallDesk.DialAsync(task, "sam")); // no longer theirs
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from call_task where begun_at is not null"));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("campaign")]
    public async Task What_moves_no_revision_of_the_person_is_asked_again_when_it_is_dialled(string what)
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var standing = (await world.CallDesk.StandingAsync((await world.Tasks.OpenAsync(10)).Single()))!;
        Assert.Equal(Ruling.Allow, standing.Verdict.Ruling);
        if (what == "list") await world.Lists.LoadAsync("national", new Dictionary<string, IReadOnlyCollection<string>> { ["212"] = [Number] }, LedgerWorld.Today, "list.csv", "test", LedgerWorld.Now);
        if (what == "campaign") await new SqlPauses(world.Ledger.Store, world.Ledger.Ids).SetCampaignAsync(LedgerWorld.Campaign, true, "sam", LedgerWorld.Now);
        Assert.False(await world.Tasks.TryDialAsync(standing.Task, standing.LeadRevision, world.Clocks.Now + Gaps.Number, standing.Company, "sam", world.Clocks.Now));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from address_key where id = @Number and next_call_at is not null", new { Number }));
    }

    [Fact]
    public async Task A_list_is_replaced_as_a_whole_never_by_an_older_one_and_loads_side_by_side_do_not_harm_each_other()
    {
        await using var world = await WorldAsync();
        Task<bool> Load(string area, string number, int daysAgo) => world.Lists.LoadAsync("national", new Dictionary<string, IReadOnlyCollection<string>> { [area] = [number] }, LedgerWorld.Today.PlusDays(-daysAgo), "list.csv", "test", LedgerWorld.Now);
        Assert.True(await Load("212", "+12125550188", 1));
        Assert.Equal(["+12125550188"], await world.NumbersAsync());
        Assert.False(await Load("212", "+12125550199", 2));
        Assert.Equal(["+12125550188"], await world.NumbersAsync());

        // Half of one load is written while others begin and end.
        await world.Ledger.ExecuteAsync("insert into dnc_number (generation, number) values ('dnc_half', '+14045550101')");
        await Task.WhenAll(Load("303", "+13035550101", 1), Load("512", "+15125550101", 0), Load("312", "+13125550101", 1));
        Assert.Equal(["+12125550188", "+13035550101", "+13125550101", "+15125550101"], await world.NumbersAsync());
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from dnc_number where generation = 'dnc_half'"));
    }

    [Theory]
    [InlineData("opt out")]
    [InlineData("reply")]
    [InlineData("consent")]
    public async Task What_ends_the_need_withdraws_the_task(string what)
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        if (what == "opt out") await world.Ledger.People.OptOutAsync(new OptOutOrder([], "ann", "asked", "owner", null, LedgerWorld.Now));
        if (what == "reply") await world.Ledger.People.StopAsync("ann", "replied by mail", null, LedgerWorld.Now);
        if (what == "consent") await world.Ledger.ExecuteAsync("update touch set parked_reason = null where lead_id = 'ann'");
        await world.Desk.TakeAsync("all", default);
        Assert.Empty(await world.Tasks.OpenAsync(10));
        Assert.Equal("withdrawn", await world.Ledger.TextAsync("select state from call_task"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Theory]
    [InlineData(CallOutcome.NoAnswer, "skipped called_by_person")]
    [InlineData(CallOutcome.NotCalled, "planned ")] // given back: the AI voice may call by the consent
    public async Task A_step_that_a_person_called_is_not_called_again_when_a_consent_comes(CallOutcome outcome, string left)
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        Assert.Null(await world.CallDesk.DialAsync(task, "sam"));
        await world.ConsentAsync("ann");
        var lead = (await world.Ledger.Facts.LeadAsync("ann"))!;
        var campaign = (await world.Ledger.Facts.CampaignAsync(task.CampaignId))!;
        Assert.Contains(Judge.Of(lead, campaign, campaign.Sequence.Find(task.StepId)!, null, world.Clocks.Now, task.TouchId).Verdict.Findings, f => f is { Rule: "OneInTheAir", Ruling: Ruling.Wait });
        await world.CallDesk.CloseAsync(task, outcome, null, "sam");
        Assert.Equal(left, await world.Ledger.TextAsync("select state || ' ' || coalesce(skipped_reason, '') from touch where id = @id", new { id = task.TouchId }));
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Theory]
    [InlineData("said")]
    [InlineData("withdrawn")]
    public async Task Whoever_took_a_call_and_says_nothing_for_an_hour_is_told_of_to_the_owner_until_it_is_over(string how)
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        Assert.Null(await world.CallDesk.DialAsync(task, "sam"));
        world.Clock.Advance(TimeSpan.FromMinutes(50));
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(0, await OpenIncidents());
        world.Clock.Advance(TimeSpan.FromMinutes(11));
        await world.Desk.TakeAsync("all", default);
        await world.Desk.TakeAsync("all", default);
        Assert.Equal(1, await OpenIncidents());
        Assert.Contains("sam", await world.Ledger.TextAsync("select detail from incident where kind = 'call-task-open'"));
        if (how == "said") await world.CallDesk.CloseAsync(task, CallOutcome.NoAnswer, null, "sam");
        else
        {
            await world.Ledger.People.OptOutAsync(new OptOutOrder([], "ann", "asked", "owner", null, LedgerWorld.Now));
            await world.Desk.TakeAsync("all", default);
        }

        Assert.Equal(0, await OpenIncidents());

        Task<long> OpenIncidents() => world.Ledger.CountAsync("select count(*) from incident where kind = 'call-task-open' and closed_at is null");
    }

    [Fact]
    public async Task A_call_that_a_person_made_without_asking_here_takes_the_step_too()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        Assert.True(await world.CallDesk.CloseAsync(task, CallOutcome.NoAnswer, null, "sam"));
        Assert.Equal("called_by_person", await world.Ledger.TextAsync("select skipped_reason from touch where id = @id", new { id = task.TouchId }));
    }

    [Fact]
    public async Task Nobody_dials_for_a_step_that_the_AI_voice_has_made()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        // As the moment between the consent that let the voice call and the withdrawal of the task.
        await world.Ledger.ExecuteAsync("update touch set state = 'sent', parked_reason = null, permit_id = 'prm', sender_id = @sender, begun_at = @now, closed_at = @now where id = @id", new { sender = LedgerWorld.Caller1, now = LedgerWorld.Now, id = task.TouchId });
        Assert.Contains("over", await world.CallDesk.DialAsync(task, "sam"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from call_task where begun_at is not null"));
    }

    [Fact]
    public async Task The_CRM_is_looked_at_before_a_person_dials()
    {
        await using var world = await WorldAsync();
        await world.Ledger.Facts.KeepRefAsync("highlevel", "con_ann", "ann");
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        var crm = new SilentCrm { Says = new Disturbance.CannotTell("busy") };
        var desk = world.DeskWith(crm);
        Assert.Contains("busy", await desk.DialAsync(task, "sam"));
        crm.Says = new Disturbance.Asked("all channels");
        Assert.Contains("do-not-disturb", await desk.DialAsync(task, "sam"));
        Assert.Equal("con_ann", crm.Looked);
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead where id = 'ann' and opted_out_at is not null"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from call_task where begun_at is not null"));
    }

    [Fact]
    public async Task A_look_that_takes_the_last_minute_of_the_hours_ends_the_call_before_it_is_dialled()
    {
        await using var world = await WorldAsync();
        await world.Ledger.Facts.KeepRefAsync("highlevel", "con_ann", "ann");
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        var close = new DateTimeOffset(world.Clock.GetUtcNow().Date.AddHours(23), TimeSpan.Zero); // 18:00 in New York
        world.Clock.SetUtcNow(close.AddSeconds(-70));
        var crm = new SilentCrm { Then = () => world.Clock.Advance(TimeSpan.FromSeconds(20)) };
        Assert.Contains("too close", await world.DeskWith(crm).DialAsync(task, "sam"));
        Assert.Equal("con_ann", crm.Looked);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from call_task where begun_at is not null"));
    }

    [Fact]
    public async Task A_CRM_that_takes_too_long_is_said_to()
    {
        await using var world = await WorldAsync();
        await world.Ledger.Facts.KeepRefAsync("highlevel", "con_ann", "ann");
        await world.Desk.TakeAsync("all", default);
        var crm = new SilentCrm { Then = () => world.Clock.Advance(TimeSpan.FromSeconds(31)) };
        Assert.Contains("takes too long", await world.DeskWith(crm).DialAsync((await world.Tasks.OpenAsync(10)).Single(), "sam"));
    }

    [Fact]
    public async Task A_no_said_to_a_person_ends_everything_and_a_wrong_number_only_the_number()
    {
        await using var world = await WorldAsync();
        await world.AddAsync("bob", "+12125550132");
        await world.Desk.TakeAsync("all", default);
        var tasks = (await world.Tasks.OpenAsync(10)).ToDictionary(t => t.LeadId);
        foreach (var task in tasks.Values) Assert.Null(await world.CallDesk.DialAsync(task, "sam"));
        await world.CallDesk.CloseAsync(tasks["ann"], CallOutcome.OptedOut, null, "sam");
        await world.CallDesk.CloseAsync(tasks["bob"], CallOutcome.WrongNumber, null, "sam");
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead where opted_out_at is not null"));
        Assert.Equal("ann", await world.Ledger.TextAsync("select id from lead where opted_out_at is not null"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from address_key where id = '+12125550132' and suppressed_at is not null"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from lead_address where address_id = '+12125550132' and detached_at is null"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from address_key where id = 'bob@people.example' and suppressed_at is not null"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from call_task where state in ('done', 'withdrawn') and outcome is not null"));
    }

    [Fact]
    public async Task Not_interested_ends_the_walk_with_the_answer_itself_and_needs_nothing_after_it()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var task = (await world.Tasks.OpenAsync(10)).Single();
        // Whoever dies right after the answer, or loses the word that it was taken, has ended the walk all the same.
        Assert.True(await new CallDesk(world.Tasks, world.Ledger.Facts, people: null!, world.Clocks).CloseAsync(task, CallOutcome.NotInterested, null, "sam"));
        Assert.False(await world.CallDesk.CloseAsync(task, CallOutcome.NotInterested, null, "sam"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from enrollment where lead_id = 'ann' and state = 'active'"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from touch where lead_id = 'ann' and state = 'planned'"));
        Assert.Equal("done not_interested", await world.Ledger.TextAsync("select state || ' ' || outcome from call_task"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Fact]
    public async Task A_task_expires_after_two_business_days_and_the_day_s_number_of_tasks_holds()
    {
        await using var world = await WorldAsync(o => o with { HumanCallsPerDay = 1 });
        await world.AddAsync("bob", "+12125550132");
        await world.Desk.TakeAsync("all", default);
        var task = Assert.Single(await world.Tasks.OpenAsync(10));
        Assert.Equal(Instant.FromUtc(2026, 11, 19, 5, 0), task.ExpiresAt); // Monday: the end of Wednesday in New York
        world.Clock.Advance(TimeSpan.FromDays(3));
        await world.Desk.TakeAsync("all", default);
        Assert.Equal("expired", await world.Ledger.TextAsync("select state from call_task where id = @id", new { id = task.Id }));
        Assert.Equal("bob", (await world.Tasks.OpenAsync(10)).Single().LeadId);
        Assert.Equal("planned", await world.Ledger.TextAsync("select state from touch where lead_id = 'ann'"));
    }

    [Theory]
    [InlineData(2026, 11, 20, "NY", 2026, 11, 25)] // Friday: Monday, Tuesday
    [InlineData(2026, 11, 25, "NY", 2026, 12, 1)] // Thanksgiving is no business day: Friday, Monday
    [InlineData(2026, 12, 24, "HI", 2026, 12, 30)]
    public void Two_business_days_skip_weekends_and_holidays(int year, int month, int day, string state, int endYear, int endMonth, int endDay)
    {
        var zones = new[] { state == "NY" ? "America/New_York" : "Pacific/Honolulu" };
        var zone = DateTimeZoneProviders.Tzdb[zones[0]];
        var end = CallTaskTurn.EndOfBusinessDay(new LocalDate(year, month, day).At(new LocalTime(10, 0)).InZoneLeniently(zone).ToInstant(), 2, zones);
        Assert.Equal(new LocalDate(endYear, endMonth, endDay).AtStartOfDayInZone(zone).ToInstant(), end);
    }

    [Fact]
    public async Task A_task_is_shown_in_the_CRM_once_and_ticked_off_when_it_is_over()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var crm = new ScriptedCrm();
        var turn = new CrmTaskTurn(crm, world.Tasks, world.Ledger.Facts, world.Ledger.Facts, world.Clocks);
        await turn.TakeAsync("all", default);
        await turn.TakeAsync("all", default);
        Assert.Equal([Number], crm.Opened);
        Assert.Empty(crm.Completed);

        var task = Assert.Single(await world.Tasks.OpenAsync(10));
        await world.Tasks.TryCloseAsync(task.Id, CallOutcome.NoAnswer, null, null, "sam", world.Clocks.Now);
        crm.Takes = false;
        await turn.TakeAsync("all", default);
        crm.Takes = true;
        await turn.TakeAsync("all", default);
        await turn.TakeAsync("all", default);
        Assert.Equal(["con_1/tsk_1", "con_1/tsk_1"], crm.Completed); // asked again because it was not taken, and then no more
    }

    [Fact]
    public async Task A_task_whose_answer_is_lost_is_not_opened_a_second_time()
    {
        await using var world = await WorldAsync();
        await world.Desk.TakeAsync("all", default);
        var crm = new ScriptedCrm { Takes = false };
        var turn = new CrmTaskTurn(crm, world.Tasks, world.Ledger.Facts, world.Ledger.Facts, world.Clocks);
        await turn.TakeAsync("all", default);
        await turn.TakeAsync("all", default);
        Assert.Single(crm.Opened);
    }

    private sealed class SilentCrm : IDoNotDisturb
    {
        public Disturbance Says { get; set; } = new Disturbance.None();

        public Action Then { get; init; } = () => { };

        public string? Looked { get; private set; }

        public string Source => "highlevel";

        public Task<Disturbance> LookAsync(string contactId, CancellationToken cancellation)
        {
            Looked = contactId;
            Then();
            return Task.FromResult(Says);
        }
    }

    private sealed class ScriptedCrm : ICrmTasks
    {
        public bool Takes { get; set; } = true;

        public List<string> Opened { get; } = [];

        public List<string> Completed { get; } = [];

        public Task<string?> OpenAsync(TextPerson person, string title, string body, Instant due, CancellationToken cancellation)
        {
            Opened.Add(person.PhoneE164);
            return Task.FromResult(Takes ? "con_1/tsk_1" : null);
        }

        public Task<bool> CompleteAsync(string reference, CancellationToken cancellation)
        {
            Completed.Add(reference);
            return Task.FromResult(Takes);
        }
    }

    private async Task<World> WorldAsync(Func<OwnerSettings, OwnerSettings>? change = null)
    {
        var ledger = await LedgerWorld.OpenAsync(Database());
        var owner = await ledger.Facts.SettingsAsync() with { HumanCalls = true };
        await new SqlSetup(ledger.Store, ledger.Ids).KeepOwnerAsync(change?.Invoke(owner) ?? owner, "test", LedgerWorld.Now);
        await new SqlDoNotCall(ledger.Store, ledger.Ids).LoadAsync("national", new Dictionary<string, IReadOnlyCollection<string>> { ["212"] = ["+12125550100"] }, LedgerWorld.Today.PlusDays(-3), "list.csv", "test", LedgerWorld.Now);
        var world = new World(ledger);
        await world.AddAsync("ann", Number);
        return world;
    }

    private sealed class World : TurnWorld
    {
        public World(LedgerWorld ledger)
            : base(ledger)
        {
            Tasks = new SqlCallTasks(ledger.Store, ledger.Ids);
            CallDesk = new CallDesk(Tasks, ledger.Facts, ledger.People, Clocks);
            Desk = new CallTaskTurn(Tasks, CallDesk, ledger.Facts, ledger.Facts, Clocks);
        }

        public SqlCallTasks Tasks { get; }

        public CallDesk CallDesk { get; }

        public CallTaskTurn Desk { get; }

        public SqlDoNotCall Lists => new(Ledger.Store, Ledger.Ids);

        public CallDesk DeskWith(IDoNotDisturb crm) => new(Tasks, Ledger.Facts, Ledger.People, Clocks, crm);

        /// <summary>They sign for calls on the consent page.</summary>
        public async Task ConsentAsync(string lead)
        {
            var seller = (await Ledger.Facts.SettingsAsync()).SellerName;
            Assert.Equal(SignResult.Recorded, await new SqlConsents(Ledger.Store, Ledger.Ids).SignAsync(new SignedConsent(lead, Number, [Channel.Call], seller, "Ann Example", "1", "the words", "hash", "192.0.2.1", null, LedgerWorld.Today, Clocks.Now)));
        }

        /// <summary>Every number that counts.</summary>
        public Task<IReadOnlyList<string>> NumbersAsync() => Ledger.Store.ReadAsync(s => s.QueryAsync<string>("select n.number from dnc_number n join dnc_list l on l.generation = n.generation order by n.number"));

        public async Task AddAsync(string lead, string number)
        {
            await Ledger.AddPersonAsync(lead, number);
            await Ledger.ExecuteAsync("delete from consent where lead_id = @lead", new { lead });
            await Ledger.ExecuteAsync("update lead set postal_code = '10001' where id = @lead", new { lead });
            var touch = await Ledger.OfferAsync(lead, Channel.Call);
            await Ledger.ExecuteAsync("update touch set parked_reason = 'no_legal_basis' where id = @touch", new { touch });
        }
    }
}
