using Meridian.Adapters.Sql;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Faults;

/// <summary>
/// One permit, at most one request that could contact anybody, whatever goes wrong, counted where it arrives. What is in doubt ends by looking, or
/// as an incident; what the ledger calls failed did not happen, and what happened is never called failed.
/// </summary>
public abstract class OneRequestTests(string channel)
{
    private const int People = 6;
    /// <param name="faults">Entries; <c>@</c> stands for the channel's own provider and request, on its first and third occasion.</param>
    protected async Task HoldsAsync(string faults, string first, TestDatabase? database = null)
    {
        var own = channel switch
        {
            "call" => "\"provider\": \"vapi\", \"request\": \"POST /call\", \"nth\": [1, 3], ",
            "text" => "\"provider\": \"highlevel\", \"request\": \"POST /conversations/messages\", \"nth\": [1, 3], ",
            _ => "\"provider\": \"mail\", \"nth\": [1, 3], ",
        };
        var script = $"{{ \"faults\": [{faults.Replace("@", own, StringComparison.Ordinal)}] }}";
        await using var world = await FaultWorld.OpenAsync(database ?? new TestDatabase.Sqlite(), script, People);
        // The faults meet the first and the third of the day; then the horizon passes.
        await world.RunAsync(FaultWorld.Start + Duration.FromHours(1) + (channel == "call" ? SqlTouchLedger.CallHorizon : SqlTouchLedger.Horizon));
        var touches = await world.TouchesAsync();
        FaultLaws.Hold(touches, world.Wire(), world.Log(), People);
        Assert.Equal(first, touches.First(t => t.Channel == channel) switch { { State: "unconfirmed" } => "incident", var t => t.State + (t.FailedBecause is null ? "" : $" {t.FailedBecause}") });
    }
}
