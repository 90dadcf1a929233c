using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;

namespace Meridian.Host.OptOut;

/// <summary>What a press does.</summary>
internal sealed class OptOutByLink(IPeopleLedger people, ICallTransport calls)
{
    /// <summary>False: nobody of that name is here, and they told no address.</summary>
    public async Task<bool> TakeAsync(Press press)
    {
        var result = await people.OptOutAsync(new OptOutOrder(press.AddressId is { } typed ? [typed] : [], press.LeadId, "pressed the opt-out link", "link", press.Request, press.At));
        if (result.LeadIds.Count == 0 && result.AddressIds.Count == 0)
        {
            // Signed by us, and nobody here: an older copy of the data was put back. It must not look as if it had worked.
            await people.OpenIncidentAsync("opt-out-of-nobody", press.LeadId, "somebody pressed an opt-out link we made and their record is not here: if they tell no address, look them up in the backup's successor or among the sent e-mails and opt them out", press.At);
            return false;
        }

        foreach (var control in result.LiveCalls) await calls.HangUpAsync(control, CancellationToken.None);
        return true;
    }
}
