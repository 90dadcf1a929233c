using Meridian.Engine.Desks;
using NodaTime;

namespace Meridian.Engine.Records;

/// <summary>Once a day: what need not be kept any longer is not kept any longer.</summary>
public sealed class RecordsTurn(IRecords records, Clocks clocks) : ITurn
{
    private static readonly Duration Daily = Duration.FromDays(1);

    public string Kind => "records";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var dropped = await records.DropOutdatedAsync(clocks.Now);
        return new TurnResult(clocks.Now + Daily, dropped == 0 ? "nothing outdated" : $"dropped {dropped} outdated records");
    }
}
