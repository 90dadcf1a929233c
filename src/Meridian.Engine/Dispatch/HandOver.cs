using Meridian.Domain.Leads;
using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using Meridian.Engine.Voice;
using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>Whether a touch can be handed over.</summary>
/// <param name="NotReady">Null: ready.</param>
/// <param name="ContactRef">The provider's id of the person, where it wants one.</param>
/// <param name="Rest">This touch rests for so long, the sender goes on with others; null: it does not.</param>
/// <param name="Until">What was learned holds no longer than this; null: nothing was asked.</param>
public sealed record Prepared(string? NotReady, bool SenderMustRest = false, string? ContactRef = null, Duration? Rest = null, Instant? Until = null);

/// <summary>Hands one begun touch to its provider and records what came of it. One permit, one wire request.</summary>
public sealed class HandOver(
    IMailTransport mail, ICallTransport calls, ITextTransport texts, OutcomeRecorder recorder, IPeopleLedger people, IFacts facts, Clocks clocks, IDoNotDisturb? crm = null)
{
    /// <summary>Longer than a hiccup of the CRM, short beside any window.</summary>
    private static readonly Duration UnaskedRests = Duration.FromMinutes(5);

    /// <summary>A do-not-disturb is looked at moments before the touch or again: a machine may stand still in between.</summary>
    public static readonly Duration LookHolds = Duration.FromSeconds(30);

    /// <summary>What must be known at the provider before a begin. Sends nothing to the person.</summary>
    public async Task<Prepared> PrepareAsync(Judgement judged, Touch touch)
    {
        if (touch.Channel != Channel.Text) return await LookAsync(judged, touch);
        var (lead, until) = (judged.Lead.Lead, clocks.Now + LookHolds);
        var email = judged.Lead.Addresses.FirstOrDefault(a => a.Kind == AddressKind.Email)?.AddressId;
        var answer = await texts.PrepareAsync(new TextPerson(lead.Id, lead.FirstName, lead.LastName, email, judged.Facts.Address!.AddressId, lead.CompanyName), CancellationToken.None);
        switch (answer)
        {
            case TextContact.Ready ready:
                await facts.KeepRefAsync("highlevel", ready.ContactId, lead.Id);
                return new Prepared(null, ContactRef: ready.ContactId, Until: until);
            case TextContact.DoNotDisturb dnd:
                await people.OptOutAsync(new OptOutOrder([judged.Facts.Address.AddressId], lead.Id, $"do-not-disturb at HighLevel: {dnd.Detail}", "highlevel", dnd.ContactId, clocks.Now));
                return new Prepared("the provider holds a do-not-disturb");
            case TextContact.Mismatch mismatch:
                await people.OpenIncidentAsync("contact-mismatch", lead.Id, mismatch.Detail, clocks.Now);
                await people.StopAsync(lead.Id, $"HighLevel knows this person under another number: {mismatch.Detail}", null, clocks.Now);
                return new Prepared(mismatch.Detail);
            case TextContact.NotReady notReady:
                return new Prepared(notReady.Reason, SenderMustRest: true);
            default:
                throw new InvalidOperationException($"unknown answer {answer}");
        }
    }

    /// <summary>
    /// Who is known at the CRM is looked at there, moments before: somebody may have asked for silence on any channel, and a webhook may be late. While it
    /// cannot be asked, a call and an e-mail rest as a text does. Nobody whom it does not know waits for it.
    /// </summary>
    private async Task<Prepared> LookAsync(Judgement judged, Touch touch)
    {
        if (crm is null) return new Prepared(null);
        var (lead, address, until) = (judged.Lead.Lead, judged.Facts.Address!.AddressId, clocks.Now + LookHolds);
        var contacts = await facts.RefsAsync(crm.Source, lead.Id);
        foreach (var contact in contacts)
        {
            switch (await crm.LookAsync(contact, CancellationToken.None))
            {
                case Disturbance.Asked asked:
                    await people.OptOutAsync(new OptOutOrder([address], lead.Id, $"do-not-disturb at HighLevel: {asked.Detail}", crm.Source, contact, clocks.Now));
                    return new Prepared("the CRM holds a do-not-disturb");
                case Disturbance.CannotTell unknown:
                    await facts.KeepUnaskedAsync(touch.Id, unknown.Reason, clocks.Now);
                    return new Prepared($"the CRM knows them and could not be asked for a do-not-disturb: {unknown.Reason}", Rest: UnaskedRests);
            }
        }

        if (contacts.Count > 0) await facts.KeepAskedAsync(touch.Id);
        return new Prepared(null, Until: until);
    }

    /// <summary>Sends under the permit, records the outcome (not cancellable), and says it in one word.</summary>
    public async Task<string> SendAsync(SendPermit permit, Judgement judged, Touch touch, TouchContent content, Prepared prepared)
    {
        SendResult result;
        try
        {
            result = clocks.Now > judged.Verdict.ValidUntil
                ? new SendResult.NotSent(NotSentBecause.PermitExpired, "what was allowed had ended before it was handed over")
                : clocks.Now > prepared.Until
                    ? new SendResult.NotSent(NotSentBecause.PermitExpired, "the CRM was asked for a do-not-disturb too long before it was handed over")
                    : await TransmitAsync(permit, judged, touch, content, prepared.ContactRef);
        }
        catch (Exception e)
        {
            // A transport that throws has broken its word; what it did before is not known.
            result = new SendResult.Unknown($"the transport failed: {e.GetType().Name}: {e.Message}");
        }

        var now = clocks.Now;
        await recorder.RecordAsync(result switch
        {
            SendResult.Accepted a => new Outcome.Accepted(permit.PermitId, now, a.ProviderRef, a.ControlUrl, touch.Channel == Channel.Call ? now + Duration.FromSeconds(judged.Campaign.Owner.RingSeconds) : null),
            SendResult.Refused r => new Outcome.Refused(permit.PermitId, now, r.Reason, r.Disposition),
            SendResult.NotSent n => new Outcome.NotSent(permit.PermitId, now, Because(n.Because), n.Reason),
            SendResult.Unknown u => new Outcome.Unknown(permit.PermitId, now, u.Reason),
            _ => throw new InvalidOperationException($"unknown result {result}"),
        });
        return result.GetType().Name.ToLowerInvariant();
    }

    private Task<SendResult> TransmitAsync(SendPermit permit, Judgement judged, Touch touch, TouchContent content, string? contactRef)
    {
        var lead = judged.Lead.Lead;
        var owner = judged.Campaign.Owner;
        var sender = judged.Facts.Sender!.Sender;
        return touch.Channel switch
        {
            Channel.Email => mail.SendAsync(permit, new OutgoingEmail(content.MessageId!, content.FromAddress, sender.DisplayName, content.ToAddress, lead.FullName, content.Subject!, content.Body,
                OptOutLinks.For(lead.Id, owner.PublicUrl, judged.Campaign.LinkSecret), $"{content.FromAddress}?subject=unsubscribe%20{touch.Id}",
                Earlier(judged, touch, content)), CancellationToken.None),
            Channel.Call => calls.PlaceAsync(permit, new OutgoingCall(touch.Id, lead.Id, sender.ProviderKey ?? sender.Address, content.ToAddress, judged.Facts.Address!.Extension, lead.FullName, content.Body,
                new Dictionary<string, string> { ["first_name"] = lead.FirstName ?? "", ["company"] = TemplateValues.OneLine(lead.CompanyName) ?? "", ["seller"] = owner.SellerName },
                owner.MaxCallSeconds, owner.RingSeconds, judged.Verdict.ValidUntil, WarmTransfer.To(owner, clocks.Now)), CancellationToken.None),
            _ => texts.SendAsync(permit, new OutgoingText(touch.Id, contactRef!, content.FromAddress, content.ToAddress, content.Body), CancellationToken.None),
        };
    }

    /// <summary>What the same mailbox wrote to them before: its Message-IDs differ from this one's only in the touch.</summary>
    private static IReadOnlyList<string> Earlier(Judgement judged, Touch touch, TouchContent content) =>
        [.. judged.Lead.Touches.Where(t => t.Channel == Channel.Email && t.Id != touch.Id && t.SenderId == judged.Facts.Sender!.Sender.Id && t.State is TouchState.Sent or TouchState.Unconfirmed && t.BegunAt is not null)
            .OrderBy(t => t.BegunAt).TakeLast(5).Select(t => content.MessageId!.Replace(touch.Id, t.Id, StringComparison.Ordinal))];

    private static FailedBecause Because(NotSentBecause because) => because switch
    {
        NotSentBecause.Transient => FailedBecause.Transient,
        NotSentBecause.Account => FailedBecause.Account,
        _ => FailedBecause.PermitExpired,
    };
}
