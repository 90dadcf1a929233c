using Meridian.Adapters.Sql;
using Meridian.Host;
using Meridian.Host.Simulation;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Simulation;

/// <summary>The real engine through storms: every promise holds in every world, and every law finds the engine that breaks it.</summary>
public class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 500;

    /// <summary>From five in the morning in New York to a quarter before midnight: every window of the country opens and closes.</summary>
    private static readonly Duration Day = Duration.FromMinutes(18 * 60 + 45);

    private const int MostSeedsToFindAMutant = 120;

    [Fact]
    public void Five_hundred_worlds_break_no_promise()
    {
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        var results = ManySeeds.Run(Enumerable.Range(1, Seeds).Select(i => (ulong)i), seed => new SimOptions(seed, Day, SimFaults.All), TestContext.Current.CancellationToken);
        var summary = SimSummary.Of(results, clock.GetElapsedTime(began));
        output.WriteLine($"{summary.Seeds} worlds, {summary.SimulatedYears} years, {summary.Steps} steps, {summary.Touches} touches, {summary.Faults} faults, {summary.WallSeconds} s");
        Assert.True(summary.Violations == 0, string.Join('\n', results.SelectMany(r => r.Violations.Select(v => $"seed {r.Seed}: {v.Law}: {v.What}")).Take(20)));
        Assert.Equal(Seeds, summary.Seeds);
        Assert.True(summary.Touches > 5 * Seeds, $"only {summary.Touches} touches: the worlds are too quiet to prove anything");
        Assert.True(summary.Dialled > Seeds / 4, $"only {summary.Dialled} calls by people: nobody goes through the call tasks");
        Assert.True(summary.Faults > 5 * Seeds, $"only {summary.Faults} faults: the storms are too mild to prove anything");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(82)]
    public void The_same_seed_is_the_same_world(int seed)
    {
        var (first, again) = (Run((ulong)seed), Run((ulong)seed));
        Assert.Equal((first.Trace, first.Steps, first.Touches, first.Faults), (again.Trace, again.Steps, again.Touches, again.Faults));
        Assert.NotEqual(first.Trace, Run((ulong)seed + 1).Trace);
    }

    [Fact]
    public void Without_faults_nothing_goes_wrong() => Assert.Equal(0, Run(1, SimFaults.None).Faults);

    [Theory]
    [InlineData("all", SimFaults.All)]
    [InlineData("none", SimFaults.None)]
    [InlineData("crash,reply-lost", SimFaults.Crash | SimFaults.ReplyLost)]
    public void Faults_are_named_in_words(string text, object faults) => Assert.Equal((SimFaults)faults, SimFaultsText.Read(text));

    [Fact]
    public void An_unknown_fault_is_named_with_those_there_are() => Assert.Contains("reply-lost", Assert.Throws<UsageException>(() => SimFaultsText.Read("rain")).Message);

    /// <summary>An engine with something taken out of it, and the law that must notice.</summary>
    private static readonly (string Law, string Mutant, SimOptions World)[] Mutants =
    [
        ("once per person, step and attempt", "a transport that sends twice", World() with { SendsTwice = true }),
        ("once per person, step and attempt", "a step that stays open when a person has called for it, and a number that needs no rest", PeopleCall(sql =>
            sql == SqlCallTasks.Settle ? sql.Replace("state = 'planned'", "state = 'planned' and 1 = 0")
            : sql == SqlTouchLedger.TakeNumberForCall ? sql.Replace("= @free,", "= null,") : sql == SqlTouchLedger.TakeCompany ? sql.Replace("next_call_at = @free", "next_call_at = null")
            : sql == SqlFacts.HumanCalls ? sql.Replace("where", "where 1 = 0 and") : sql)),
        ("handed over within the permit's ten seconds", "a begin dated back", Without(SqlTouchLedger.TakeTouch, "begun_at = @now", "begun_at = @now - 20000")),
        ("nothing begun after an opt-out commits", "a begin at any revision, and offers that outlive an opt-out", World(sql =>
            sql == SqlTouchLedger.TakeLead ? sql.Replace(" and revision = @lead_judged", "") : sql == SqlPeopleLedger.SkipOffer ? sql.Replace("where id = @touch", "where id = @touch and 1 = 0") : sql)),
        ("whom the CRM holds on do-not-disturb is left alone", "a CRM that nobody looks at", World() with { LooksAway = true }),
        ("whom the CRM holds on do-not-disturb is left alone", "a look that is good for ever", World() with { LooksNeverAge = true }),
        ("no machine calls or texts without a consent that stands", "a consent that never ends", Without(SqlFacts.LeadConsents, "expires_at", "null as expires_at")),
        ("a person dials nobody who is on a do-not-call list", "lists that nobody looks at", PeopleCall(sql => sql == SqlCallTasks.ListedOn ? sql.Replace("where", "where 1 = 0 and") : sql == SqlCallTasks.Dial ? sql.Replace("where n.number", "where 1 = 0 and n.number") : sql)),
        ("whoever said no is opted out", "an opt-out that writes nothing", Without(SqlPeopleLedger.OptLeadOut, "where id = @lead", "where id = @lead and 1 = 0")),
        ("nothing begun while something is not understood", "a begin at any revision", AtAnyRevision()),
        ("inside every candidate window at hand-over", "hours from five to nine in the evening", World(sql => sql.Replace("select value from setting where key = 'owner'", "select replace(value, '\"HoursFrom\":8,\"HoursTo\":18', '\"HoursFrom\":17,\"HoursTo\":21') from setting where key = 'owner'"))),
        ("a sender's gap, hour and day", "a slot that does not move", Without(SqlTouchLedger.TakeSender, "next_slot_at = @next_slot", "next_slot_at = @now")),
        ("a person's and a number's caps", "a shared number that nobody takes", World(sql => sql == SqlTouchLedger.TakeNumberForCall || sql == SqlTouchLedger.TakeNumberForText ? sql.Replace("= @free,", "= null,") : sql)),
        ("one call a company and business day", "a company that nobody takes", Without(SqlTouchLedger.TakeCompany, "next_call_at = @free", "next_call_at = null")),
        ("a campaign's day", "a day without an end", Without(SqlTouchLedger.CountCampaignDay, " where campaign_day.begun + @m <= @cap", "")),
        ("the day's money", "a budget without an end", Without(SqlTouchLedger.CountSpend, " where spend_day.micro + @m <= @cap", "")),
        ("what was accepted counts as made", "an acceptance recorded as a failure", Without(SqlTouchLedger.RecordAccepted, "state = 'sent'", "state = 'failed'")),
        ("every end is explained", "a failure without its reason", Without(SqlTouchLedger.RecordNotSent, "error = @error", "error = null")),
        ("paused begins nothing", "a begin at any revision of its sender", Without(SqlTouchLedger.TakeSender, " and revision = @sender_judged", "")),
        ("nothing begun after an opt-out commits", "a person who dials whoever has opted out", PeopleCall(sql => sql == SqlCallTasks.TakeLead ? PersonAtAnyRevision : sql == SqlCallTasks.Dial ? sql.Replace("state = 'open'", "state <> ''") : sql == SqlCallTasks.OfferStands ? sql.Replace("state = 'planned'", "state <> ''") : sql)),
        ("nothing begun while something is not understood", "a person who dials at any revision", PeopleCall(sql => sql == SqlCallTasks.TakeLead ? PersonAtAnyRevision : sql)),
        ("paused begins nothing", "a person who dials whatever is paused", PeopleCall(sql => sql == SqlCallTasks.TakeLead ? PersonAtAnyRevision : sql == SqlCallTasks.Dial ? sql.Replace("c.paused_at is not null", "1 = 0") : sql)),
        ("a walk that stopped begins nothing", "offers that outlive their walk", Without(SqlPeopleLedger.SkipOffer, "where id = @touch", "where id = @touch and 1 = 0")),
        ("one in the air per person", "a judge who sees nothing in the air", World(sql => sql == SqlFacts.LeadTouches ? sql.Replace("closed_at, provider_ref", "coalesce(closed_at, begun_at) as closed_at, provider_ref") : sql) with { Damage = "drop index touch_one_in_the_air" }),
        ("after calm nothing hangs", "deadlines that nobody looks at", Without(SqlTouchLedger.MarkUnconfirmed, "where id = @touch", "where id = @touch and 1 = 0")),
        ("the window that closes soonest goes first", "a picker that sees one window only", Without(SqlFacts.WindowsWithOffers, "from w where k is not null", "from w where k is not null order by k desc limit 1")),
        ("every desk's beat is fresh", "a desk that is never given back", World(sql => sql == SqlDesks.Finish ? sql.Replace("where kind = @kind", "where 1 = 0 and kind = @kind") : sql == SqlDesks.Claim ? sql.Replace("lease_until = @lease", "lease_until = @lease + 999999999") : sql)),
        ("everybody is finished, stopped, parked or waits for a stated time", "a wake that is lost", Without(DeskVerbs.Wake, "where kind = @kind", "where @kind <> 'sender' and kind = @kind")),
        ("nothing breaks its word", "a touch changed behind its lead's back", Without(SqlTouchLedger.TakeTouch, "where id = @touch", "where id = @touch and 1 = 0")),
        ("the ledger proves itself", "a count that counts twice", Without(SqlTouchLedger.CountSenderDay, "set begun = sender_day.begun + @m", "set begun = sender_day.begun + @m + @m")),
    ];

    private const string PersonAtAnyRevision = "update lead set last_touch_at = @now, revision = revision + 1 where id = @lead and @revision is not null";

    public static TheoryData<string, string> Breaks => new(Mutants.Select(m => (m.Law, m.Mutant)));

    [Theory]
    [MemberData(nameof(Breaks))]
    public void Every_law_finds_the_engine_that_breaks_it(string law, string mutant)
    {
        var world = Mutants.First(m => m.Mutant == mutant).World;
        for (var seed = 1UL; seed <= MostSeedsToFindAMutant; seed++)
        {
            var violations = new SimRun(world with { Seed = seed }).Run().Violations;
            if (violations.FirstOrDefault(v => v.Law == law) is not { } found) continue;
            output.WriteLine($"{mutant}: seed {seed}: {found.What}");
            return;
        }

        Assert.Fail($"{mutant} was not noticed in {MostSeedsToFindAMutant} worlds");
    }

    [Fact]
    public void Every_law_has_its_mutant()
    {
        string[] others = ["the window that closes soonest goes first", "every desk's beat is fresh", "everybody is finished, stopped, parked or waits for a stated time", "nothing breaks its word", "the ledger proves itself"];
        Assert.Equal(SimLaws.All.Keys.Concat(others).Order(), Mutants.Select(m => m.Law).Distinct().Order());
    }

    /// <summary>A storm may begin, and a machine go on, between two milliseconds.</summary>
    [Theory, InlineData(0), InlineData(1), InlineData(500_000), InlineData(999_999), InlineData(1_000_000)]
    public void The_clock_never_stops_short_of_what_is_waited_for(long nanoseconds)
    {
        var start = Instant.FromUtc(2026, 11, 16, 10, 0);
        var clock = new SimClock(start);
        clock.StepTo(start + Duration.FromNanoseconds(nanoseconds));
        Assert.InRange(clock.Now, start + Duration.FromNanoseconds(nanoseconds), start + Duration.FromMilliseconds(1));
        clock.StepTo(start);
        Assert.True(clock.Now >= start + Duration.FromNanoseconds(nanoseconds), "it never goes back");
    }

    private static SimResult Run(ulong seed, SimFaults faults = SimFaults.All) => new SimRun(new SimOptions(seed, Day, faults)).Run();

    private static SimOptions World(Func<string, string>? change = null) => new(0, Day, SimFaults.All, change);

    private static SimOptions PeopleCall(Func<string, string> change) => World(change) with { PeopleCall = true };

    private static SimOptions AtAnyRevision() => Without(SqlTouchLedger.TakeLead, " and revision = @lead_judged", "");

    private static SimOptions Without(string statement, string part, string instead)
    {
        var broken = statement.Replace(part, instead);
        Assert.NotEqual(statement, broken);
        return World(sql => sql == statement ? broken : sql);
    }
}
