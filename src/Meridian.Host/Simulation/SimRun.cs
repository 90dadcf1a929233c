using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Host.Demo;
using NodaTime;
using ContactWindows = Meridian.Engine.Dispatch.Windows;

namespace Meridian.Host.Simulation;

/// <summary>How one seed went.</summary>
/// <param name="Trace">A print of every choice: equal for equal seeds.</param>
/// <param name="Dialled">Calls that people made by hand.</param>
/// <param name="UnderWay">How long after a person's opt-out had committed each request reached a provider that was under way by then.</param>
internal sealed record SimResult(ulong Seed, ulong Trace, long Steps, int Touches, int Dialled, long Faults, Duration Simulated, IReadOnlyList<SimViolation> Violations, IReadOnlyList<Duration> UnderWay);

/// <summary>What one simulated world is made of.</summary>
/// <param name="Change">Rewrites statements: a mutant's world, in which some law must break.</param>
/// <param name="Damage">A script run on the database at the start: another mutant's world.</param>
/// <param name="PeopleCall">Somebody calls by hand in every world, not only in two of five.</param>
/// <param name="SendsTwice">A transport that breaks its word.</param>
/// <param name="LooksAway">A CRM that never tells of a do-not-disturb.</param>
/// <param name="LooksNeverAge">An engine that trusts a look at the CRM however old it is.</param>
/// <param name="Listener">Hears every choice.</param>
internal sealed record SimOptions(ulong Seed, Duration Length, SimFaults Faults, Func<string, string>? Change = null, bool PeopleCall = false, bool SendsTwice = false, bool LooksAway = false, bool LooksNeverAge = false, string? Damage = null, Action<string>? Listener = null);

/// <summary>
/// A deterministic world from one seed: the real engine on a real SQLite, one thread, a scheduler that chooses at every port who goes on. First a
/// storm, then calm; then the laws are checked against what the fake providers saw.
/// </summary>
internal sealed class SimRun(SimOptions options)
{
    private const int Outdoors = -1;
    private readonly HashSet<string> saidNo = [];
    private readonly List<string> broken = [];
    private readonly List<SimViolation> found = [];
    private IReadOnlyList<Duration> underWay = [];
    private Instant storming;
    private Storm? storm;
    private long faults;
    private long orderSeen;
    private readonly List<(string Begun, string Waited, Instant At)> passedOver = [];

    public SimResult Run()
    {
        var chance = new SimChance(options.Seed);
        var start = SimWorld.StartOf(chance.Of(SimWorld.Starts));
        var clock = new SimClock(start);
        var scheduler = new Scheduler(clock, chance) { Listener = options.Listener };
        using var database = InterleavedDatabase.Open();
        var quiet = new InterleavedStore(database, _ => Task.CompletedTask);
        Wait(SimEvents.WatchAsync(quiet));
        var ids = new SeededIds(options.Seed, clock);
        var (drawn, always) = (chance.Happens(0.4), options.PeopleCall);
        var owner = (drawn || always ? SimWorld.OwnerWithCallers : SimWorld.Owner) with { Law = PracticePapers.On(start.InUtc().Date) };
        var policy = Wait(SimWorld.SetUpAsync(quiet, ids, chance, owner, start));
        var people = Wait(SimPeople.MakeAsync(quiet, chance, chance.Between(6, 12), owner.HumanCalls ? 0.3 : 0.6, start));

        var listed = Wait(SimWorld.LoadListsAsync(quiet, ids, chance, people, start));

        if (options.Damage is { } damage) Wait(quiet.RunScriptAsync(damage));
        var end = start + options.Length;
        storming = options.Faults == SimFaults.None ? start : start + options.Length * (chance.Between(25, 65) / 100d);
        SimProcesses? processes = null;
        Action<Committed> committed = news =>
        {
            if (news.HasFlag(Committed.WokeDesk)) scheduler.Poke();
            if (news.HasFlag(Committed.BeganTouch)) CheckOrder(quiet, scheduler);
        };
        SqlStore StoreOf(int process) => new InterleavedStore(database, what => scheduler.TurnAsync(process, what), () => StoreFaultOf(scheduler), options.Change, committed, () => storm?.Strike(storming));
        void SaidNo(SimPerson person) => saidNo.Add(person.Id);

        var outside = new SimOutside(scheduler, options.Faults, () => scheduler.Now < storming, StoreOf(Outdoors), SaidNo, people, options) { Crash = number => processes!.CrashNumber(number, Duration.FromSeconds(chance.Between(1, 200))) };
        processes = new SimProcesses(scheduler, clock, StoreOf, outside, policy, owner, options, broken);
        processes.Add("one");
        if (options.Faults.HasFlag(SimFaults.Twin) && chance.Happens(0.5)) processes.Add("two");
        storm = new Storm(scheduler, options.Faults, StoreOf(Outdoors), ids, people, processes, new InterleavedStore(database, _ => Task.CompletedTask, change: options.Change, committed: committed)) { SaidNo = SaidNo, Silent = outside.Silent };
        var callers = new SimCallers(scheduler, StoreOf(Outdoors), ids, new Clocks(clock, options.LooksNeverAge ? new SimClock(start) : clock), outside.For(Outdoors), people, outside.Told, lead => storm?.Strike(storming, lead));
        List<Task> busy = [.. (owner.HumanCalls ? new[] { "sam", "tom" } : []).Select(callers.WorkAsync)];
        busy.Add(storm.RageAsync(storming));

        while (scheduler.Now < end && scheduler.Step(end))
        {
            if (busy.Find(b => b.IsFaulted) is { } fell) throw fell.Exception!;
        }

        Judge(quiet, outside, callers.Dialled, listed, people, scheduler.Now);
        return new SimResult(options.Seed, scheduler.Trace, scheduler.Steps, outside.Seen.Count, callers.Dialled.Count, outside.Faults + faults + storm.Moves, scheduler.Now - start, found, underWay);
    }

    private StoreFault StoreFaultOf(Scheduler scheduler)
    {
        if (scheduler.Now >= storming) return StoreFault.None;
        if (options.Faults.HasFlag(SimFaults.Store) && scheduler.Chance.Happens(0.006)) return Count(StoreFault.Unreachable);
        return options.Faults.HasFlag(SimFaults.Commit) && scheduler.Chance.Happens(0.006) ? Count(StoreFault.CommitAnswerLost) : StoreFault.None;

        StoreFault Count(StoreFault fault)
        {
            faults++;
            return fault;
        }
    }

    private void Judge(SqlStore quiet, SimOutside outside, IReadOnlyList<Dialled> dialled, IReadOnlySet<string>? listed, IReadOnlyList<SimPerson> people, Instant end)
    {
        var touches = Wait(quiet.ReadAsync(s => s.QueryAsync<SimTouch>("select * from touch order by id")));
        var caps = Wait(quiet.ReadAsync(s => s.QueryAsync<Cap>("select id, daily_cap from sender"))).ToDictionary(c => c.Id, c => (int)c.DailyCap);
        var campaign = Wait(quiet.ReadAsync(s => s.ScalarAsync<long>("select daily_cap from campaign")));
        var record = new SimRecord(people, outside.Seen, dialled, listed, outside.Silent, Wait(SimEvents.ReadAsync(quiet)), touches, saidNo, caps, campaign, end);
        foreach (var e in options.Listener is null ? [] : record.Events) options.Listener!($"=== {e.Order} {e.Kind} {e.Subject} {e.Lead} {e.Sender} {e.At}");
        foreach (var d in options.Listener is null ? [] : Wait(new SqlDesks(quiet).AllAsync())) options.Listener!($"=== desk {d.Kind}/{d.Key} next {d.NextTurnAt} wakes {d.Wakes} holder {d.Holder} until {d.LeaseUntil} last {d.LastTurnAt} {d.LastResult} failures {d.Failures}");
        foreach (var t in options.Listener is null ? [] : touches) options.Listener!($"=== {t.Id} {t.LeadId} {t.Channel} {t.State} {t.ParkedReason}{t.SkippedReason} due {t.DueAt} begun {t.BegunAt} closed {t.ClosedAt} {t.Error}");
        underWay = SimLaws.UnderWay(record);
        foreach (var (law, check) in SimLaws.All) found.AddRange(check(record).Select(what => new SimViolation(law, what)));
        // Two senders may be at it side by side: whom another was just beginning was not passed over.
        var begunAt = touches.ToDictionary(t => t.Id, t => t.BegunAt);
        foreach (var (begun, waited, at) in passedOver.Where(p => begunAt[p.Waited] is not { } soon || soon > p.At + Duration.FromSeconds(20)))
            found.Add(new SimViolation("the window that closes soonest goes first", $"{begun} was begun at {at} while {waited} waited, whose window closes earlier"));
        found.AddRange(broken.Distinct().Select(what => new SimViolation("nothing breaks its word", what)));
        found.AddRange(Wait(VerifyLedger.RunAsync(quiet)).Select(f => new SimViolation("the ledger proves itself", $"{f.Law}: {f.Row}")));
        foreach (var desk in Wait(new SqlDesks(quiet).AllAsync()))
            if (desk.NextTurnAt < end - Duration.FromMinutes(11)) found.Add(new SimViolation("every desk's beat is fresh", $"{desk.Kind}/{desk.Key} was due at {desk.NextTurnAt} and it is {end}"));
        foreach (var waits in Wait(WaitsForNothingAsync(quiet, end))) found.Add(new SimViolation("everybody is finished, stopped, parked or waits for a stated time", waits));
    }

    /// <summary>Offers that are due, allowed, and nobody takes.</summary>
    private static async Task<IReadOnlyList<string>> WaitsForNothingAsync(SqlStore quiet, Instant now)
    {
        var facts = new SqlFacts(quiet, new SeededIds(1, new SimClock(now)));
        var campaign = (await facts.CampaignAsync(SimWorld.Campaign))!;
        var idle = new List<string>();
        foreach (var t in await quiet.ReadAsync(s => s.QueryAsync<SimTouch>("select * from touch where state = 'planned' and parked_reason is null and due_at < @late", new { late = now - Duration.FromHours(2) })))
        {
            var lead = (await facts.LeadAsync(t.LeadId))!;
            if (campaign.Sequence.Find(t.StepId) is not { } step || campaign.Pools.GetValueOrDefault(step.Channel) is not { } pool) continue;
            var senders = await facts.SendersOfPoolAsync(pool);
            foreach (var id in senders)
            {
                var sender = (await facts.SenderAsync(id, now))!;
                if (Engine.Dispatch.Judge.Of(lead, campaign, step, sender, now, t.Id).Verdict.Ruling != Ruling.Allow || sender.Sender.NextSlotAt > now - Duration.FromMinutes(15)) continue;
                if (await FullAsync(quiet, step.Channel, now)) continue;
                idle.Add($"touch {t.Id} of {t.LeadId} is due since {t.DueAt}, allowed by {id}, and nobody takes it");
            }
        }

        return idle;
    }

    private static async Task<bool> FullAsync(SqlStore quiet, Channel channel, Instant now)
    {
        var day = Domain.Pacing.Pace.DayOf(now, SimWorld.Owner.Zone);
        var campaign = await quiet.ReadAsync(s => s.ScalarAsync<long>("select count(*) from campaign_day d join campaign c on c.id = d.campaign_id where d.day = @day and d.begun >= c.daily_cap", new { day }));
        var money = await quiet.ReadAsync(s => s.ScalarAsync<long?>("select micro from spend_day where day = @day and channel = 'all'", new { day })) ?? 0;
        // A call sets its worst case aside, which is most of a simulated day's budget.
        return campaign > 0 || channel != Channel.Email && money + 1_000_000 > (long)(SimWorld.Owner.DailyBudgetUsd * 1_000_000);
    }

    /// <summary>After each commit that began a call: nobody due, callable and of a window that closes earlier may have been passed over. Asked in calm weather only, where nothing changes between picking and beginning.</summary>
    private void CheckOrder(SqlStore quiet, Scheduler scheduler)
    {
        if (storm?.CalmSince is not { } calm || scheduler.Now < calm + Duration.FromMinutes(5)) return;
        var last = Wait(quiet.ReadAsync(s => s.FirstOrDefaultAsync<Begun>("""
            select e.seq, e.subject, t.pool_id, t.window_key, t.channel, e.sender from sim_event e join touch t on t.id = e.subject where e.kind = 'begun' order by e.seq desc limit 1
            """)));
        if (last is null || last.Seq == orderSeen) return;
        orderSeen = last.Seq;
        if (last.Channel != "call") return;
        var now = scheduler.Now;
        var facts = new SqlFacts(quiet, new SeededIds(1, new SimClock(now)));
        var owner = Wait(facts.SettingsAsync());
        var closes = ContactWindows.For(last.WindowKey, owner).Closes(now);
        var campaign = Wait(facts.CampaignAsync(SimWorld.Campaign))!;
        foreach (var other in Wait(quiet.ReadAsync(s => s.QueryAsync<SimOffer>(OffersOf, new { pool = last.PoolId, due = now - Duration.FromMinutes(2) }))))
        {
            if (ContactWindows.For(other.WindowKey, owner).Closes(now) is not { } earlier || earlier >= closes) continue;
            var full = Wait(quiet.ReadAsync(s => s.ScalarAsync<long>("select count(*) from zone_day where pool_id = @pool and zone_group = @zone and begun >= share", new { pool = last.PoolId, zone = other.ZoneGroup }))) > 0;
            if (full || campaign.Sequence.Find(other.StepId) is not { } step) continue;
            var verdict = Engine.Dispatch.Judge.Of(Wait(facts.LeadAsync(other.LeadId))!, campaign, step, null, now, other.Id).Verdict;
            if (verdict.Ruling == Ruling.Allow && verdict.ValidUntil > now + Duration.FromMinutes(1)) passedOver.Add((last.Subject, other.Id, now));
        }
    }

    private const string OffersOf = "select id, lead_id, step_id, window_key, zone_group from touch where pool_id = @pool and state = 'planned' and parked_reason is null and due_at < @due";

    /// <summary>Nothing here waits: the quiet store answers at once.</summary>
    private static T Wait<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("a quiet store waited");

    private static void Wait(Task task)
    {
        if (!task.IsCompleted) throw new InvalidOperationException("a quiet store waited");
        task.GetAwaiter().GetResult();
    }

    private sealed class Cap
    {
        public string Id { get; init; } = "";
        public long DailyCap { get; init; }
    }

    private sealed class Begun
    {
        public long Seq { get; init; }
        public string Subject { get; init; } = "";
        public string PoolId { get; init; } = "";
        public string WindowKey { get; init; } = "";
        public string Channel { get; init; } = "";
        public string? Sender { get; init; }
    }

    private sealed class SimOffer
    {
        public string Id { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string StepId { get; init; } = "";
        public string WindowKey { get; init; } = "";
        public string ZoneGroup { get; init; } = "";
    }
}
