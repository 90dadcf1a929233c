using System.Text.Json;
using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Rules;
using Meridian.Domain.Pacing;
using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>A begin's permit, or why there is none.</summary>
public sealed record FenceAnswer(SendPermit? Permit, TouchContent? Content, BeginLoss? Loss);

/// <summary>
/// Turns an allowed judgement into a permit: begin at the judged revisions, and only after COMMIT answered is there a permit at all. Its ten
/// seconds run from the instant before the transaction; an answer that comes later gives a permit that is already dead.
/// </summary>
public sealed class Fence(ITouchLedger ledger, OutcomeRecorder recorder, IIds ids, Clocks clocks, PolicyVersion policy)
{
    public async Task<FenceAnswer> TryBeginAsync(Judgement judged, Touch touch, SenderFacts sender, Instant nextSlot, string? contactRef, DispatchOptions options, CancellationToken cancellation)
    {
        if (judged.Verdict.Ruling != Ruling.Allow) throw new InvalidOperationException($"touch {touch.Id} was not allowed");
        var now = clocks.Now;
        var permitId = ids.New("prm");
        var content = Content(judged, touch, sender);
        var owner = judged.Campaign.Owner;
        var reserve = Cost.Reserve(touch.Channel, owner, content.Body);
        var begin = new BeginTouch(
            touch.Id, permitId, touch.LeadId, judged.Lead.Lead.Revision, judged.Facts.Address!.AddressId,
            AddressFreeAt: touch.Channel == Channel.Email ? null : now + Gaps.Number,
            judged.Lead.Lead.CompanyId,
            CompanyFreeAt: touch.Channel == Channel.Call && judged.Lead.Lead.CompanyId is not null ? Gaps.NextBusinessDay(judged.Facts.Window, now) : null,
            Deadline: now + Duration.FromTimeSpan(SendPermit.Life) + options.RequestTimeout,
            reserve, touch.PoolId, touch.ZoneGroup, contactRef,
            SuccessorDueAt: touch.Channel == Channel.Call ? now + Domain.Campaigns.Planner.ResultAwaited : null,
            JsonSerializer.Serialize(judged.Verdict.Findings.Select(f => new { f.Rule, Ruling = f.Ruling.ToString(), f.Sentence, f.Source })), content,
            WithoutConsent: touch.Channel == Channel.Call && LegalBasis.ConsentFor(judged.Facts, now) is null);
        var cap = WarmUp.CapOn(sender.Today, sender.Sender.WarmSince, sender.Sender.DailyCap);
        var budget = (long)(owner.DailyBudgetUsd * 1_000_000m);
        var order = new BeginOrder(
            sender.Sender.Id, sender.Sender.Revision, policy.Current, now, nextSlot, sender.Today, cap, judged.Campaign.Id, Pace.DayOf(now, judged.Campaign.Zone),
            judged.Campaign.DailyCap, Pace.DayOf(now, owner.Zone), touch.Channel, budget, budget, [begin], owner.CompanyTouchesPerDay);

        var started = clocks.Machine.GetTimestamp();
        var wall = clocks.Machine.GetUtcNow();
        BeginAnswer answer;
        try
        {
            answer = await ledger.TryBeginAsync(order, cancellation);
        }
        catch (BeginAnswerLostException)
        {
            // Perhaps it began. Nobody holds a permit, so nothing was sent: say so by permit id; if it never began, that touches no row.
            await recorder.RecordAsync(new Outcome.NotSent(permitId, now, FailedBecause.PermitExpired, "the answer to COMMIT was lost; nothing was sent"));
            return new FenceAnswer(null, null, BeginLoss.Race);
        }

        return answer.Loss is { } loss
            ? new FenceAnswer(null, null, loss)
            : new FenceAnswer(new SendPermit(permitId, touch.Id, touch.Channel, clocks.Machine, started, wall), content, null);
    }

    private static TouchContent Content(Judgement judged, Touch touch, SenderFacts sender)
    {
        var domain = sender.Sender.Address.Contains('@') ? sender.Sender.Address[(sender.Sender.Address.IndexOf('@') + 1)..] : null;
        return new TouchContent(sender.Sender.Address, judged.Facts.Address!.AddressId, judged.Subject, judged.Body!, domain is null ? null : $"{touch.Id}@{domain}");
    }
}

/// <summary>The database took our COMMIT and its answer was lost: nobody knows whether the begin happened.</summary>
public sealed class BeginAnswerLostException(Exception inner) : Exception("the answer to the begin's COMMIT was lost", inner);
