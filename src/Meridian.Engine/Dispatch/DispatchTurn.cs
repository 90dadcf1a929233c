using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Pacing;
using Meridian.Domain.Senders;
using Meridian.Domain.Touches;
using Meridian.Engine.Checks;
using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>
/// A sender's desk: picks the due offer whose window closes soonest, judges it at its revision, begins it, hands it over under a permit and
/// records what came of it. At most one touch a turn; the pace decides when the desk comes back.
/// </summary>
public sealed class DispatchTurn(IFacts facts, ITouchLedger ledger, Picker picker, Fence fence, HandOver handOver, IChance chance, Clocks clocks, DispatchOptions options, Capabilities capabilities) : ITurn
{
    /// <summary>The check desk wakes every sender when it has something to say.</summary>
    private static readonly Duration AfterUnproved = Duration.FromMinutes(5);

    private static readonly Duration AfterNoMoney = Duration.FromMinutes(15);

    public string Kind => "sender";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var sender = await facts.SenderAsync(key, clocks.Now) ?? throw new InvalidOperationException($"sender {key} does not exist");
        var campaignId = CampaignOf(sender.Sender);
        var campaign = await facts.CampaignAsync(campaignId) ?? throw new InvalidOperationException($"campaign {campaignId} does not exist");
        if (Blocked(sender, campaign, clocks.Now) is { } rest) return rest;
        if (capabilities.WhyNot(Capabilities.Of(sender.Sender.Channel, sender.Sender.Address)) is { } unproved) return new TurnResult(clocks.Now + AfterUnproved, unproved);

        var looked = 0;
        await foreach (var hint in picker.DueAsync(sender.Sender, sender.Today, campaign.Owner, clocks, cancellation))
        {
            if (++looked > options.MostLooksPerTurn) return new TurnResult(clocks.Now + Duration.FromSeconds(1), $"looked at {options.MostLooksPerTurn} offers, none could begin");
            var did = await TakeAsync(hint, key, cancellation);
            if (did.Begun) return await BackAsync(key, campaign.Owner, Duration.Zero, did.Summary);
            if (did.SenderMustRest) return await BackAsync(key, campaign.Owner, did.Rest ?? options.AfterNothing, did.Summary);
        }

        return await BackAsync(key, campaign.Owner, options.AfterNothing, looked == 0 ? "nothing it may take" : $"looked at {looked}, none could begin");
    }

    private sealed record Did(bool Begun, bool SenderMustRest, string Summary, Duration? Rest = null);

    private async Task<Did> TakeAsync(OfferHint hint, string senderId, CancellationToken cancellation)
    {
        // Revisions first: the sender's, then the lead's; every fact after. The pick was a hint, so the touch itself is read again last.
        var sender = await facts.SenderAsync(senderId, clocks.Now) ?? throw new InvalidOperationException($"sender {senderId} vanished");
        var lead = await facts.LeadAsync(hint.LeadId) ?? throw new InvalidOperationException($"lead {hint.LeadId} vanished");
        var campaign = (await facts.CampaignAsync(CampaignOf(sender.Sender)))!;
        var touch = await facts.TouchAsync(hint.Id);
        var now = clocks.Now;
        if (touch is null || !touch.IsOffered || touch.DueAt > now) return new Did(false, false, "the offer was gone");
        if (campaign.Sequence.Find(touch.StepId) is not { } step)
        {
            await ledger.TrySkipAsync(touch.Id, touch.LeadId, lead.Lead.Revision, SkippedReason.Stopped, now);
            return new Did(false, false, $"step {touch.StepId} is no longer in the sequence");
        }

        if (touch.ExpiresAt <= now)
        {
            // Planned for another time: the upkeep desk would end it in a moment, and what it was for is decided again.
            await ledger.TrySkipAsync(touch.Id, touch.LeadId, lead.Lead.Revision, SkippedReason.Expired, now);
            return new Did(false, false, "its time was over");
        }

        var judged = Judge.Of(lead, campaign, step, sender, now, touch.Id);
        var verdict = judged.Verdict;
        switch (verdict.Ruling)
        {
            case Ruling.Refuse:
                await ledger.TrySkipAsync(touch.Id, touch.LeadId, lead.Lead.Revision, verdict.Decisive!.Skipped!.Value, now);
                return new Did(false, false, verdict.Decisive.Sentence);
            case Ruling.Park:
                await ledger.TryParkAsync(touch.Id, touch.LeadId, lead.Lead.Revision, verdict.Decisive!.Parked!.Value, now);
                return new Did(false, false, verdict.Decisive.Sentence);
            case Ruling.Wait when verdict.WaitsForSenderOnly:
                return new Did(false, true, verdict.Decisive!.Sentence);
            case Ruling.Wait:
                await ledger.TryWaitAsync(touch.Id, touch.LeadId, lead.Lead.Revision, PersonWait(verdict, now), now);
                return new Did(false, false, verdict.Decisive!.Sentence);
        }

        if (now + Duration.FromSeconds(30) > verdict.ValidUntil)
        {
            // The window is about to close: what is handed over now may ring after it.
            await ledger.TryWaitAsync(touch.Id, touch.LeadId, lead.Lead.Revision, verdict.ValidUntil, now);
            return new Did(false, false, "too close to the end of what was allowed");
        }

        var prepared = await handOver.PrepareAsync(judged, touch);
        if (prepared is { NotReady: { } because, Rest: { } pause })
        {
            await ledger.TryWaitAsync(touch.Id, touch.LeadId, lead.Lead.Revision, clocks.Now + pause, clocks.Now);
            return new Did(false, false, because);
        }

        if (prepared.NotReady is { } why) return new Did(false, prepared.SenderMustRest, why);

        if (clocks.Now + Duration.FromSeconds(30) > verdict.ValidUntil)
        {
            // Asking the CRM took what was left.
            await ledger.TryWaitAsync(touch.Id, touch.LeadId, lead.Lead.Revision, verdict.ValidUntil, clocks.Now);
            return new Did(false, false, "too close to the end of what was allowed");
        }

        // From here, not from when it was judged: asking the CRM may have taken long.
        var begins = clocks.Now;
        var slot = Pace.NextSlot(begins, sender.Sender.GapSeconds, chance.Next(touch.Id));
        var answer = await fence.TryBeginAsync(judged, touch, sender, slot, prepared.ContactRef, options, cancellation);
        if (answer.Loss is { } loss) return new Did(false, loss is BeginLoss.SenderDay or BeginLoss.CampaignDay or BeginLoss.Money or BeginLoss.Sender, $"begin was lost: {loss}", Rest(loss, campaign, now));
        if (answer.Permit is null) throw new InvalidOperationException("a begin neither won nor lost");
        var result = await handOver.SendAsync(answer.Permit, judged, touch, answer.Content!, prepared);
        // The gap is kept between arrivals too: what took long to hand over moves the next slot by as much.
        if (clocks.Now - begins is { } took && took > Duration.Zero) await facts.PushSlotAsync(senderId, slot + took);
        return new Did(true, false, $"{step.Channel} {touch.Id}: {result}");
    }

    /// <summary>Who raises a cap or a budget wakes the senders; a settled call may free money in between.</summary>
    private static Duration? Rest(BeginLoss loss, CampaignFacts campaign, Instant now) => loss switch
    {
        BeginLoss.CampaignDay => Pace.DayEnds(Pace.DayOf(now, campaign.Zone), campaign.Zone) - now,
        BeginLoss.Money => AfterNoMoney,
        _ => null,
    };

    /// <summary>Cheap reasons to rest before looking at any offer.</summary>
    private static TurnResult? Blocked(SenderFacts sender, CampaignFacts campaign, Instant now)
    {
        if (campaign.EnginePausedAt is not null || campaign.PausedAt is not null || sender.Sender.PausedAt is not null) return new TurnResult(TurnResult.Asleep, "paused");
        if (sender.Sender.NextSlotAt > now) return new TurnResult(sender.Sender.NextSlotAt, "not yet its slot");
        if (sender.BegunToday >= WarmUp.CapOn(sender.Today, sender.Sender.WarmSince, sender.Sender.DailyCap)) return new TurnResult(Pace.DayEnds(sender.Today, sender.Sender.Zone), "its day is full");
        return Pace.WaitForHour(sender.BegunLastHour, sender.Sender.HourlyCap, now) is { } free ? new TurnResult(free, "its hour is full") : null;
    }

    /// <summary>Back at the latest of pace, hour and day, and not before anything can be due.</summary>
    private async Task<TurnResult> BackAsync(string senderId, OwnerSettings owner, Duration rest, string did)
    {
        var now = clocks.Now;
        var earliest = now + rest;
        var sender = (await facts.SenderAsync(senderId, now))!;
        var campaign = (await facts.CampaignAsync(CampaignOf(sender.Sender)))!;
        if (Blocked(sender, campaign, now) is { } blocked)
        {
            if (blocked.Next == TurnResult.Asleep) return blocked with { Did = did };
            if (blocked.Next > earliest) earliest = blocked.Next;
        }

        var work = await picker.NextWorkAsync(sender.Sender, owner, earliest);
        if (work is null) return new TurnResult(TurnResult.Asleep, did);
        return new TurnResult(work.Value > now ? work.Value : now + Duration.FromSeconds(1), did);
    }

    private static Instant PersonWait(Verdict verdict, Instant now)
    {
        var until = verdict.Findings.Where(f => f.Ruling == Ruling.Wait && f.WaitOf == WaitOf.Person).Max(f => f.Until) ?? now + Duration.FromMinutes(1);
        return until > now ? until : now + Duration.FromSeconds(30);
    }

    private static string CampaignOf(Sender sender) => sender.PoolId[..sender.PoolId.LastIndexOf('/')];
}
