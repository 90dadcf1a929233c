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
/// <param name="Asked">Since when the CRM was asked what it holds of the person; null: it was not.</param>
public sealed record Prepared(string? NotReady, bool SenderMustRest = false, string? ContactRef = null, Duration? Rest = null, MachineAge? Asked = null)
{
    /// <summary>What was learned is too old to act on.</summary>
    public bool IsStale => Asked?.IsAtLeast(CrmLook.Holds) == true;
}

/// <summary>Hands one begun touch to its provider and records what came of it. One permit, one wire request.</summary>
public sealed class HandOver(
    IMailTransport mail, ICallTransport calls, ITextTransport texts, OutcomeRecorder recorder, IPeopleLedger people, IFacts facts, Clocks clocks, IDoNotDisturb? crm = null)
{
    /// <summary>Longer than a hiccup of the CRM, short beside any window.</summary>
    private static readonly Duration UnaskedRests = Duration.FromMinutes(5);

    private readonly CrmLook look = new(crm, people, facts, clocks);

    /// <summary>What must be known at the provider before a begin. Sends nothing to the person.</summary>
    public async Task<Prepared> PrepareAsync(Judgement judged, Touch touch)
    {
        var prepared = touch.Channel == Channel.Text ? await KnowAsync(judged, touch) : await LookAsync(judged, touch);
        if (prepared.NotReady is not null || !prepared.IsStale) return prepared;
        return await UnaskedAsync(touch, $"it took longer than {CrmLook.Holds.TotalSeconds:0} s to answer");
    }

    /// <summary>Makes the person a contact at the texts' provider, which tells what it holds of them.</summary>
    private async Task<Prepared> KnowAsync(Judgement judged, Touch touch)
    {
        var (lead, asked) = (judged.Lead.Lead, MachineAge.New(clocks.Machine));
        var email = judged.Lead.Addresses.FirstOrDefault(a => a.Kind == AddressKind.Email)?.AddressId;
        var answer = await texts.PrepareAsync(new TextPerson(lead.Id, lead.FirstName, lead.LastName, email, judged.Facts.Address!.AddressId, lead.CompanyName), CancellationToken.None);
        switch (answer)
        {
            case TextContact.Ready ready:
                await facts.KeepRefAsync("highlevel", ready.ContactId, lead.Id);
                await facts.KeepAskedAsync(touch.Id);
                return new Prepared(null, ContactRef: ready.ContactId, Asked: asked);
            case TextContact.DoNotDisturb dnd:
                await people.OptOutAsync(new OptOutOrder([judged.Facts.Address.AddressId], lead.Id, $"do-not-disturb at HighLevel: {dnd.Detail}", "highlevel", dnd.ContactId, clocks.Now));
                return new Prepared("the provider holds a do-not-disturb");
            case TextContact.Mismatch mismatch:
                await people.OpenIncidentAsync("contact-mismatch", lead.Id, mismatch.Detail, clocks.Now);
                await people.StopAsync(lead.Id, $"HighLevel knows this person under another number: {mismatch.Detail}", null, clocks.Now);
                return new Prepared(mismatch.Detail);
            case TextContact.NotReady { IsAboutThem: true } notReady:
                return await UnaskedAsync(touch, notReady.Reason);
            case TextContact.NotReady notReady:
                return new Prepared(notReady.Reason, SenderMustRest: true);
            default:
                throw new InvalidOperationException($"unknown answer {answer}");
        }
    }

    /// <summary>While the CRM cannot be asked, that call or e-mail rests.</summary>
    private async Task<Prepared> LookAsync(Judgement judged, Touch touch)
    {
        switch (await look.AtAsync(judged.Lead.Lead.Id, judged.Facts.Address!.AddressId))
        {
            case Looked.Asked:
                return new Prepared("the CRM holds a do-not-disturb");
            case Looked.CannotTell unknown:
                return await UnaskedAsync(touch, unknown.Reason);
            case Looked.Quiet { Since: { } since }:
                await facts.KeepAskedAsync(touch.Id);
                return new Prepared(null, Asked: since);
            default:
                return new Prepared(null);
        }
    }

    /// <summary>This one touch rests and the sender goes on with others; when people rest so for an hour the owner hears.</summary>
    private async Task<Prepared> UnaskedAsync(Touch touch, string why)
    {
        await facts.KeepUnaskedAsync(touch.Id, why, clocks.Now);
        return new Prepared($"the CRM could not be asked what it holds of them: {why}", Rest: UnaskedRests);
    }

    /// <summary>Sends under the permit, records the outcome (not cancellable), and says it in one word.</summary>
    public async Task<string> SendAsync(SendPermit permit, Judgement judged, Touch touch, TouchContent content, Prepared prepared)
    {
        SendResult result;
        try
        {
            result = clocks.Now > judged.Verdict.ValidUntil
                ? new SendResult.NotSent(NotSentBecause.PermitExpired, "what was allowed had ended before it was handed over")
                : prepared.IsStale
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
