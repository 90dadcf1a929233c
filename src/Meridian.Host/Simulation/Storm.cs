using Meridian.Adapters.Sql;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>What happens to a simulated world while the storm lasts, and what makes it calm again.</summary>
internal sealed class Storm(Scheduler scheduler, SimFaults faults, SqlStore store, Engine.IIds ids, IReadOnlyList<SimPerson> people, SimProcesses processes, SqlStore quiet)
{
    private const int Outdoors = -1;
    private readonly SqlPauses pauses = new(store, ids);
    private readonly SqlPeopleLedger ledger = new(store, ids);
    private readonly SimPage page = new(scheduler, store, ids);

    public long Moves { get; private set; }

    /// <summary>When the last thing was put right; null: it rages.</summary>
    public Instant? CalmSince { get; private set; }

    /// <summary>The owner said it: that person must not be forgotten.</summary>
    public required Action<SimPerson> SaidNo { get; init; }

    /// <summary>Whom somebody set on do-not-disturb in the CRM, and when.</summary>
    public required IDictionary<string, Instant> Silent { get; init; }

    public async Task RageAsync(Instant until)
    {
        while (true)
        {
            await scheduler.DelayAsync(Outdoors, "calm before", Duration.Min(Duration.FromSeconds(scheduler.Chance.Between(20, 5_000)), Duration.Max(until - scheduler.Now, Duration.Zero)));
            if (scheduler.Now >= until) break;
            await scheduler.UntilItWorksAsync(MoveAsync);
        }

        await CalmAsync();
    }

    private async Task MoveAsync()
    {
        var chance = scheduler.Chance;
        var now = scheduler.Now;
        var roll = chance.Next(100);
        scheduler.Say($"--- storm {roll}");
        if (roll < 30 && faults.HasFlag(SimFaults.Crash)) processes.Crash(chance.Next(processes.Count), Duration.FromSeconds(chance.Between(1, 200)));
        else if (roll < 45 && faults.HasFlag(SimFaults.Freeze)) processes.Freeze(chance.Next(processes.Count), now + Duration.FromMilliseconds(chance.Between(500, chance.Happens(0.3) ? 700_000 : 40_000)));
        else if (!faults.HasFlag(SimFaults.People)) return;
        else if (roll < 48) SilenceInCrm(chance.Of(people), now);
        else if (roll < 53) await page.SignAsync(chance.Of(people));
        else if (roll < 60) await OptOutAsync(chance.Of(people), now);
        else if (roll < 66) await pauses.PauseEngineAsync("sam", now);
        else if (roll < 76) await pauses.ResumeEngineAsync("sam", now);
        else if (roll < 80) await pauses.SetCampaignAsync(SimWorld.Campaign, chance.Happens(0.4), "sam", now);
        else if (roll < 86) await pauses.SetLeadAsync(chance.Of(people).Id, chance.Happens(0.5), "sam", now);
        else if (roll < 92) await pauses.SetSenderAsync(chance.Of(["snd_call_1", "snd_call_2", "snd_mail_1", "snd_text_1"]), chance.Happens(0.3), "sam", now);
        else if (roll < 96) await processes.ChangeSettingsAsync(store, ids, now);
        else await ledger.StopAsync(chance.Of(people).Id, "answered elsewhere", null, now);
        Moves++;
    }

    private const string DueLeads = "select distinct lead_id from touch where state = 'planned' and parked_reason is null and due_at <= @now order by lead_id";

    /// <summary>
    /// Strikes where it hurts: everything is judged, nothing is begun yet, and in this instant somebody who is due says no, writes, is paused, or the
    /// owner stops everything.
    /// </summary>
    /// <param name="dialled">Whom a person is about to dial; null: somebody who is due.</param>
    public void Strike(Instant until, string? dialled = null)
    {
        var (chance, now) = (scheduler.Chance, scheduler.Now);
        if (now >= until || !faults.HasFlag(SimFaults.People) || !chance.Happens(dialled is null ? 0.1 : 0.3)) return;
        var due = dialled is null ? Wait(quiet.ReadAsync(s => s.QueryAsync<string>(DueLeads, new { now }))) : [dialled];
        if (due.Count == 0) return;
        Moves++;
        var lead = chance.Of(due);
        var who = people.First(p => p.Id == lead);
        var (atOnce, quietly) = (new SqlPauses(quiet, ids), new SqlPeopleLedger(quiet, ids));
        switch (chance.Next(11))
        {
            case 10:
                SilenceInCrm(who, now);
                break;
            case < 3:
                Wait(quietly.OptOutAsync(new OptOutOrder([who.Phone], who.Id, "asked at the last moment", "owner", null, now, "sam")));
                SaidNo(who);
                break;
            case < 5:
                var news = new SimNews("highlevel", $"strike_{Moves}", "text", null, null, who.Phone, "who is this?", null, null).ToJson();
                Wait(new SqlSignals(quiet, ids).StoreAsync("highlevel", new SimSignals("highlevel").Describe(news), news, now));
                break;
            case < 6:
                Wait(quietly.StopAsync(who.Id, "answered at the last moment", null, now));
                break;
            case < 7:
                Wait(atOnce.SetLeadAsync(who.Id, true, "sam", now));
                _ = LaterAsync(() => pauses.SetLeadAsync(who.Id, false, "sam", scheduler.Now));
                break;
            case < 8:
                Wait(atOnce.PauseEngineAsync("sam", now));
                _ = LaterAsync(() => pauses.ResumeEngineAsync("sam", scheduler.Now));
                break;
            case < 9:
                Wait(atOnce.SetCampaignAsync(SimWorld.Campaign, true, "sam", now));
                _ = LaterAsync(() => pauses.SetCampaignAsync(SimWorld.Campaign, false, "sam", scheduler.Now));
                break;
            default:
                foreach (var sender in new[] { "snd_call_1", "snd_call_2", "snd_mail_1", "snd_text_1" }) Wait(atOnce.SetSenderAsync(sender, true, "sam", now));
                _ = LaterAsync(async () =>
                {
                    foreach (var sender in new[] { "snd_call_1", "snd_call_2", "snd_mail_1", "snd_text_1" }) await pauses.SetSenderAsync(sender, false, "sam", scheduler.Now);
                });
                break;
        }

        scheduler.Say($"--- strike at {who.Id}");
    }

    private async Task LaterAsync(Func<Task> verb)
    {
        await scheduler.DelayAsync(Outdoors, "thinks again", Duration.FromSeconds(scheduler.Chance.Between(30, 1_500)));
        await scheduler.UntilItWorksAsync(verb);
    }

    private static T Wait<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("a quiet store waited");

    private static void Wait(Task task)
    {
        if (!task.IsCompleted) throw new InvalidOperationException("a quiet store waited");
        task.GetAwaiter().GetResult();
    }

    private void SilenceInCrm(SimPerson person, Instant now)
    {
        if (person.IsInCrm) Silent.TryAdd(person.Id, now);
    }

    private async Task OptOutAsync(SimPerson person, Instant now)
    {
        var by = scheduler.Chance.Next(3);
        await ledger.OptOutAsync(new OptOutOrder(by == 0 ? [person.Phone] : by == 1 ? [person.Email] : [], by == 2 ? person.Id : null, "asked", "owner", null, now, "sam"));
        SaidNo(person);
    }

    /// <summary>Everything that was stopped goes on, as an owner would see to.</summary>
    private async Task CalmAsync()
    {
        processes.AllAwake();
        await scheduler.UntilItWorksAsync(() => pauses.ResumeEngineAsync("sam", scheduler.Now));
        await scheduler.UntilItWorksAsync(() => pauses.SetCampaignAsync(SimWorld.Campaign, false, "sam", scheduler.Now));
        foreach (var sender in new[] { "snd_call_1", "snd_call_2", "snd_mail_1", "snd_mail_2", "snd_text_1" }) await scheduler.UntilItWorksAsync(() => pauses.SetSenderAsync(sender, false, "sam", scheduler.Now));
        foreach (var person in people) await scheduler.UntilItWorksAsync(() => pauses.SetLeadAsync(person.Id, false, "sam", scheduler.Now));
        CalmSince = scheduler.Now;
    }
}
