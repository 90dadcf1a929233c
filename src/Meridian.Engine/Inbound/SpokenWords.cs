using Meridian.Domain.Compliance;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Inbound;

/// <summary>Acts on what a person said on the phone, whether a report or a look brought it. A "no" opts out; what may be one ends the walk, and a person listens.</summary>
public sealed class SpokenWords(IPeopleLedger people)
{
    /// <returns>True when they opted out.</returns>
    public async Task<bool> HearAsync(string touchId, string leadId, string? addressId, string? providerRef, string said, Instant now)
    {
        switch (Said.Read(said))
        {
            case OptOutReading.OptOut:
                await people.OptOutAsync(new OptOutOrder(addressId is null ? [] : [addressId], leadId, "said so on the phone", "call", providerRef, now));
                return true;
            case OptOutReading.Unclear:
                await people.StopAsync(leadId, "may have asked us to stop", null, now);
                await people.OpenIncidentAsync("unclear-reply", touchId, "somebody on the phone may have asked us to stop; their walk has ended, please listen and opt them out if they did", now);
                return false;
            default:
                return false;
        }
    }
}
