using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;

namespace Meridian.Engine.Intake;

/// <summary>Enrols new leads in the campaigns that enrol by themselves.</summary>
public sealed class IntakeTurn(IFacts facts, Clocks clocks) : ITurn
{
    private const int MostPerTurn = 500;

    public string Kind => "intake";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var enrolled = 0;
        foreach (var campaign in await facts.EnrollingCampaignsAsync()) enrolled += await facts.EnrollNewAsync(campaign, clocks.Now, MostPerTurn);
        return enrolled > 0 ? new TurnResult(clocks.Now, $"enrolled {enrolled}") : new TurnResult(TurnResult.Asleep, "nobody new");
    }
}
