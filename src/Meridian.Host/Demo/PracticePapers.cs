using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Pack;

namespace Meridian.Host.Demo;

/// <summary>Papers of a practice world: it holds every permit and registration that the pack asks for, and a text campaign. Nobody is really called there.</summary>
public static class PracticePapers
{
    public static LawSettings All { get; } = new()
    {
        Permits = Of(j => j.Voice.Rule == VoiceRule.ConsentAndPermit),
        Registrations = Of(j => j.Registration.Status == RegistrationStatus.Required),
        TextCampaign = new TextCampaign { BrandId = "PRACTICE", CampaignId = "PRACTICE", AttestedBy = "a practice world" },
    };

    private static StatePaper[] Of(Func<Jurisdiction, bool> asks) =>
        [.. ContactRulesPack.Current.Jurisdictions.Values.Where(asks).OrderBy(j => j.Code, StringComparer.Ordinal).Select(j => new StatePaper { State = j.Code, Number = $"PRACTICE-{j.Code}" })];
}
