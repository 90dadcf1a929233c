using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Planning;

/// <summary>A campaign's desk: gives every enrollment that wants one its next offer.</summary>
public sealed class PlanningTurn(IFacts facts, ITouchLedger ledger, IIds ids, Clocks clocks) : ITurn
{
    private const int MostPerTurn = 200;
    private const int MostTries = 5;

    public string Kind => "campaign";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var wanting = await facts.WantingPlanAsync(key, clocks.Now, MostPerTurn);
        if (wanting.Count > 0)
        {
            var campaign = await facts.CampaignAsync(key) ?? throw new InvalidOperationException($"campaign {key} does not exist");
            foreach (var enrollment in wanting)
            {
                cancellation.ThrowIfCancellationRequested();
                await PlanAsync(enrollment, campaign, cancellation);
            }
        }

        if (wanting.Count == MostPerTurn) return new TurnResult(clocks.Now, $"planned {wanting.Count}, more to do");
        var next = await facts.NextPlanAsync(key);
        return new TurnResult(next is null ? TurnResult.Asleep : Later(next.Value, clocks.Now), wanting.Count == 0 ? "nothing to plan" : $"planned {wanting.Count}");
    }

    private async Task PlanAsync(string enrollmentId, CampaignFacts campaign, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < MostTries; attempt++)
        {
            var row = await facts.EnrollmentAsync(enrollmentId);
            if (row is null || row.Enrollment.State != EnrollmentState.Active) return;
            var lead = await facts.LeadAsync(row.Enrollment.LeadId) ?? throw new InvalidOperationException($"lead {row.Enrollment.LeadId} does not exist");
            var order = Order(row, lead, campaign, clocks.Now);
            if (await ledger.TryPlanAsync(order, cancellation)) return;
        }

        // Somebody keeps changing this person; the enrollment stays due and the next turn looks again.
    }

    private PlanOrder Order(EnrollmentRow row, LeadFacts lead, CampaignFacts campaign, Instant now)
    {
        var enrollment = row.Enrollment;
        var history = lead.Touches.Where(t => t.EnrollmentId == enrollment.Id).ToList();
        var judged = campaign.Sequence.Steps.Where(s => MayBeOffered(s, history)).ToDictionary(s => s.StepId, s => Judge.Of(lead, campaign, s, null, now));
        var plan = Planner.Next(enrollment, campaign.Sequence, history, judged.ToDictionary(p => p.Key, p => p.Value.Verdict), now);

        string? before = null;
        var offers = new List<OfferRow>();
        foreach (var offer in plan.Offers)
        {
            var facts = judged[offer.Step.StepId].Facts;
            var id = ids.New("tch");
            var follows = PreviousOf(campaign.Sequence, offer.Step) is { GoOn: true } call
                ? before ?? history.Where(t => t.StepId == call.StepId).MaxBy(t => t.Attempt)?.Id
                : null;
            offers.Add(new OfferRow(
                id, campaign.Id, offer.Step.Channel, offer.Step.StepId, enrollment.Round, offer.Attempt, offer.Parked, offer.Skipped, facts.Address?.AddressId,
                campaign.Pools.GetValueOrDefault(offer.Step.Channel, $"none-{offer.Step.Channel}"), WindowKey.For(offer.Step.Channel, facts.Evidence.Zones, facts.Evidence.States),
                offer.Step.Channel == Channel.Email ? "always" : ZoneGroup.Of(facts.Evidence.Zones, now),
                Priority: 2, offer.DueAt, now + Planner.OfferLife, follows));
            before = id;
        }

        return new PlanOrder(enrollment.Id, enrollment.LeadId, lead.Lead.Revision, row.Wakes, now, null, plan.Finished, offers);
    }

    private static bool MayBeOffered(Step step, IReadOnlyList<Touch> history) =>
        history.Where(t => t.StepId == step.StepId).MaxBy(t => t.Attempt) is null or { State: TouchState.Failed };

    private static Step? PreviousOf(Sequence sequence, Step step)
    {
        var i = sequence.Steps.TakeWhile(s => s.StepId != step.StepId).Count();
        return i > 0 ? sequence.Steps[i - 1] : null;
    }

    private static Instant Later(Instant a, Instant b) => a > b ? a : b;
}
