using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Campaigns;

/// <summary>An offer to be written: planned, parked at once, or skipped at once.</summary>
/// <param name="Verdict">What the policy made of it when it was planned.</param>
public sealed record PlannedOffer(Step Step, int Attempt, Instant DueAt, ParkedReason? Parked, SkippedReason? Skipped, Verdict Verdict);

/// <summary>What to do with an enrollment now.</summary>
/// <param name="Finished">Every step ended and none waits for a fact.</param>
public sealed record Plan(IReadOnlyList<PlannedOffer> Offers, bool Finished);

/// <summary>
/// Decides the next step of one person's walk. It plans one step ahead, and past a step marked <see cref="Step.GoOn"/> also its successor;
/// a step that is parked or skipped never holds the one after it.
/// </summary>
public static class Planner
{
    /// <summary>An offer or a parked step that nobody could take for this long ends as skipped.</summary>
    public static readonly Duration OfferLife = Duration.FromDays(30);

    /// <summary>How long an e-mail waits for a call that is possible now or shortly.</summary>
    public static readonly Duration CallFirst = Duration.FromMinutes(10);

    /// <summary>After a call has begun, its e-mail waits this long for a result; somebody who talks moves it to the call's end.</summary>
    public static readonly Duration ResultAwaited = Duration.FromSeconds(30);

    private static readonly Duration[] BackOff = [Duration.FromMinutes(1), Duration.FromMinutes(5), Duration.FromMinutes(25)];

    /// <param name="outlook">The policy's verdict on every step not yet offered, as if it were begun now by no sender in particular.</param>
    public static Plan Next(Enrollment enrollment, Sequence sequence, IReadOnlyList<Touch> history, IReadOnlyDictionary<string, Verdict> outlook, Instant now)
    {
        if (enrollment.State != EnrollmentState.Active) return new Plan([], false);

        var offers = new List<PlannedOffer>();
        var steps = sequence.Steps;
        var walks = steps.Select(s => Walk.Of(s, history)).ToArray();
        var through = enrollment.EnrolledAt;

        for (var i = 0; i < steps.Count; i++)
        {
            if (i > 0 && !MayFollow(walks, i)) break;
            if (i > 0 && walks[i - 1].EndedAt is { } ended && ended > through) through = ended;
            if (walks[i].State is not (WalkState.NotOffered or WalkState.WantsAttempt)) continue;

            var due = i > 0 && steps[i - 1].GoOn && walks[i - 1].Offer is { } call ? DueAfterCall(call, now) : Later(now, through + steps[i].Delay);
            var offer = Offer(steps[i], walks[i], outlook[steps[i].StepId], due, now);
            offers.Add(offer);
            walks[i] = walks[i].With(offer, now);
        }

        return new Plan(offers, walks.All(w => w.State == WalkState.Ended));
    }

    /// <summary>Everything before has ended or waits for a fact; only the step right before may still be open, and only if it says "go on".</summary>
    private static bool MayFollow(Walk[] walks, int i)
    {
        for (var j = 0; j < i; j++)
        {
            if (walks[j].IsThrough) continue;
            if (j == i - 1 && walks[j].Step.GoOn && walks[j].State == WalkState.Open) continue;
            return false;
        }

        return true;
    }

    private static PlannedOffer Offer(Step step, Walk walk, Verdict verdict, Instant due, Instant now)
    {
        if (walk.State == WalkState.WantsAttempt) due = Later(due, now + walk.RetryAfter);
        return verdict.Ruling switch
        {
            Ruling.Refuse => new PlannedOffer(step, walk.NextAttempt, due, null, verdict.Decisive!.Skipped, verdict),
            Ruling.Park => new PlannedOffer(step, walk.NextAttempt, due, verdict.Decisive!.Parked, null, verdict),
            Ruling.Wait when !verdict.WaitsForSenderOnly => new PlannedOffer(step, walk.NextAttempt, Later(due, verdict.WaitUntil ?? due), null, null, verdict),
            _ => new PlannedOffer(step, walk.NextAttempt, due, null, null, verdict),
        };
    }

    /// <summary>The e-mail after a call: at once when the call is not possible now; otherwise when the call has had its chance.</summary>
    private static Instant DueAfterCall(PlannedOffer call, Instant now)
    {
        if (call.Parked is not null || call.Skipped is not null || call.DueAt > now + CallFirst) return now;
        var patience = now + CallFirst;
        var closes = call.Verdict.Ruling == Ruling.Allow ? call.Verdict.ValidUntil : patience;
        return closes < patience ? closes : patience;
    }

    private static Instant Later(Instant a, Instant b) => a > b ? a : b;

    private enum WalkState { NotOffered, Open, Waiting, WantsAttempt, Ended }

    /// <summary>How one step of one person stands.</summary>
    private sealed record Walk(Step Step, WalkState State, bool IsThrough, int NextAttempt, Instant? EndedAt, Duration RetryAfter, PlannedOffer? Offer)
    {
        public static Walk Of(Step step, IReadOnlyList<Touch> history)
        {
            var mine = history.Where(t => t.StepId == step.StepId).OrderBy(t => t.Attempt).ToList();
            if (mine.Count == 0) return new Walk(step, WalkState.NotOffered, false, 1, null, Duration.Zero, null);
            var last = mine[^1];
            var next = last.Attempt + 1;

            if (last.State == TouchState.Planned)
            {
                // A hold or a pause stops the whole person, so it does not let the next step by; a missing fact does.
                var through = last.ParkedReason is not null and not ParkedReason.Held and not ParkedReason.PersonPaused;
                return new Walk(step, last.ParkedReason is null ? WalkState.Open : WalkState.Waiting, through, next, null, Duration.Zero, null);
            }

            if (last.IsInTheAir) return new Walk(step, WalkState.Open, false, next, null, Duration.Zero, null);
            if (last.State == TouchState.Failed && RetryIn(step, mine) is { } retry) return new Walk(step, WalkState.WantsAttempt, false, next, null, retry, null);
            return new Walk(step, WalkState.Ended, true, next, last.ClosedAt, Duration.Zero, null);
        }

        public Walk With(PlannedOffer offer, Instant now) => offer switch
        {
            { Skipped: not null } => this with { State = WalkState.Ended, IsThrough = true, EndedAt = now, Offer = offer },
            { Parked: ParkedReason.Held or ParkedReason.PersonPaused } => this with { State = WalkState.Waiting, IsThrough = false, Offer = offer },
            { Parked: not null } => this with { State = WalkState.Waiting, IsThrough = true, Offer = offer },
            _ => this with { State = WalkState.Open, IsThrough = false, Offer = offer },
        };

        private static Duration? RetryIn(Step step, List<Touch> mine)
        {
            if (mine[^1].FailedBecause is not FailedBecause.Transient) return Duration.FromMinutes(1); // nobody's attempt
            if (step.Channel == Channel.Call) return null;                                              // call_failed: the sequence goes on
            var failures = mine.Count(t => t.FailedBecause == FailedBecause.Transient);
            return failures <= BackOff.Length ? BackOff[failures - 1] : null;
        }
    }
}
