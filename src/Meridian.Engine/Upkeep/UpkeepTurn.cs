using Meridian.Engine.Inbound;
using Meridian.Domain.Touches;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Upkeep;

/// <summary>Passed deadlines, calls nobody answered, calls whose end we never heard, outcomes nobody knows, offers past their life, and offers that wait for the CRM.</summary>
public sealed class UpkeepTurn(IFacts facts, ITouchLedger ledger, ICallTransport calls, ITextTransport texts, ISentMail sent, OutcomeRecorder recorder, IPeopleLedger people, IOwner owner, Clocks clocks) : ITurn
{
    /// <summary>After the longest possible call and this much more, we go and look.</summary>
    public static readonly Duration AfterLongestCall = Duration.FromMinutes(2);

    /// <summary>How long the end of a call waits for the report that carries the person's words.</summary>
    public static readonly Duration ReportAwaited = Duration.FromMinutes(1);

    /// <summary>How long after its end a call's report counts as lost.</summary>
    public static readonly Duration ReportOverdue = Duration.FromMinutes(2);

    /// <summary>How long a lost report is looked for. What it would have cost stays reserved after that, and what may have been said is a person's to find out.</summary>
    private static readonly Duration ReportGivenUp = Duration.FromHours(1);

    private const int MostSilence = 3;

    private const int MostUnconfirmed = 100;

    /// <summary>So long a turn begins looks for what became of touches: calls that must end wait for it.</summary>
    private static readonly Duration MostLooking = Duration.FromSeconds(20);

    /// <summary>So long offers may rest because the CRM cannot be asked whether somebody wants silence; then it is the owner's to hear.</summary>
    private static readonly Duration UnaskedBorne = Duration.FromHours(1);

    /// <summary>Longer than such an offer rests and upkeep is idle.</summary>
    private static readonly Duration UnaskedLately = Duration.FromMinutes(30);

    /// <summary>A call that must end may still be under way to the provider, or its end not be told yet.</summary>
    private static readonly Duration EndsAgain = Duration.FromSeconds(3);

    /// <summary>A call that only begins to ring may take no order yet.</summary>
    private static readonly Duration OrderTaken = Duration.FromSeconds(10);

    /// <summary>And one whose answer was lost is sought at the provider first, which takes a list of its calls. A look that came to nothing is made again as soon.</summary>
    private static readonly Duration Sought = Duration.FromSeconds(15);

    private static readonly Duration Idle = Duration.FromMinutes(15);

    private readonly SpokenWords spoken = new(people);

    private readonly ReassignedNumbersNotice reassigned = new(people);

    public string Kind => "upkeep";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var replayed = await recorder.ReplayAsync();
        var settings = await owner.SettingsAsync();
        var overdue = await ledger.MarkOverdueUnconfirmedAsync(clocks.Now);
        var (calls, soon) = await OpenCallsAsync(settings);
        var unreported = await UnreportedCallsAsync();
        var (settled, more) = await UnconfirmedAsync();
        await UnaskedAsync();
        var closed = await ledger.CloseUnconfirmedAsync(clocks.Now);
        var expired = await ledger.SkipExpiredAsync(clocks.Now);
        await reassigned.TellAsync(settings.Law, clocks.Now);

        var now = clocks.Now;
        var next = await facts.NextUpkeepAsync(settings.RingSeconds, settings.MaxCallSeconds + (int)AfterLongestCall.TotalSeconds) ?? now + Idle;
        if (next <= now) next = now + (overdue + closed + expired > 0 ? Duration.FromSeconds(1) : Duration.FromSeconds(30));
        if (unreported > 0 && next > now + ReportOverdue) next = now + ReportOverdue;
        if (soon is { } again && next > now + again) next = now + again;
        if (more && next > now + Duration.FromMinutes(1)) next = now + Duration.FromMinutes(1);
        if (next > now + Idle) next = now + Idle;
        return new TurnResult(next, $"overdue {overdue}, calls looked at {calls}, settled {settled}, closed {closed}, expired {expired}, replayed {replayed}");
    }

    private async Task<(int Looked, Duration? Soon)> OpenCallsAsync(OwnerSettings settings)
    {
        var looked = 0;
        Duration? soon = null;
        foreach (var call in await facts.OpenCallsAsync())
        {
            var now = clocks.Now;
            var tooLong = call.BegunAt + Duration.FromSeconds(settings.MaxCallSeconds) + AfterLongestCall <= now;
            if (call.MustEnd && !tooLong) soon = Duration.Min(soon ?? Sought, call.State == "unconfirmed" ? Sought : EndsAgain);
            if (call.MustEnd) await EndAsync(call, now);
            var rings = call.State == "sent" && call.AnsweredAt is null && call.BegunAt + Duration.FromSeconds(settings.RingSeconds) <= now;
            var reportMissing = call.EndSeenAt is { } seen && seen + ReportAwaited <= now;
            if (call.EndSeenAt is not null) rings = false;
            if (call.State != "sent" || !(rings || tooLong || reportMissing)) continue;
            looked++;
            var standing = call.ProviderRef is null ? null : await calls.LookUpAsync(call.ProviderRef, CancellationToken.None);
            if (standing is { Ended: { MayHaveSpoken: true } over, ReportIsOut: false } && !reportMissing && !tooLong)
            {
                // It ended this instant. What was said is not there yet, and a call is not closed before that is known.
                await ledger.RecordEndSeenAsync(call.TouchId, now);
                if (over.AccountFault) await people.PauseSenderAsync(call.SenderId, $"Vapi: {over.EndedReason}", now);
            }
            else if (standing?.Ended is { } end)
            {
                var saidNo = await HearAsync(call, end, now);
                await ledger.RecordCallEndAsync(new CallEnd(call.TouchId, call.ProviderRef, now, saidNo ? Disposition.OptedOut : end.Disposition, end.EndedReason, end.CostUsd));
                if (end.CostUsd is { } cost) await ledger.SettleCostAsync(call.TouchId, cost, now);
                if (end.AccountFault) await people.PauseSenderAsync(call.SenderId, $"Vapi: {end.EndedReason}", now);
            }
            else if (reportMissing && !tooLong)
            {
                await ledger.RecordCallEndAsync(new CallEnd(call.TouchId, call.ProviderRef, now, Disposition.Unknown, "it ended and its report never came", null));
            }
            else if (standing?.Status is "in-progress" or "forwarding" && !tooLong)
            {
                await ledger.RecordAnsweredAsync(call.TouchId, now, call.BegunAt + Duration.FromSeconds(settings.MaxCallSeconds));
            }
            else if (tooLong)
            {
                if (call.ControlUrl is not null) await calls.HangUpAsync(call.ControlUrl, CancellationToken.None);
                await people.OpenIncidentAsync("call-end-unknown", call.TouchId, "the longest time a call can take has passed and its end is not known", now);
                await ledger.RecordCallEndAsync(new CallEnd(call.TouchId, call.ProviderRef, now, Disposition.Unknown, "its end is not known", null));
            }
            else if (standing?.Status is not ("scheduled" or "queued" or "ringing"))
            {
                // Nobody can say that it still rings, so somebody may be talking: it is not ended, and looked at again.
                soon = Duration.Min(soon ?? Sought, Sought);
            }
            else if (call.ControlUrl is not null && await calls.HangUpAsync(call.ControlUrl, CancellationToken.None))
            {
                await ledger.RecordCallEndAsync(new CallEnd(call.TouchId, call.ProviderRef, now, Disposition.NoAnswer, $"nobody answered in {settings.RingSeconds} s; we hung up", null));
            }
        }

        return (looked, soon);
    }

    /// <summary>Somebody who wants no more of us is on the phone. What cannot be ended is the owner's to hear of, once a call.</summary>
    private async Task EndAsync(OpenCall call, Instant now)
    {
        const string kind = "call-not-ended";
        if (call.ControlUrl is { } open && await calls.HangUpAsync(open, CancellationToken.None))
        {
            await people.CloseIncidentAsync(kind, call.TouchId, now);
            return;
        }

        if (call.State != "sent") return; // under way to the provider, or sought there: its address is not known yet
        if (call.ProviderRef is { } known && await calls.LookUpAsync(known, CancellationToken.None) is { Ended: not null })
        {
            // It is over, and its words follow as after any other end.
            await ledger.RecordEndSeenAsync(call.TouchId, now);
            return;
        }

        if (call.ControlUrl is not null && now < (call.OptedOutAt ?? call.BegunAt) + OrderTaken) return;
        var why = call.ControlUrl is null ? "Vapi named no address to end it by" : "Vapi did not take the order to end it";
        await people.OpenIncidentAsync(kind, call.TouchId, $"a call that must end could not be ended: {why}; it is tried every few seconds. Set monitorPlan.controlEnabled to true and controlAuthenticationEnabled to false at the assistant at dashboard.vapi.ai", now);
    }

    /// <summary>The report may have been lost, and with it a spoken "no": the look carries the same words.</summary>
    private Task<bool> HearAsync(OpenCall call, CallEnding ending, Instant now) => spoken.HearAsync(call.TouchId, call.LeadId, call.AddressId, call.ProviderRef, ending.PersonSaid, now);

    /// <summary>Calls that ended and whose bill never came: one look tells it, and what was said last. Returns how many are still without.</summary>
    private async Task<int> UnreportedCallsAsync()
    {
        var (without, silent) = (0, 0);
        var since = clocks.Now - 2 * ReportGivenUp;
        foreach (var call in await facts.UnreportedCallsAsync(since, 100))
        {
            var now = clocks.Now;
            without++;
            if (now < call.ClosedAt + ReportOverdue) continue;
            var standing = await calls.LookUpAsync(call.ProviderRef!, CancellationToken.None);
            if (standing is { Ended: { } ending, ReportIsOut: true })
            {
                await HearAsync(call, ending, now);
                if (ending.CostUsd is not { } cost) continue;
                await ledger.SettleCostAsync(call.TouchId, cost, now);
                without--;
            }
            else if (now >= call.ClosedAt + ReportGivenUp && (call.AnsweredAt is not null || standing is null or { Ended.MayHaveSpoken: true }))
            {
                await people.OpenIncidentAsync("call-report-missing", call.TouchId, "the call ended and nobody could tell what was said in it", now);
            }

            // A provider that is down is not asked a hundred times: a turn is short.
            if (standing is null && ++silent == MostSilence) break;
        }

        return without;
    }

    /// <summary>Looking may prove that it was sent. It never proves that it was not: that is left to the horizon.</summary>
    private async Task<(int Settled, bool More)> UnconfirmedAsync()
    {
        var (settled, looked, began) = (0, 0, clocks.Now);
        var silent = new Dictionary<string, int>();
        var unconfirmed = await facts.UnconfirmedAsync(MostUnconfirmed);
        foreach (var touch in unconfirmed)
        {
            var now = clocks.Now;
            if (now >= began + MostLooking) break;
            var asked = touch.Channel == "email" ? touch.SenderId : touch.Channel; // each mailbox has a server of its own
            if (silent.GetValueOrDefault(asked) == MostSilence) continue; // it is down: whoever waits for it comes next time, before those asked about now
            looked++;
            await facts.KeepLookAsync(touch.TouchId, now); // before it, so that a look nobody comes back from keeps nobody else out
            var sighting = touch.Channel switch
            {
                "call" => await calls.FindAsync(touch.TouchId, touch.ProviderKey ?? "", touch.BegunAt - Duration.FromSeconds(30), touch.BegunAt + Duration.FromMinutes(5), CancellationToken.None),
                "text" when touch.ContactRef is not null && touch.Body is not null => await texts.FindAsync(touch.ContactRef, touch.Body, touch.BegunAt - Duration.FromMinutes(1), CancellationToken.None),
                "email" when touch is { FromAddress: { } from, ToAddress: { } to, MessageId: { } id } => await sent.FindAsync(new SentEmail(from, id, to, touch.Subject ?? "", touch.BegunAt), CancellationToken.None),
                _ => new Sighting.CannotTell("nothing was kept to look for"),
            };
            silent[asked] = sighting is Sighting.CannotTell ? silent.GetValueOrDefault(asked) + 1 : 0;
            if (sighting is not Sighting.Found found) continue;
            await recorder.RecordAsync(new Outcome.Accepted(touch.PermitId, now, found.ProviderRef, found.ControlUrl, touch.Channel == "call" ? now : null));
            settled++;
        }

        return (settled, looked < unconfirmed.Count || looked == MostUnconfirmed);
    }

    /// <summary>
    /// Opens on looks for one offer that failed for an hour, not on a night without any; closes when none of these offers waits any more, or when looks in vain
    /// have ceased and one after them was answered, for somebody's hours may begin tomorrow.
    /// </summary>
    private async Task UnaskedAsync()
    {
        const string kind = "silence-unasked", subject = "highlevel";
        var (now, waiting) = (clocks.Now, await facts.UnaskedAsync());
        if (waiting.Where(w => w.Last - w.Since >= UnaskedBorne && w.Last > now - UnaskedLately).ToList() is [_, ..] inVain)
            await people.OpenIncidentAsync(kind, subject, $"calls and e-mails to {inVain.DistinctBy(w => w.LeadId).Count()} people wait since {inVain.Min(w => w.Since)}, because HighLevel knows them and cannot be asked whether they want silence: {inVain.MaxBy(w => w.Last)!.Why}; `meridian doctor highlevel` says more", now);
        else if (waiting.Count == 0 || await facts.WasAskedAsync(subject, waiting.Max(w => w.Last)))
            await people.CloseIncidentAsync(kind, subject, now);
    }
}
