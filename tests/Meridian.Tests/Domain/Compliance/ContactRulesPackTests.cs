using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Pack;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Domain.Compliance;

public class ContactRulesPackTests
{
    private static readonly string File = System.IO.File.ReadAllText(Path.Combine(Tidy.Repository.Root, "src", "Meridian.Domain", "Compliance", "Pack", "us-contact-rules.json"));

    [Fact]
    public void The_pack_is_whole_and_every_row_cites_what_it_rests_on()
    {
        var pack = ContactRulesPack.Current;
        Assert.Equal((56, 484), (pack.Jurisdictions.Count, pack.AreaCodes.Count));
        Assert.Equal("AR MA MI MT WA WY", Codes(j => j.Voice.Rule == VoiceRule.Prohibited));
        Assert.Equal("GA KY NE TN TX", Codes(j => j.Voice.Rule == VoiceRule.ConsentAndPermit));
        Assert.Equal("FL MD OK OR", Codes(j => j.MostPerDay == 3));
        Assert.Equal("ME", Codes(j => j.MinHoursBetweenVoice == 8));
        Assert.Equal("LA NY", Codes(j => j.HasEmergencyBan));
        Assert.Equal("CT FL MD OK OR SC VA", Codes(j => j.PresumesByAreaCode));
        Assert.Equal("MS TX", Codes(j => j.AlsoOnClocks.Count > 0));
        Assert.Equal("ME", Codes(j => j.AsksReassignedNumbers));
        Assert.Equal("CO FL IN LA MA MO MS OK PA SD TN TX WY", Codes(j => j.KeepsOwnDoNotCallList));
        Assert.Equal(22, pack.Jurisdictions.Values.Count(j => j.Registration.Status == RegistrationStatus.Required));
        Assert.All(pack.Jurisdictions.Values, j => Assert.NotEmpty(j.Sources));
        Assert.All(pack.Jurisdictions.Values.Where(j => j.Registration.Status == RegistrationStatus.Required), j => Assert.NotNull(j.Registration.Cite));
    }

    [Theory]
    [InlineData("emergency_ban", "us-contact-rules.jurisdictions[3].emergency_ban is missing")]
    [InlineData("call_hours", "us-contact-rules.jurisdictions[3].call_hours is missing")]
    public void A_missing_field_is_named(string field, string said) => Assert.Equal(said, Fails(row => row.Remove(field)));

    [Theory]
    [InlineData("quiet_days", "[\"sat\"]", "us-contact-rules.jurisdictions[3].quiet_days is not a field this build understands")]
    [InlineData("emergency_ban", "\"yes\"", "us-contact-rules.jurisdictions[3].emergency_ban must be true or false")]
    [InlineData("holiday_rule", "\"sometimes\"", "us-contact-rules.jurisdictions[3].holiday_rule is 'sometimes': use one of None, Prohibited, Restricted")]
    [InlineData("holiday_rule", "\"restricted\"", "us-contact-rules.jurisdictions[3].holiday_window must be given where holidays are restricted")]
    [InlineData("sunday_rule", "\"prohibited\"", "us-contact-rules.jurisdictions[3].sunday_rule must be in agreement with the hours, which are 08:00-21:00 Mon-Sun")]
    [InlineData("holiday_set", "\"ZZ\"", "us-contact-rules.jurisdictions[3].holiday_set must be a key of holidays.sets, not 'ZZ'")]
    public void A_field_that_is_unknown_or_says_nonsense_is_named(string field, string value, string said) => Assert.Equal(said, Fails(row => row[field] = JsonNode.Parse(value)));

    [Fact]
    public void Hours_that_end_before_they_begin_are_named() =>
        Assert.StartsWith("us-contact-rules.jurisdictions[3].call_hours.mon must be two times", Fails(row => row["call_hours"]!["mon"] = new JsonArray("21:00", "08:00")));

    [Fact]
    public void Another_word_in_the_file_is_another_fingerprint() =>
        Assert.NotEqual(ContactRulesPack.Current.Fingerprint, Changed(row => row["note"] = "changed").Fingerprint);

    [Fact]
    public void Old_facts_are_said_to_be_old()
    {
        var pack = ContactRulesPack.Current;
        Assert.Null(pack.Stale(pack.AsOf.PlusDays(90), 90));
        Assert.Contains("91 days old", pack.Stale(pack.AsOf.PlusDays(91), 90));
    }

    [Theory]
    [InlineData("86004", "America/Denver America/Phoenix"), InlineData("86502", "America/Denver America/Phoenix")] // the Navajo Nation's border is not a ZIP's
    [InlineData("89024", "America/Los_Angeles"), InlineData("96799", "Pacific/Pago_Pago"), InlineData("96813", "Pacific/Honolulu"), InlineData("96910", "Pacific/Guam"), InlineData("36867", "America/Chicago America/New_York")]
    public void A_ZIP_is_in_one_zone_only_where_that_is_sure(string zip, string zones) => Assert.Equal(zones, string.Join(' ', ZipZones.Current.ZonesFor(zip)));

    [Theory, InlineData("1000A"), InlineData("1000"), InlineData("100011"), InlineData("00000"), InlineData("")]
    public void What_is_no_known_ZIP_is_nowhere(string zip)
    {
        Assert.Equal(["America/New_York"], ZipZones.Current.ZonesFor("10001"));
        Assert.Empty(ZipZones.Current.ZonesFor(zip));
    }

    [Fact]
    public void Settings_about_the_law_name_field_value_and_remedy()
    {
        var settings = new LawSettings
        {
            Permits = [new StatePaper { State = "XX", Number = "1" }],
            Registrations = [new StatePaper { State = "NY" }],
            Exemptions = [new StateExemption { State = "NJ", Reason = "N.J.S.A. 56:8-120" }],
            Emergencies = [new DeclaredEmergency { State = "LA", Until = "soon" }],
            StaleAfterDays = 400,
        };
        Assert.Equal(
        [
            "owner.law.permits[0].state is 'XX': give two capital letters such as TX",
            "owner.law.registrations[0].number is empty: give the number the state of NY wrote on the paper",
            "owner.law.exemptions[0].recordedBy is empty: name who found it",
            "owner.law.emergencies[0].until is 'soon': give its last day, such as 2026-12-01, or leave it out until you know",
            "owner.law.staleAfterDays is 400: give 1 to 180",
        ], settings.Problems());
        Assert.Empty(new LawSettings().Problems());
    }

    private static string Codes(Func<Jurisdiction, bool> which) => string.Join(' ', ContactRulesPack.Current.Jurisdictions.Values.Where(which).Select(j => j.Code).Order());

    private static string Fails(Action<JsonObject> change) => Assert.Throws<FormatException>(() => Changed(change)).Message;

    private static ContactRulesPack Changed(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File)!;
        change((JsonObject)json["jurisdictions"]![3]!);
        return ContactRulesPack.Read(JsonSerializer.SerializeToElement(json));
    }
}
