using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine.Confirmations;
using Meridian.Engine.Consents;
using Meridian.Engine.Crm;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Engine.Prospecting;
using NodaTime;

namespace Meridian.Engine.Inbound;

/// <summary>Understands stored signals one by one, oldest first. Whatever it cannot read keeps its hold.</summary>
public sealed partial class InboundTurn(
    ISignals signals, IEnumerable<ISignalReader> readers, IPeopleLedger people, ITouchLedger ledger, ICallTransport calls, ITextTransport texts, IFacts facts, IPhoneBook phones, Clocks clocks, IConsentForms? forms = null, ICrmSilences? silences = null) : ITurn
{
    private const int MostPerTurn = 100;
    private static readonly Duration FreshFault = Duration.FromHours(2);

    private readonly Dictionary<string, ISignalReader> readers = readers.ToDictionary(r => r.Provider);
    private readonly SpokenWords spoken = new(people);

    public string Kind => "inbox";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var open = await signals.OpenAsync(MostPerTurn);
        foreach (var signal in open)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = clocks.Now;
            if (signal.Provider == OwnSignal.Provider)
            {
                await signals.UnderstoodAsync(signal, await OwnAsync(OwnSignal.FromJson(signal.Raw), now), now);
                continue;
            }

            try
            {
                await UnderstandAsync(signal, now);
            }
            catch (Exception e) when (e is not OperationCanceledException and not StoreAwayException and not System.Data.Common.DbException { IsTransient: true })
            {
                // One signal that cannot be acted on must not keep everybody's STOP waiting behind it: it keeps its hold and a person looks.
                await signals.UnreadableAsync(signal, $"acting on it failed: {e.GetType().Name}", now);
            }
        }

        return open.Count == MostPerTurn
            ? new TurnResult(clocks.Now, $"understood {open.Count}, more to do")
            : new TurnResult(TurnResult.Asleep, open.Count == 0 ? "nothing new" : $"understood {open.Count}");
    }

    private async Task UnderstandAsync(StoredSignal signal, Instant now)
    {
        var meaning = readers.TryGetValue(signal.Provider, out var reader) ? reader.Read(signal.Raw) : new SignalMeaning.Unreadable($"nobody reads {signal.Provider}");
        if (meaning is SignalMeaning.Unreadable unreadable) await signals.UnreadableAsync(signal, unreadable.Why, now);
        else await signals.UnderstoodAsync(signal, await ActAsync(meaning, signal, now), now);
    }

    private async Task<string> ActAsync(SignalMeaning meaning, StoredSignal signal, Instant now) => meaning switch
    {
        SignalMeaning.CallProgress p => await ProgressAsync(p, now),
        SignalMeaning.CallEnded e => await EndedAsync(e, now),
        SignalMeaning.CallOptOut o => await CallOptOutAsync(o, signal, now),
        SignalMeaning.CallBackAsked c => await CallBackAskedAsync(c, signal, now),
        SignalMeaning.CalledUs c => await CalledUsAsync(c, signal, now),
        SignalMeaning.TextReceived t => await TextAsync(t, signal, now),
        SignalMeaning.DoNotDisturbSet d => await DoNotDisturbAsync(d, now),
        SignalMeaning.ConsentFormSent f => forms is null ? "a consent form, and nobody here takes one" : await forms.KeepAsync(f.ContactId, f.Said, signal.ReceivedAt, now) ? "a consent form; the contact is read back before it counts" : "a consent form we know",
        SignalMeaning.MailReply r => await MailReplyAsync(r, signal, now),
        SignalMeaning.MailOptOut o => await MailOptOutAsync(o, signal, now),
        SignalMeaning.MailBounce b => await MailBounceAsync(b, signal, now),
        SignalMeaning.MailAutoReply a => $"an automatic answer: {a.Why}",
        SignalMeaning.PhonesDelivered d => await phones.KeepPhonesAsync(d.OrderId, d.Phones, d.Credits, now) is { } kept ? $"{kept} numbers came" : "delivered before",
        SignalMeaning.Nothing n => n.Why,
        _ => throw new InvalidOperationException($"unknown meaning {meaning}"),
    };

    private async Task<string> ProgressAsync(SignalMeaning.CallProgress progress, Instant now)
    {
        if (progress.Status != "in-progress") return progress.Status;
        if (await signals.FindTouchAsync(progress.TouchId, progress.ProviderRef) is not { } touch) return "no touch of ours";
        var owner = await OwnerAsync(touch);
        await ledger.RecordAnsweredAsync(touch.TouchId, now, touch.BegunAt + Duration.FromSeconds(owner.MaxCallSeconds));
        return "somebody answered";
    }

    private async Task<string> EndedAsync(SignalMeaning.CallEnded ended, Instant now)
    {
        if (await signals.FindTouchAsync(ended.TouchId, ended.ProviderRef) is not { } touch) return "no touch of ours";
        var ending = ended.Ending;
        var saidNo = await spoken.HearAsync(touch.TouchId, touch.LeadId, touch.AddressId, ended.ProviderRef, ending.PersonSaid, now);
        // News of an old fault is no news: the owner may have mended it and resumed the sender.
        if (ending.AccountFault && touch.SenderId is { } sender && now < touch.BegunAt + FreshFault) await people.PauseSenderAsync(sender, $"Vapi: {ending.EndedReason}", now);
        if (!ended.IsReport && (ending.MayHaveSpoken || touch.AnsweredAt is not null))
        {
            // The words come with the report, seconds later. Until then the call stays in the air, so that nothing overtakes a spoken "no".
            await ledger.RecordEndSeenAsync(touch.TouchId, now);
            return $"{ending.EndedReason}; waiting for the report";
        }

        await ledger.RecordCallEndAsync(new CallEnd(touch.TouchId, ended.ProviderRef, now, saidNo ? Disposition.OptedOut : ending.Disposition, ending.EndedReason, ending.CostUsd));
        if (ending.CostUsd is { } cost) await ledger.SettleCostAsync(touch.TouchId, cost, now);
        return saidNo ? "opted out on the phone" : ending.EndedReason;
    }

    private async Task<string> TextAsync(SignalMeaning.TextReceived text, StoredSignal signal, Instant now)
    {
        // Every address the signal names is theirs: somebody we only ever e-mailed may answer from a number we never knew.
        var addresses = readers[signal.Provider].Describe(signal.Raw).AddressIds.Where(a => a != text.ToE164).Union(text.FromE164 is { } from ? [from] : []).ToList();
        var leads = (await signals.FindLeadsAsync(text.ContactId ?? signal.ContactRef, text.FromE164)).ToList();
        foreach (var address in addresses) leads = leads.Union(await signals.FindLeadsAsync(null, address)).ToList();
        var reading = OptOutWords.Read(text.Body);
        if (reading is OptOutReading.OptOut)
        {
            if (leads.Count == 0 && addresses.Count == 0) return await UnmatchedAsync(signal, "an opt-out from nobody we know", now);
            var confirm = text is { ContactId: { } known, FromE164: { } writer, ToE164: { } ours } ? new ConfirmationOrder(writer, known, ours, SaidAt(text, signal), CarrierKeywords.IsOne(text.Body)) : null;
            var confirms = false;
            foreach (var lead in leads.Count == 0 ? [null] : leads.Cast<string?>())
            {
                var result = await people.OptOutAsync(new OptOutOrder(addresses, lead, "wrote so by text", "sms", signal.EventId, now, Confirm: confirm));
                foreach (var control in result.LiveCalls) await calls.HangUpAsync(control, CancellationToken.None);
                confirms |= result.Confirms;
            }

            // Where they are told so, the provider learns of it afterwards: it would let nothing through.
            if (text.ContactId is { } contact && !confirms)
            {
                // Written by a desk of its own, for everybody's STOP waits here and an answer may be slow in coming.
                if (silences is null) await texts.SetDoNotDisturbAsync(contact, CancellationToken.None);
                else await silences.OweAsync(contact, now);
            }

            return "opted out by text";
        }

        if (leads.Count == 0) return await UnmatchedAsync(signal, "a text from nobody we know", now);
        // Any reply stops the later steps: a person is talking to us now.
        foreach (var lead in leads) await people.StopAsync(lead, "replied by text", new Reaction(Channel.Text, Disposition.Replied), now);
        if (reading is OptOutReading.Unclear)
            await people.OpenIncidentAsync("unclear-reply", signal.Id, "a text may ask us to stop; their walk has ended, please read it and opt them out if it does", now);
        return "replied by text";
    }

    /// <summary>When they wrote it, for a webhook may be late; never later than when we heard it.</summary>
    private static Instant SaidAt(SignalMeaning.TextReceived text, StoredSignal signal) => text.SaidAt is { } said && said < signal.ReceivedAt ? said : signal.ReceivedAt;

    private async Task<string> DoNotDisturbAsync(SignalMeaning.DoNotDisturbSet dnd, Instant now)
    {
        var addresses = new[] { dnd.PhoneE164, dnd.Email }.OfType<string>().ToList();
        var lead = dnd.ContactId is { } contact && await signals.FindLeadsAsync(contact, null) is [var known, ..] ? known : null;
        if (lead is null && addresses.Count == 0) return "a do-not-disturb for nobody we know";
        await people.OptOutAsync(new OptOutOrder(addresses, lead, $"do-not-disturb at HighLevel: {dnd.Detail}", "highlevel", dnd.ContactId ?? addresses[0], now));
        return "do-not-disturb taken over";
    }

    private async Task<string> UnmatchedAsync(StoredSignal signal, string what, Instant now)
    {
        await people.OpenIncidentAsync("unmatched-signal", signal.Id, what, now);
        return what;
    }

    private async Task<string> OwnAsync(OwnSignal news, Instant now)
    {
        switch (news.Kind)
        {
            case OwnSignal.Bounced when news.AddressId is { } address:
                await people.MarkUndeliverableAsync(address, news.Detail, now);
                return "the address is marked undeliverable";
            case OwnSignal.OptedOutAtProvider:
                await people.OptOutAsync(new OptOutOrder(news.AddressId is null ? [] : [news.AddressId], news.LeadId, news.Detail, "provider", news.TouchId, now));
                return "opted out at the provider";
            case OwnSignal.AccountFault:
                if (news.SenderId is { } sender) await people.PauseSenderAsync(sender, news.Detail, now);
                await people.GiveBackGapsAsync(news.TouchId, now);
                return "the sender is paused, the gaps are given back";
            case OwnSignal.GapToGiveBack:
                await people.GiveBackGapsAsync(news.TouchId, now);
                return "the gaps are given back";
            default:
                return "nothing to do";
        }
    }

    private async Task<OwnerSettings> OwnerAsync(TouchRef touch)
    {
        var full = await facts.TouchAsync(touch.TouchId);
        return (await facts.CampaignAsync(full!.CampaignId))!.Owner;
    }
}
