using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Inbound;

/// <summary>What people say in the middle of a call, and when they call us.</summary>
public sealed partial class InboundTurn
{
    /// <summary>Everything ends for them, and so does the call they are in.</summary>
    private async Task<string> CallOptOutAsync(SignalMeaning.CallOptOut optOut, StoredSignal signal, Instant now)
    {
        var touch = await signals.FindTouchAsync(optOut.TouchId, optOut.ProviderRef);
        string[] addresses = [.. new[] { touch?.AddressId, optOut.FromE164 }.OfType<string>().Distinct()];
        if (touch is null && addresses.Length == 0) return await UnmatchedAsync(signal, "an opt-out in a call with nobody we know", now);
        var result = await people.OptOutAsync(new OptOutOrder(addresses, touch?.LeadId, "said so on the phone", "call", optOut.ProviderRef, now));
        foreach (var control in result.LiveCalls) await calls.HangUpAsync(control, CancellationToken.None);
        return "opted out on the phone";
    }

    /// <summary>The machine has done its part: a person goes on.</summary>
    private async Task<string> CallBackAskedAsync(SignalMeaning.CallBackAsked asked, StoredSignal signal, Instant now)
    {
        var touch = await signals.FindTouchAsync(asked.TouchId, asked.ProviderRef);
        if (touch is not null) await people.StopAsync(touch.LeadId, "asked for a person to call back", new Reaction(Channel.Call, Disposition.Interested), now);
        var who = touch is null ? asked.FromE164 ?? "a caller without a number" : $"{touch.LeadId} at {touch.AddressId}";
        await people.OpenIncidentAsync("callback-asked", touch?.TouchId ?? signal.Id, $"{who} asks for a person to call back: {asked.When}", now);
        return "asked for a person to call back";
    }

    private async Task<string> CalledUsAsync(SignalMeaning.CalledUs called, StoredSignal signal, Instant now)
    {
        if (called.FromE164 is not { } from) return "somebody called without a number";
        var leads = await signals.FindLeadsAsync(null, from);
        var reading = Said.Read(called.PersonSaid);
        if (reading == OptOutReading.OptOut)
        {
            foreach (var lead in leads.Count == 0 ? [null] : leads.Cast<string?>()) await people.OptOutAsync(new OptOutOrder([from], lead, "called us and said so", "call", called.ProviderRef, now));
            return "opted out in a call to us";
        }

        foreach (var lead in leads) await people.StopAsync(lead, "called us", new Reaction(Channel.Call, Disposition.Replied), now);
        if (reading == OptOutReading.Unclear)
            await people.OpenIncidentAsync("unclear-reply", signal.Id, $"somebody who called us from {from} may have asked us to stop; please listen and opt them out if they did", now);
        return leads.Count == 0 ? "a call from nobody we know" : "they called us";
    }
}
