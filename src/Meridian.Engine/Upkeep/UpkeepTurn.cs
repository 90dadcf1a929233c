using Meridian.Engine.Inbound;
using Meridian.Domain.Touches;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Upkeep;

/// <summary>Passed deadlines, calls nobody answered, calls whose end we never heard, outcomes nobody knows, offers past their life.</summary>
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

    private const int MostSilence = 10;

    /// <summary>A call that must end may still be under way to the provider, or its end not be told yet.</summary>
    private static readonly Duration EndsAgain = Duration.FromSeconds(3);

    /// <summary>And one whose answer was lost is sought at the provider first, which takes a list of its calls.</summary>
    private static readonly Duration Sought = Duration.FromSeconds(15);

    private static readonly Duration Idle = Duration.FromMinutes(15);

    private readonly SpokenWords spoken = new(people);

    public string Kind => "upkeep";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var replayed = await recorder.ReplayAsync();
        var settings = await owner.SettingsAsync();
        var overdue = await ledger.MarkOverdueUnconfirmedAsync(clocks.Now);
        var (calls, ends) = await OpenCallsAsync(settings);
        var unreported = await UnreportedCallsAsync();
        var settled = await UnconfirmedAsync();
        var closed = await ledger.CloseUnconfirmedAsync(clocks.Now);
        var expired = await ledger.SkipExpiredAsync(clocks.Now);

        var now = clocks.Now;
        var next = await facts.NextUpkeepAsync(settings.RingSeconds, settings.MaxCallSeconds + (int)AfterLongestCall.TotalSeconds) ?? now + Idle;
        if (next <= now) next = now + (overdue + closed + expired > 0 ? Duration.FromSeconds(1) : Duration.FromSeconds(30));
        if (unreported > 0 && next > now + ReportOverdue) next = now + ReportOverdue;
        if (ends is { } soon && next > now + soon) next = now + soon;
        if (next > now + Idle) next = now + Idle;
        return new TurnResult(next, $"overdue {overdue}, calls looked at {calls}, settled {settled}, closed {closed}, expired {expired}, replayed {replayed}");
    }

    private async Task<(int Looked, Duration? Ends)> OpenCallsAsync(OwnerSettings settings)
    {
        var looked = 0;
        Duration? ends = null;
        foreach (var call in await facts.OpenCallsAsync())
        {
            var now = clocks.Now;
            var tooLong = call.BegunAt + Duration.FromSeconds(settings.MaxCallSeconds) + AfterLongestCall <= now;
            if (call.MustEnd && !tooLong) ends = Duration.Min(ends ?? Sought, call.State == "unconfirmed" ? Sought : EndsAgain);
            if (call is { MustEnd: true, ControlUrl: { } open }) await calls.HangUpAsync(open, CancellationToken.None);
            var rings = call.State == "sent" && call.AnsweredAt is null && call.BegunAt + Duration.FromSeconds(settings.RingSeconds) <= now;
            var reportMissing = call.EndSeenAt is { } seen && seen + ReportAwaited <= now;
            if (call.EndSeenAt is not null) rings = false;
            if (call.State != "sent" || !(rings || tooLong || reportMissing)) continue;
            looked++;
            var standing = call.ProviderRef is null ? null : await calls.LookUpAsync(call.ProviderRef, CancellationToken.None);
            if (standing is { Ended.MayHaveSpoken: true, ReportIsOut: false } && !reportMissing && !tooLong)
            {
                // It ended this instant. What was said is not there yet, and a call is not closed before that is known.
                await ledger.RecordEndSeenAsync(call.TouchId, now);
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
            else if (standing?.Status == "in-progress" && !tooLong)
            {
                await ledger.RecordAnsweredAsync(call.TouchId, now, call.BegunAt + Duration.FromSeconds(settings.MaxCallSeconds));
            }
            else if (tooLong)
            {
                if (call.ControlUrl is not null) await calls.HangUpAsync(call.ControlUrl, CancellationToken.None);
                await people.OpenIncidentAsync("call-end-unknown", call.TouchId, "the longest time a call can take has passed and its end is not known", now);
                await ledger.RecordCallEndAsync(new CallEnd(call.TouchId, call.ProviderRef, now, Disposition.Unknown, "its end is not known", null));
            }
            else if (call.ControlUrl is not null && await calls.HangUpAsync(call.ControlUrl, CancellationToken.None))
            {
                await ledger.RecordCallEndAsync(new CallEnd(call.TouchId, call.ProviderRef, now, Disposition.NoAnswer, $"nobody answered in {settings.RingSeconds} s; we hung up", null));
            }
        }

        return (looked, ends);
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
            else if (now >= call.ClosedAt + ReportGivenUp && standing is null or { Ended.MayHaveSpoken: true })
            {
                await people.OpenIncidentAsync("call-report-missing", call.TouchId, "the call ended and nobody could tell what was said in it", now);
            }

            // A provider that is down is not asked a hundred times: a turn is short.
            if (standing is null && ++silent == MostSilence) break;
        }

        return without;
    }

    /// <summary>Looking may prove that it was sent. It never proves that it was not: that is left to the horizon.</summary>
    private async Task<int> UnconfirmedAsync()
    {
        var settled = 0;
        foreach (var touch in await facts.UnconfirmedAsync(100))
        {
            var now = clocks.Now;
            var sighting = touch.Channel switch
            {
                "call" => await calls.FindAsync(touch.TouchId, touch.ProviderKey ?? "", touch.BegunAt - Duration.FromSeconds(30), touch.BegunAt + Duration.FromMinutes(5), CancellationToken.None),
                "text" when touch.ContactRef is not null && touch.Body is not null => await texts.FindAsync(touch.ContactRef, touch.Body, touch.BegunAt - Duration.FromMinutes(1), CancellationToken.None),
                "email" when touch is { FromAddress: { } from, ToAddress: { } to, MessageId: { } id } => await sent.FindAsync(new SentEmail(from, id, to, touch.Subject ?? "", touch.BegunAt), CancellationToken.None),
                _ => new Sighting.CannotTell("nothing was kept to look for"),
            };
            if (sighting is not Sighting.Found found) continue;
            await recorder.RecordAsync(new Outcome.Accepted(touch.PermitId, now, found.ProviderRef, found.ControlUrl, touch.Channel == "call" ? now : null));
            settled++;
        }

        return settled;
    }
}
