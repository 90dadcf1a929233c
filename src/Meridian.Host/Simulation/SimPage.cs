using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Consents;

namespace Meridian.Host.Simulation;

/// <summary>The consent page of a simulated world.</summary>
internal sealed class SimPage(Scheduler scheduler, SqlStore store, IIds ids)
{
    /// <summary>Somebody signs for calls, texts or both, on the page as it stood when they opened it: before they said no, if they did.</summary>
    public async Task SignAsync(SimPerson person)
    {
        var now = scheduler.Now;
        Channel[] ticked = scheduler.Chance.Next(3) switch { 0 => [Channel.Call], 1 => [Channel.Text], _ => [Channel.Call, Channel.Text] };
        var result = await new SqlConsents(store, ids).SignAsync(new SignedConsent(
            person.Id, person.Phone, ticked, SimWorld.Owner.SellerName, "Ann Example", ConsentText.Version, "simulated", "simulated", "192.0.2.1", null, now.InUtc().Date, now));
        scheduler.Say($"--- {person.Id} signs: {result}");
    }
}
