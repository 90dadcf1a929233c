using Meridian.Domain.Compliance;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Upkeep;

/// <summary>A check of reassigned numbers does not keep: the owner hears of it before the states that ask for one are closed.</summary>
internal sealed class ReassignedNumbersNotice(IPeopleLedger people)
{
    private const string Kind = "reassigned-numbers-old";
    private const string Subject = "law";

    /// <summary>What was said last, so that a turn with nothing new writes nothing.</summary>
    private string? told = "";

    public async Task TellAsync(LawSettings law, Instant now)
    {
        var warning = law.ReassignedNumbers?.Warning(now);
        if (warning == told) return;
        if (warning is null) await people.CloseIncidentAsync(Kind, Subject, now);
        else await people.OpenIncidentAsync(Kind, Subject, warning, now);
        told = warning;
    }
}
