using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>A state may forbid unsolicited sales calls to mobile numbers at any hour (Arizona does); a line nobody looked up counts as one.</summary>
public sealed class MobileBan : StateRule
{
    private const string Source = "state bans of unsolicited calls to mobile numbers (AZ)";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        var bans = facts.Channel != Channel.Call ? [] : Laws(facts).SelectMany(l => l.ExtraBlocks.Where(b => b.BarsLiveCallsToMobiles).Select(b => (l.Code, Block: b))).ToList();
        if (bans.Count == 0) return Allow("no state forbids the call to a mobile phone", Source);
        var source = string.Join(" | ", bans.Select(b => $"{b.Block.Cite} ({Pack.Citation.Mark(b.Block.Evidence)})"));
        return facts.Number.Line is { Type: not LineType.Mobile and not LineType.Other } line && now < line.At + LineLookup.Life
            ? Allow($"a carrier lookup of {Say.Utc(line.At)} says it is no mobile phone", source, line.At + LineLookup.Life)
            : Refuse(SkippedReason.Suppressed, $"{bans[0].Code} forbids unsolicited calls to mobile numbers, and no carrier lookup says that this is none", source);
    }
}
