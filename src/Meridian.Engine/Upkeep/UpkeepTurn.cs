using Meridian.Engine.Inbound;
using Meridian.Domain.Touches;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Upkeep;

/// <summary>Passed deadlines, calls nobody answered, calls whose end we never heard, outcomes nobody knows, offers past their life.</summary>
public sealed class UpkeepTurn(IFacts facts, ITouchLedger ledger, ICallTransport calls, ITextTransport texts, OutcomeRecorder recorder, IPeopleLedger people, IOwner owner, Clocks clocks) : ITurn
{
    /// <summary>After the longest possible call and this much more, we go and look.</summary>
    public static readonly Duration AfterLongestCall = Duration.FromMinutes(2);

    /// <summary>How long the end of a call waits for the report that carries the person's words.</summary>
    public static readonly Duration ReportAwaited = Duration.FromMinutes(1);

    private static readonly Duration Idle = Duration.FromMinutes(15);

    public string Kind => "upkeep";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var replayed = await recorder.ReplayAsync();
        var settings = await owner.SettingsAsync();
        var overdue = await ledger.MarkOverdueUnconfirmedAsync(clocks.Now);
        var calls = await OpenCallsAsync(settings);
        var settled = await UnconfirmedAsync();
        var closed = await ledger.CloseUnconfirmedAsync(clocks.Now);
        var expired = await ledger.SkipExpiredAsync(clocks.Now);

        var now = clocks.Now;
        var next = await facts.NextUpkeepAsync(settings.RingSeconds, settings.MaxCallSeconds + (int)AfterLongestCall.TotalSeconds) ?? now + Idle;
        if (next <= now) next = now + (overdue + closed + expired > 0 ? Duration.FromSeconds(1) : Duration.FromSeconds(30));
        if (next > now + Idle) next = now + Idle;
        return new TurnResult(next, $"overdue {overdue}, calls looked at {calls}, settled {settled}, closed {closed}, expired {expired}, replayed {replayed}");
    }

    private async Task<int> OpenCallsAsync(OwnerSettings settings)
    {
        var looked = 0;
        foreach (var call in await facts.OpenCallsAsync())
        {
            var now = clocks.Now;
            var rings = call.State == "sent" && call.AnsweredAt is null && call.BegunAt + Duration.FromSeconds(settings.RingSeconds) <= now;
            var tooLong = call.BegunAt + Duration.FromSeconds(settings.MaxCallSeconds) + AfterLongestCall <= now;
            var reportMissing = call.EndSeenAt is { } seen && seen + ReportAwaited <= now;
            if (call.EndSeenAt is not null) rings = false;
            if (call.State != "sent" || !(rings || tooLong || reportMissing)) continue;
            looked++;
            var standing = call.ProviderRef is null ? null : await calls.LookUpAsync(call.ProviderRef, CancellationToken.None);
            if (standing?.Ended is { } ending)
            {
                // The report may have been lost, and with it a spoken "no": the look carries the same words.
                if (Said.Stop(ending.PersonSaid))
                    await people.OptOutAsync(new OptOutOrder([], call.LeadId, "said so on the phone", "call", call.ProviderRef, now));
                await ledger.RecordCallEndAsync(new CallEnd(call.TouchId, call.ProviderRef, now, ending.Disposition, ending.EndedReason, ending.CostUsd));
                if (ending.CostUsd is { } cost) await ledger.SettleCostAsync(call.TouchId, cost, now);
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

        return looked;
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
                _ => new Sighting.CannotTell("a mailbox's Sent folder is not read yet"),
            };
            if (sighting is not Sighting.Found found) continue;
            await recorder.RecordAsync(new Outcome.Accepted(touch.PermitId, now, found.ProviderRef, found.ControlUrl, touch.Channel == "call" ? now : null));
            settled++;
        }

        return settled;
    }
}
