using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Pack;
using Meridian.Host.Demo;
using NodaTime;
using NodaTime.Text;
using Xunit;

namespace Meridian.Tests.Domain.Compliance;

public class LawSettingsTests
{
    [Fact]
    public void Everything_left_empty_is_named_with_its_remedy()
    {
        var settings = new LawSettings
        {
            Permits = [new StatePaper { State = "NE", Number = " " }, new StatePaper { State = "tx", Number = "1" }],
            Registrations = [new StatePaper { State = "ny", Number = "1" }],
            Exemptions = [new StateExemption()],
            Emergencies = [new DeclaredEmergency { State = "ZZ" }, new DeclaredEmergency { State = "LA", Until = "2026-13-01" }],
            TextCampaign = new TextCampaign { BrandId = " " },
            BusinessLandlines = new BusinessLandlineSetting(),
            ReassignedNumbers = new ReassignedNumbersCheck { CheckedOn = "last week" },
            StaleAfterDays = 0,
        };
        Assert.Equal(
        [
            "owner.law.permits[0].number is empty: give the number the state of NE wrote on the paper",
            "owner.law.permits[1].state is 'tx': give two capital letters such as TX",
            "owner.law.registrations[0].state is 'ny': give two capital letters such as TX",
            "owner.law.exemptions[0].state is '': give two capital letters such as TX",
            "owner.law.exemptions[0].reason is empty: name the provision that exempts you",
            "owner.law.exemptions[0].recordedBy is empty: name who found it",
            "owner.law.emergencies[0].state is 'ZZ': give two capital letters such as TX",
            "owner.law.emergencies[1].until is '2026-13-01': give its last day, such as 2026-12-01, or leave it out until you know",
            "owner.law.textCampaign.brandId is empty: give it as The Campaign Registry shows it",
            "owner.law.textCampaign.campaignId is empty: give it as The Campaign Registry shows it",
            "owner.law.textCampaign.attestedBy is empty: give it as The Campaign Registry shows it, and the name of who looked",
            "owner.law.businessLandlines.signedBy is empty: name who signs for AI calls without consent to business landlines",
            "owner.law.businessLandlines.signedOn is '': give the day, such as 2026-11-23",
            "owner.law.reassignedNumbers.checkedBy is empty: name who checked the numbers against the Reassigned Numbers Database",
            "owner.law.reassignedNumbers.checkedOn is 'last week': give the day of the check, such as 2026-11-23",
            "owner.law.staleAfterDays is 0: give 1 to 180",
        ], settings.Problems());
    }

    [Fact]
    public void Whole_papers_are_no_problem()
    {
        var settings = PracticePapers.All with
        {
            Exemptions = [new StateExemption { State = "NJ", Reason = "N.J.S.A. 56:8-120", RecordedBy = "Ada" }],
            Emergencies = [new DeclaredEmergency { State = "LA", Until = "2026-12-01" }, new DeclaredEmergency { State = "NY" }],
            BusinessLandlines = new BusinessLandlineSetting { SignedBy = "Sam Owner", SignedOn = "2026-11-23" },
            ReassignedNumbers = new ReassignedNumbersCheck { CheckedBy = "Ada", CheckedOn = "2026-11-23" },
        };
        Assert.Empty(settings.Problems());
        Assert.Empty((settings with { StaleAfterDays = 1 }).Problems());
        Assert.Empty((settings with { StaleAfterDays = 180 }).Problems());
        Assert.Single((settings with { StaleAfterDays = 181 }).Problems());
        Assert.Equal(90, new LawSettings().StaleAfterDays);
        foreach (var months in new[] { 0, 1, 120 }) Assert.Empty((settings with { ConsentMonths = months }).Problems());
        foreach (var months in new[] { -1, 121 }) Assert.Equal([$"owner.law.consentMonths is {months}: give 1 to 120, or 0 for no end"], (settings with { ConsentMonths = months }).Problems());
    }

    [Fact]
    public void What_is_left_out_is_empty()
    {
        Assert.Equal(new TextCampaign { BrandId = "", CampaignId = "", AttestedBy = "" }, new TextCampaign());
        Assert.Equal(new StatePaper { State = "", Number = "" }, new StatePaper());
        Assert.Equal(new StateExemption { State = "", Reason = "", RecordedBy = "" }, new StateExemption());
        Assert.Equal(new DeclaredEmergency { State = "", Until = null }, new DeclaredEmergency());
        Assert.Equal(new BusinessLandlineSetting { SignedBy = "", SignedOn = "" }, new BusinessLandlineSetting());
        Assert.Equal(new ReassignedNumbersCheck { CheckedBy = "", CheckedOn = "" }, new ReassignedNumbersCheck());
    }

    [Fact]
    public void A_paper_is_found_by_its_own_state()
    {
        var settings = new LawSettings
        {
            Permits = [new StatePaper { State = "TX", Number = "1" }, new StatePaper { State = "NE", Number = "2" }],
            Exemptions = [new StateExemption { State = "NJ" }, new StateExemption { State = "NY", Reason = "r" }],
        };
        Assert.Equal("2", settings.Permit("NE")?.Number);
        Assert.Null(settings.Permit("ne"));
        Assert.Equal("r", settings.Exemption("NY")?.Reason);
        Assert.Null(settings.Registration("NE"));
        Assert.Empty(settings.EmergenciesOf("NE"));
    }

    [Fact]
    public void The_states_that_lack_a_paper_are_named_and_a_permit_is_asked_for_calls_only()
    {
        var asksToRegister = Where(j => j.Registration.Status == RegistrationStatus.Required || j.AsksReassignedNumbers);
        var asksForPermit = Where(j => j.Voice.Rule == VoiceRule.ConsentAndPermit);
        Assert.Equal(asksToRegister, new LawSettings().StatesThatLackPapers(calls: false));
        Assert.Equal(asksToRegister.Union(asksForPermit).Order(StringComparer.Ordinal), new LawSettings().StatesThatLackPapers(calls: true));
        var papers = PracticePapers.On(new LocalDate(2026, 11, 23));
        Assert.Empty(papers.StatesThatLackPapers(calls: true));
        Assert.Equal(["ME"], (papers with { ReassignedNumbers = null }).StatesThatLackPapers(calls: false));
        Assert.Equal(asksForPermit, (papers with { Permits = [] }).StatesThatLackPapers(calls: true));
        Assert.Empty((papers with { Permits = [] }).StatesThatLackPapers(calls: false));
        Assert.DoesNotContain("NJ", (new LawSettings { Exemptions = [new StateExemption { State = "NJ" }] }).StatesThatLackPapers(calls: true));
    }

    [Fact]
    public void A_changed_paper_concerns_its_state_and_a_changed_campaign_all()
    {
        var settings = PracticePapers.All;
        Assert.Empty(settings.StatesThatDiffer(PracticePapers.All with { StaleAfterDays = 30 }));
        Assert.Equal(["NE"], settings.StatesThatDiffer(settings with { Permits = [.. settings.Permits.Where(p => p.State != "NE")] }));
        Assert.Equal(["NY"], settings.StatesThatDiffer(settings with { Registrations = [.. settings.Registrations.Select(p => p.State == "NY" ? p with { Number = "other" } : p)] }));
        Assert.Equal(["NJ"], settings.StatesThatDiffer(settings with { Exemptions = [new StateExemption { State = "NJ" }] }));
        Assert.Equal(["ME"], settings.StatesThatDiffer(PracticePapers.On(new LocalDate(2026, 11, 23))));
        Assert.Equal(["ME"], PracticePapers.On(new LocalDate(2026, 10, 23)).StatesThatDiffer(PracticePapers.On(new LocalDate(2026, 11, 23))));
        Assert.Equal(["LA"], (settings with { Emergencies = [new DeclaredEmergency { State = "LA" }] }).StatesThatDiffer(settings));
        Assert.Equal(ContactRulesPack.Current.Jurisdictions.Keys.Order(), settings.StatesThatDiffer(settings with { TextCampaign = null }).Order());
    }

    /// <summary>The same paper is a permit to one and an entry in a register to another: they are two facts.</summary>
    [Fact]
    public void A_paper_moved_from_the_permits_to_the_registrations_is_a_difference()
    {
        StatePaper[] paper = [new StatePaper { State = "TX", Number = "1" }];
        Assert.Equal(["TX"], new LawSettings { Permits = paper }.StatesThatDiffer(new LawSettings { Registrations = paper }));
    }

    [Theory]
    [InlineData("2026-11-16", "2026-11-15T23:00:00Z", false)] // it is tomorrow already somewhere
    [InlineData("2026-11-16", "2026-12-14T23:59:59Z", false)]
    [InlineData("2026-11-16", "2026-12-15T00:00:00Z", true)]  // three days before it is too old
    [InlineData("2026-11-16", "2026-12-18T00:00:00Z", true)]
    [InlineData("2026-11-16", "2026-11-14T12:00:00Z", true)]
    [InlineData("soon", "2026-11-16T12:00:00Z", true)]
    public void A_check_of_reassigned_numbers_that_soon_is_too_old_is_said_to_be(string checkedOn, string now, bool said) => Assert.Equal(
        said ? $"the numbers were checked against the Reassigned Numbers Database on {checkedOn} (owner.law.reassignedNumbers), which is good for 31 days: enter a fresh check, or nobody is called or texted in the states that ask for one" : null,
        new ReassignedNumbersCheck { CheckedBy = "Ada", CheckedOn = checkedOn }.Warning(InstantPattern.General.Parse(now).Value));

    private static string[] Where(Func<Jurisdiction, bool> which) => [.. ContactRulesPack.Current.Jurisdictions.Values.Where(which).Select(j => j.Code).Order(StringComparer.Ordinal)];
}
