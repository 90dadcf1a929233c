using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.HumanCalls;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>A number that a person dialled: what the telephone company saw.</summary>
internal sealed record Dialled(Instant At, string TaskId, string TouchId, string LeadId, string To);

/// <summary>Sam and Tom, who go through the call tasks side by side, dial what the desk lets them, and say what came of it.</summary>
internal sealed class SimCallers
{
    private const int Outdoors = -1;

    private static readonly CallOutcome[] Outcomes = [CallOutcome.NoAnswer, CallOutcome.NoAnswer, CallOutcome.NoAnswer, CallOutcome.NotInterested, CallOutcome.Interested, CallOutcome.OptedOut, CallOutcome.WrongNumber];

    private readonly Scheduler scheduler;
    private readonly SqlCallTasks tasks;
    private readonly CallDesk desk;
    private readonly IReadOnlyList<SimPerson> people;
    private readonly SimPage page;
    private readonly Action<string> told;

    /// <param name="told">Hears at which number somebody said no.</param>
    /// <param name="strike">The moment between judging somebody and dialling.</param>
    public SimCallers(Scheduler scheduler, SqlStore store, IIds ids, Clocks clocks, IDoNotDisturb crm, IReadOnlyList<SimPerson> people, Action<string> told, Action<string> strike)
    {
        this.scheduler = scheduler;
        this.people = people;
        this.told = told;
        page = new SimPage(scheduler, store, ids);
        tasks = new SqlCallTasks(store, ids);
        desk = new CallDesk(tasks, new SqlFacts(store, ids), new SqlPeopleLedger(store, ids), clocks, new StruckLook(crm, strike));
    }

    public List<Dialled> Dialled { get; } = [];

    public async Task WorkAsync(string name)
    {
        while (true)
        {
            await scheduler.DelayAsync(Outdoors, $"{name} comes by", Duration.FromSeconds(scheduler.Chance.Between(30, 1_200)));
            try
            {
                await CallAsync(name);
            }
            catch (Exception e) when (e is DatabaseUnreachableException or CommitAnswerLostException)
            {
                scheduler.Say($"--- {name} sees an error");
            }
        }
    }

    /// <summary>Goes through what waits until somebody may be called, as `meridian tasks work` does.</summary>
    private async Task CallAsync(string name)
    {
        var open = (await tasks.OpenAsync(20)).Where(t => t.BegunAt is null || t.Actor == name).ToList();
        for (; open.Count > 0; open.RemoveAt(open.Count - 1))
        {
            var at = scheduler.Chance.Next(open.Count);
            (open[at], open[^1]) = (open[^1], open[at]);
            if (await TakeAsync(open[^1], name)) return;
        }
    }

    /// <returns>False: they may not be called now.</returns>
    private async Task<bool> TakeAsync(CallTask task, string name)
    {
        // Taken, and an error shown instead of the number, or thought better of: nobody dialled.
        if (task.BegunAt is not null) await scheduler.UntilItWorksAsync(() => desk.CloseAsync(task, CallOutcome.NotCalled, null, name));
        else if (await desk.DialAsync(task, name) is { } why)
        {
            scheduler.Say($"--- {name} may not dial {task.AddressId}: {why}");
            return false;
        }
        else if (!scheduler.Chance.Happens(0.1)) await TalkAsync(task, name);

        return true;
    }

    private async Task TalkAsync(CallTask task, string name)
    {
        Dialled.Add(new Dialled(scheduler.Now, task.Id, task.TouchId, task.LeadId, task.AddressId));
        scheduler.Say($"--- {name} dials {task.AddressId} for {task.TouchId}");
        await scheduler.DelayAsync(Outdoors, $"{name} talks", Duration.FromSeconds(scheduler.Chance.Between(10, 400)));
        var outcome = scheduler.Chance.Of(Outcomes);
        await scheduler.UntilItWorksAsync(() => desk.CloseAsync(task, outcome, null, name));
        if (outcome == CallOutcome.OptedOut) told(task.AddressId);
        else if (scheduler.Chance.Happens(0.3)) _ = SignAsync(people.First(p => p.Id == task.LeadId));
    }

    /// <summary>Whoever was told of the page may sign it, even when nobody picked up: they find the number on it.</summary>
    private async Task SignAsync(SimPerson person)
    {
        await scheduler.DelayAsync(Outdoors, $"{person.Id} reads", Duration.FromSeconds(scheduler.Chance.Between(60, 7_200)));
        await scheduler.UntilItWorksAsync(() => page.SignAsync(person));
    }

    private sealed class StruckLook(IDoNotDisturb crm, Action<string> strike) : IDoNotDisturb
    {
        public string Source => crm.Source;

        public async Task<Disturbance> LookAsync(string contactId, CancellationToken cancellation)
        {
            var answer = await crm.LookAsync(contactId, cancellation);
            strike(contactId.Split('|')[0]);
            return answer;
        }
    }
}
