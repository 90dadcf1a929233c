using Meridian.Domain.Compliance.Pack;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Domain.Compliance;

/// <summary>
/// What the owner adds to the contact law: papers it holds, and emergencies it knows of. Nothing here widens hours, caps or gaps, and no setting lifts a
/// state's ban. Empty is safe: a state that asks for a paper is then not called.
/// </summary>
public sealed record LawSettings
{
    /// <summary>Permits for an automated or artificial voice.</summary>
    public IReadOnlyList<StatePaper> Permits { get; init; } = [];

    /// <summary>Entries in states' registers of telephone sellers.</summary>
    public IReadOnlyList<StatePaper> Registrations { get; init; } = [];

    /// <summary>Why a register does not ask for this seller, as counsel found.</summary>
    public IReadOnlyList<StateExemption> Exemptions { get; init; } = [];

    /// <summary>Areas nobody calls or texts for a while.</summary>
    public IReadOnlyList<DeclaredEmergency> Emergencies { get; init; } = [];

    /// <summary>The registered campaign all texts go out under; null: nothing is texted.</summary>
    public TextCampaign? TextCampaign { get; init; }

    /// <summary>AI calls without consent to business landlines that a carrier lookup confirmed, where the law leaves them open; null: none.</summary>
    public BusinessLandlineSetting? BusinessLandlines { get; init; }

    /// <summary>The last time the numbers were checked against the Reassigned Numbers Database; null: no call and no text where a state asks for it.</summary>
    public ReassignedNumbersCheck? ReassignedNumbers { get; init; }

    /// <summary>Days after which the facts of the pack are called old; 1 to 180.</summary>
    public int StaleAfterDays { get; init; } = 90;

    /// <summary>Months after which a written consent to calls or texts is no longer relied on, counted from the day it was given; 0: it has no end.</summary>
    public int ConsentMonths { get; init; } = ConsentLife.Months;

    public StatePaper? Permit(string state) => Permits.FirstOrDefault(p => Same(p.State, state));

    public StatePaper? Registration(string state) => Registrations.FirstOrDefault(p => Same(p.State, state));

    public StateExemption? Exemption(string state) => Exemptions.FirstOrDefault(e => Same(e.State, state));

    /// <summary>A state may be struck twice.</summary>
    public IEnumerable<DeclaredEmergency> EmergenciesOf(string state) => Emergencies.Where(e => Same(e.State, state));

    /// <summary>Every problem at once, by field, value and remedy; empty when the settings are good.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        foreach (var (list, name) in new[] { (Permits, "permits"), (Registrations, "registrations") })
            foreach (var (paper, i) in list.Select((p, i) => (p, i)))
            {
                State($"{name}[{i}]", paper.State);
                if (string.IsNullOrWhiteSpace(paper.Number)) problems.Add($"owner.law.{name}[{i}].number is empty: give the number the state of {paper.State} wrote on the paper");
            }

        foreach (var (e, i) in Exemptions.Select((e, i) => (e, i)))
        {
            State($"exemptions[{i}]", e.State);
            if (string.IsNullOrWhiteSpace(e.Reason)) problems.Add($"owner.law.exemptions[{i}].reason is empty: name the provision that exempts you");
            if (string.IsNullOrWhiteSpace(e.RecordedBy)) problems.Add($"owner.law.exemptions[{i}].recordedBy is empty: name who found it");
        }

        foreach (var (e, i) in Emergencies.Select((e, i) => (e, i)))
        {
            State($"emergencies[{i}]", e.State);
            if (e.Until is not null && e.LastDay is null) problems.Add($"owner.law.emergencies[{i}].until is '{e.Until}': give its last day, such as 2026-12-01, or leave it out until you know");
        }

        if (TextCampaign is { } c)
            foreach (var (name, value) in new[] { ("brandId", c.BrandId), ("campaignId", c.CampaignId), ("attestedBy", c.AttestedBy) })
                if (string.IsNullOrWhiteSpace(value)) problems.Add($"owner.law.textCampaign.{name} is empty: give it as The Campaign Registry shows it{(name == "attestedBy" ? ", and the name of who looked" : "")}");

        if (BusinessLandlines is { } lines)
        {
            if (string.IsNullOrWhiteSpace(lines.SignedBy)) problems.Add("owner.law.businessLandlines.signedBy is empty: name who signs for AI calls without consent to business landlines");
            if (!LocalDatePattern.Iso.Parse(lines.SignedOn).Success) problems.Add($"owner.law.businessLandlines.signedOn is '{lines.SignedOn}': give the day, such as 2026-11-23");
        }

        if (ReassignedNumbers is { } check)
        {
            if (string.IsNullOrWhiteSpace(check.CheckedBy)) problems.Add("owner.law.reassignedNumbers.checkedBy is empty: name who checked the numbers against the Reassigned Numbers Database");
            if (check.Day is null) problems.Add($"owner.law.reassignedNumbers.checkedOn is '{check.CheckedOn}': give the day of the check, such as 2026-11-23");
        }

        if (StaleAfterDays is < 1 or > 180) problems.Add($"owner.law.staleAfterDays is {StaleAfterDays}: give 1 to 180");
        if (ConsentMonths is < 0 or > 120) problems.Add($"owner.law.consentMonths is {ConsentMonths}: give 1 to 120, or 0 for no end");
        return problems;

        void State(string where, string state)
        {
            if (!ContactRulesPack.Current.Jurisdictions.ContainsKey(state)) problems.Add($"owner.law.{where}.state is '{state}': give two capital letters such as TX");
        }
    }

    /// <summary>States that ask for a registration or a check of reassigned numbers, or for calls also a permit, which is not entered here: nobody is called or texted there.</summary>
    public IReadOnlyList<string> StatesThatLackPapers(bool calls) =>
    [
        .. from j in ContactRulesPack.Current.Jurisdictions.Values
           where (j.Registration.Status == RegistrationStatus.Required && Registration(j.Code) is null && Exemption(j.Code) is null)
              || (j.AsksReassignedNumbers && ReassignedNumbers is null)
              || (calls && j.Voice.Rule == VoiceRule.ConsentAndPermit && Permit(j.Code) is null)
           orderby j.Code
           select j.Code,
    ];

    /// <summary>The states about which these settings and others say different things; a text campaign concerns all.</summary>
    public IReadOnlySet<string> StatesThatDiffer(LawSettings other)
    {
        if (TextCampaign != other.TextCampaign) return ContactRulesPack.Current.Jurisdictions.Keys.ToHashSet(StringComparer.Ordinal);
        var (mine, theirs) = (Facts().ToHashSet(), other.Facts().ToHashSet());
        mine.SymmetricExceptWith(theirs);
        return mine.Select(f => f.State).ToHashSet(StringComparer.Ordinal);
    }

    private IEnumerable<(string State, object Fact)> Facts() =>
        Permits.Select(p => (p.State, (object)("permit", p))).Concat(Registrations.Select(p => (p.State, (object)("registration", p))))
            .Concat(Exemptions.Select(e => (e.State, (object)e))).Concat(Emergencies.Select(e => (e.State, (object)e)))
            .Concat(ReassignedNumbers is { } check ? ContactRulesPack.Current.Jurisdictions.Values.Where(j => j.AsksReassignedNumbers).Select(j => (j.Code, (object)check)) : []);

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);
}

/// <summary>A 10DLC brand and campaign that carriers know, and who says so.</summary>
public sealed record TextCampaign
{
    public string BrandId { get; init; } = "";

    public string CampaignId { get; init; } = "";

    /// <summary>Who looked it up and attests that it is approved for these texts.</summary>
    public string AttestedBy { get; init; } = "";
}

/// <summary>A paper a state gave the seller.</summary>
public sealed record StatePaper
{
    /// <summary>Two capital letters.</summary>
    public string State { get; init; } = "";

    /// <summary>As the paper says.</summary>
    public string Number { get; init; } = "";
}

/// <summary>A provision by which a state's register does not ask for this seller.</summary>
public sealed record StateExemption
{
    /// <summary>Two capital letters.</summary>
    public string State { get; init; } = "";

    /// <summary>The provision.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who found that it applies.</summary>
    public string RecordedBy { get; init; } = "";
}

/// <summary>An emergency a state has declared.</summary>
public sealed record DeclaredEmergency
{
    /// <summary>Two capital letters.</summary>
    public string State { get; init; } = "";

    /// <summary>Its last day, <c>2026-12-01</c>; null: until the owner takes it out.</summary>
    public string? Until { get; init; }

    internal LocalDate? LastDay => Until is not null && LocalDatePattern.Iso.Parse(Until) is { Success: true } day ? day.Value : null;
}
