using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>
/// A state may bar automated calls to mobile numbers, whatever was signed (Nebraska does). What no carrier calls a landline counts as a mobile; a
/// voice-over-IP line rings anywhere. A person may call, so the step waits as it does where an artificial voice is barred.
/// </summary>
public sealed class VoiceToMobiles : StateRule
{
    private const string Source = "state bans of automated calls to mobile numbers (NE)";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel != Channel.Call) return Allow("only asked of calls by an AI voice", Source);
        var bans = Laws(facts).SelectMany(l => l.ExtraBlocks.Where(b => b.BarsVoiceToMobiles).Select(b => (Law: l, Block: b))).ToList();
        if (bans.Count == 0) return Allow("no state bars an AI voice from mobiles even with consent", Source);
        var source = string.Join(" | ", bans.Select(b => $"{b.Block.Cite} ({Citation.Mark(b.Block.Evidence)})"));
        if (facts.Address?.Line is { Type: LineType.Landline } line && now < line.At + LineLookup.Life)
            return Allow($"a carrier lookup of {Say.Utc(line.At)} says it is a landline", source, line.At + LineLookup.Life);
        return Park(ParkedReason.NoLegalBasis, $"{Names(bans.ConvertAll(b => b.Law), "bars", "bar")} an AI voice from mobile numbers even with consent, and no carrier lookup says that this is a landline. A person may call", source);
    }
}
