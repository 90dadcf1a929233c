using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Some states do not let an artificial voice sell at all. Consent does not help, and no setting does.</summary>
public sealed class VoiceAllowed : StateRule
{
    private const string Source = "state automated-call laws";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel != Channel.Call) return Allow("only asked of calls by an AI voice", Source);
        var laws = Laws(facts);
        var barring = laws.Where(l => l.Voice.Rule == VoiceRule.Prohibited).ToList();
        return barring.Count > 0
            ? Park(ParkedReason.NoLegalBasis, $"{Names(barring, "bars", "bar")} AI voice even with consent: {string.Join(" ", barring.Select(l => l.Voice.Note))} A person may call", Sources(barring, Source))
            : Allow(laws.Count == 0 ? "no state's law is known to bar AI voice" : $"{Names(laws, "does", "do")} not bar AI voice with consent", Sources(laws, Source));
    }
}
