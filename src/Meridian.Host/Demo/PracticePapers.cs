using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Pack;
using NodaTime;

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

    /// <summary>As <see cref="All"/>, with numbers that were checked for reassigned ones on this day: such a check does not keep.</summary>
    public static LawSettings On(LocalDate day) => All with { ReassignedNumbers = new ReassignedNumbersCheck { CheckedBy = "a practice world", CheckedOn = day.ToString("uuuu-MM-dd", null) } };

    private static StatePaper[] Of(Func<Jurisdiction, bool> asks) =>
        [.. ContactRulesPack.Current.Jurisdictions.Values.Where(asks).OrderBy(j => j.Code, StringComparer.Ordinal).Select(j => new StatePaper { State = j.Code, Number = $"PRACTICE-{j.Code}" })];
}
