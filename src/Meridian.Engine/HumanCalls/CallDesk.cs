using Meridian.Domain.Compliance;
using Meridian.Domain.Pacing;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.HumanCalls;

/// <summary>What a task's call looks like right now.</summary>
/// <param name="Verdict">Allow: dial now. Wait: at that time. Anything else: not at all.</param>
/// <param name="IsOver">The step was taken by somebody else or has ended: nobody needs to call for it.</param>
public sealed record CallStanding(CallTask Task, Verdict Verdict, long LeadRevision, CompanyTake? Company, bool IsOver)
{
    /// <summary>Null: dial now. Else why not.</summary>
    public string? WhyNot => IsOver ? "this step is over: nobody needs to call for it" : Verdict.Ruling == Ruling.Allow ? null : Verdict.Decisive!.Sentence;
}

/// <summary>Where a person takes call tasks, dials and says what came of it. Every task is judged again when it is shown and when it is dialled.</summary>
public sealed class CallDesk(ICallTasks tasks, IFacts facts, IPeopleLedger people, Clocks clocks, IDoNotDisturb? crm = null)
{
    /// <summary>A hand is slower than a machine: what is allowed must still be so when it has dialled.</summary>
    private static readonly Duration ToDial = Duration.FromMinutes(1);

    private readonly CrmLook look = new(crm, people, facts, clocks);

    public async Task<CallStanding?> StandingAsync(CallTask task)
    {
        if (await facts.LeadAsync(task.LeadId) is not { } lead || await facts.CampaignAsync(task.CampaignId) is not { } campaign) return null;
        if (campaign.Sequence.Find(task.StepId) is not { } step) return null;
        var now = clocks.Now;
        var judged = await JudgeAsync(lead, campaign, step, task.TouchId, now, task.AddressId);
        return new CallStanding(task, judged.Verdict, lead.Lead.Revision, lead.Lead.CompanyId is null ? null : new CompanyTake(Gaps.NextBusinessDay(judged.Facts.Window, now), Pace.DayOf(now, campaign.Zone), campaign.Owner.CompanyTouchesPerDay),
            lead.Touches.FirstOrDefault(t => t.Id == task.TouchId) is not { State: TouchState.Planned });
    }

    /// <summary>By a person, to this person's own number; to that of a task and no other once there is one.</summary>
    internal async Task<(ContactFacts Facts, Verdict Verdict)> JudgeAsync(LeadFacts lead, CampaignFacts campaign, Domain.Campaigns.Step step, string touchId, Instant now, string? addressId = null)
    {
        var judged = Judge.Of(lead, campaign, step, null, now, touchId, addressId).Facts;
        var number = judged.Address is null ? NumberStanding.Unknown : await tasks.StandingAsync(judged.Address.AddressId);
        var full = judged with { Number = number, Window = Windows.ForPerson(judged.Evidence, campaign.Owner) };
        return (full, HumanCallPolicy.Judge(full, now));
    }

    /// <summary>Takes the number, the company's day, the step and the person, moments after a look at the CRM. Null: go ahead. Else why not.</summary>
    public async Task<string?> DialAsync(CallTask task, string actor)
    {
        var slow = false;
        for (var attempt = 0; attempt < 5; attempt++)
        {
            if (await StandingAsync(task) is not { } standing) return "the person or the campaign is gone";
            if (standing.WhyNot is { } why) return why;
            if (IsTooLate(standing)) return "too close to the end of what is allowed";
            switch (await look.AtAsync(task.LeadId, task.AddressId))
            {
                case Looked.Asked:
                    return "the CRM holds a do-not-disturb: they are opted out";
                case Looked.CannotTell unknown:
                    return $"the CRM could not be asked whether they want silence: {unknown.Reason}; try again in a few minutes";
                case Looked.Quiet { IsStale: true }:
                    slow = true;
                    continue;
                case Looked.Quiet quiet when !IsTooLate(standing):
                    if (!await tasks.TryDialAsync(task, standing.LeadRevision, clocks.Now + Gaps.Number, standing.Company, actor, clocks.Now)) break;
                    if (!quiet.IsStale && clocks.Now < standing.Verdict.ValidUntil) return null;
                    await tasks.TryCloseAsync(task.Id, CallOutcome.NotCalled, null, "taking it took too long to rely on what was allowed", actor, clocks.Now);
                    return "taking the call took too long; it is given back";
            }

            if (await tasks.FindAsync(task.Id) is not { State: "open", BegunAt: null }) return "somebody else has taken it, or it is over";
        }

        return slow ? "the CRM takes too long to say whether they want silence; try again in a few minutes" : "something about this person changes again and again; try once more";
    }

    private bool IsTooLate(CallStanding standing) => clocks.Now + ToDial > standing.Verdict.ValidUntil;

    /// <summary>False: it was recorded before.</summary>
    public async Task<bool> CloseAsync(CallTask task, CallOutcome outcome, string? note, string actor)
    {
        var now = clocks.Now;
        // The opt-out first: should we die in between, the person is protected and the task still asks.
        if (outcome == CallOutcome.OptedOut) await people.OptOutAsync(new OptOutOrder([task.AddressId], task.LeadId, "said so to a person on the phone", "call", task.Id, now, actor));
        if (outcome == CallOutcome.WrongNumber) await people.TakeAwayNumberAsync(task.AddressId, "wrong number, said to a person on the phone", "call", task.Id, actor, now);
        return await tasks.TryCloseAsync(task.Id, outcome, StopsBecause(outcome), note, actor, now);
    }

    private static string? StopsBecause(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Interested => "interested, said to a person on the phone",
        CallOutcome.NotInterested => "not interested, said to a person on the phone",
        _ => null,
    };
}
