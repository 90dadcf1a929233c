using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Inbound;

/// <summary>What people and mail servers write to our mailboxes. A message finds its person by the touch it answers and by the address it came from.</summary>
public sealed partial class InboundTurn
{
    private async Task<string> MailReplyAsync(SignalMeaning.MailReply reply, StoredSignal signal, Instant now)
    {
        var (_, leads) = await WhoWroteAsync(reply.TouchId, reply.From);
        // Somebody we wrote to may answer from an address we never knew, and go on being written to.
        if (leads.Count == 0) return reply.IsUnclear || reply.IsAnswer ? await UnmatchedAsync(signal, "an e-mail from an address nobody holds answers us or may ask us to stop; please read it and opt them out if it does", now) : "unmatched reply by e-mail";
        // Any reply stops the later steps: a person is talking to us now.
        foreach (var lead in leads) await people.StopAsync(lead, "replied by e-mail", new Reaction(Channel.Email, Disposition.Replied), now);
        if (reply.IsUnclear) await people.OpenIncidentAsync("unclear-reply", signal.Id, "an e-mail may ask us to stop; their walk has ended, please read it and opt them out if it does", now);
        return "replied by e-mail";
    }

    private async Task<string> MailOptOutAsync(SignalMeaning.MailOptOut optOut, StoredSignal signal, Instant now)
    {
        var (touch, leads) = await WhoWroteAsync(optOut.TouchId, optOut.From);
        var named = new SortedSet<string>(leads, StringComparer.Ordinal);
        if (optOut.LeadId is { } byToken) named.Add(byToken);
        string[] addresses = [.. new[] { optOut.From, touch?.AddressId }.OfType<string>().Distinct()];
        if (named.Count == 0 && addresses.Length == 0) return await UnmatchedAsync(signal, "an opt-out from nobody we know", now);

        foreach (var lead in named.Count == 0 ? [null] : named.Cast<string?>())
        {
            var result = await people.OptOutAsync(new OptOutOrder(addresses, lead, optOut.Reason, "email", signal.EventId, now));
            foreach (var control in result.LiveCalls) await calls.HangUpAsync(control, CancellationToken.None);
        }

        // The address is suppressed in any case; whose it is, somebody should find out.
        if (named.Count == 0) await UnmatchedAsync(signal, "an opt-out by e-mail from an address nobody holds", now);
        return "opted out by e-mail";
    }

    private async Task<string> MailBounceAsync(SignalMeaning.MailBounce bounce, StoredSignal signal, Instant now)
    {
        var touch = await signals.FindTouchAsync(bounce.TouchId, null);
        // Anybody can write a bounce: it is believed about a person we wrote to, not about an address it merely names.
        var address = touch is null ? await KnownAsync(bounce.Recipient) : touch.AddressId is { } ours && (bounce.Recipient is null || bounce.Recipient == ours) ? ours : null;
        switch (bounce.Failure)
        {
            case BounceKind.Blocked:
                await people.OpenIncidentAsync("mail-blocked", touch?.SenderId ?? signal.Id, $"a mail server refuses our sender: {bounce.Detail}", now);
                return "bounced, our sender is blocked";
            case BounceKind.Soft:
                return "bounced for now";
            case var _ when address is null:
                return touch is null ? "unmatched bounce" : "bounced on its way to another address";
            case var _ when touch is not null && (await facts.TouchAsync(touch.TouchId))?.Disposition == Disposition.Replied:
                return "bounced after a reply, which proves more";
            default:
                await people.MarkUndeliverableAsync(address!, bounce.Detail, now, touch?.TouchId);
                return "bounced for good";
        }
    }

    private async Task<string?> KnownAsync(string? address) => address is not null && (await signals.FindLeadsAsync(null, address)).Count > 0 ? address : null;

    /// <summary>The touch, and everybody who may be the writer: its lead, and whoever holds its address or the one written from.</summary>
    private async Task<(TouchRef? Touch, IReadOnlyCollection<string> Leads)> WhoWroteAsync(string? touchId, string? from)
    {
        var touch = await signals.FindTouchAsync(touchId, null);
        var leads = new SortedSet<string>(StringComparer.Ordinal);
        if (touch is not null) leads.Add(touch.LeadId);
        foreach (var address in new[] { touch?.AddressId, from }.OfType<string>()) leads.UnionWith(await signals.FindLeadsAsync(null, address));
        return (touch, leads);
    }
}
