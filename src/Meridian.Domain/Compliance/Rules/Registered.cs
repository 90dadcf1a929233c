using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Where a telephone seller must be on a register, there is no call and no text until the entry, or the exemption, is recorded.</summary>
public sealed class Registered : StateRule
{
    private const string Source = "state laws on telephone sellers";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel == Channel.Email) return Allow("only asked of calls and texts", Source);
        var laws = Laws(facts);
        var asking = laws.Where(l => l.Registration.Status == RegistrationStatus.Required).ToList();
        var missing = asking.Where(l => facts.Law.Registration(l.Code) is null && facts.Law.Exemption(l.Code) is null).ToList();
        if (missing.Count > 0)
            return Park(ParkedReason.NoLegalBasis, $"{Names(missing, "asks", "ask")} telephone sellers to register; enter the number under owner.law.registrations, or why not under owner.law.exemptions", Cites(missing));
        var unsure = laws.Where(l => l.Registration.Status == RegistrationStatus.Likely && facts.Law.Registration(l.Code) is null && facts.Law.Exemption(l.Code) is null).ToList();
        var doubt = unsure.Count == 0 ? "" : $"; {Names(unsure)} may ask for one: let counsel look";
        return Allow((asking.Count == 0 ? "no register is known to ask" : string.Join("; ", asking.Select(l => Paper(facts.Law, l.Code)))) + doubt, asking.Count + unsure.Count == 0 ? Source : Cites([.. asking, .. unsure]));
    }

    private static string Paper(LawSettings law, string state) => law.Registration(state) is { } paper
        ? $"registered in {state} as {paper.Number}"
        : $"exempt in {state} by {law.Exemption(state)!.Reason}, as {law.Exemption(state)!.RecordedBy} found";

    private static string Cites(IEnumerable<Jurisdiction> rows) => string.Join(" | ", rows.Select(r => $"{r.Code}: {r.Registration.Cite} ({Citation.Mark(r.Registration.Evidence)})"));
}
