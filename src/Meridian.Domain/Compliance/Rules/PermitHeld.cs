using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Where an artificial voice needs a permit, there is no AI call until its number is entered.</summary>
public sealed class PermitHeld : StateRule
{
    private const string Source = "state automated-call laws";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel != Channel.Call) return Allow("only asked of calls by an AI voice", Source);
        var asking = Laws(facts).Where(l => l.Voice.Rule == VoiceRule.ConsentAndPermit).ToList();
        var missing = asking.Where(l => facts.Law.Permit(l.Code) is null).ToList();
        if (missing.Count > 0)
            return Park(ParkedReason.NoLegalBasis, $"{Names(missing, "asks", "ask")} for a permit for an automated voice ({string.Join(" ", missing.Select(l => l.Voice.Note))}); enter its number under owner.law.permits", Sources(missing, Source));
        return Allow(asking.Count == 0 ? "no permit is asked for" : string.Join("; ", asking.Select(l => $"{l.Code} permit {facts.Law.Permit(l.Code)!.Number}")), Sources(asking, Source));
    }
}
