using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Domain.Compliance.Pack;
using Xunit;

namespace Meridian.Tests.Domain.Compliance;

/// <summary>A law that this build does not understand must not look like no law: whatever is wrong in the pack stops the start and is named by its path.</summary>
public class StrictPackTests
{
    private static readonly string File = System.IO.File.ReadAllText(Path.Combine(Tidy.Repository.Root, "src", "Meridian.Domain", "Compliance", "Pack", "us-contact-rules.json"));

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "code", "5", "code must be a text or null" },
        { "code", "null", "code must be a text" },
        { "suppression_min_years", "\"five\"", "suppression_min_years must be a whole number or null" },
        { "suppression_min_years", "1.5", "suppression_min_years must be a whole number or null" },
        { "suppression_min_years", "null", "suppression_min_years must be a number" },
        { "emergency_ban", "null", "emergency_ban must be true or false" },
        { "iana_zones", "\"America/Phoenix\"", "iana_zones must be a list" },
        { "iana_zones", "[1]", "iana_zones must be a list of texts" },
        { "additional_clock_zones", "[\"Mars/Olympus\"]", "additional_clock_zones must be a list of IANA zones" },
        { "additional_clock_zones", "[\"America/Chicago\", \"Mars/Olympus\"]", "additional_clock_zones must be a list of IANA zones" },
        { "artificial_voice", "[]", "artificial_voice must be an object" },
        { "citations", "[{}]", "citations[0].cite is missing" },
        { "citations", "[5]", "citations[0] must be an object" },
        { "confidence", "\"1\"", "confidence is '1': use one of High, Medium, Low" },
        { "holiday_rule_ai_voice", "\"restricted\"", "holiday_window must be given where holidays are restricted" },
        { "holiday_window", "[\"10:00\"]", "holiday_window must be two times, or null for a closed day" },
        { "holiday_window", "[\"10:00\", \"ten\"]", "holiday_window must be two times such as 08:00 and 21:00, the earlier first" },
        { "holiday_window", "[\"10:00\", \"10:00\"]", "holiday_window must be two times such as 08:00 and 21:00, the earlier first" },
        { "sunday_rule_ai_voice", "\"prohibited\"", "sunday_rule_ai_voice must be in agreement with the hours, which are 08:00-21:00 Mon-Sun" },
        { "extra_blocks", """[{"id":"ZZ-MOBILE-BAN","when":"","channels":["sms"],"text":"","cite":"","evidence":"secondary_source"}]""", "extra_blocks[0].id must be a block this build can judge (…-MOBILE-BAN for voice_ai or voice_live, when 'line_type in (mobile, unknown)' or 'line_type in (mobile, unknown) and no prior express consent/relationship')" },
        { "extra_blocks", """[{"id":"ZZ-MOBILE-BAN","when":"on Sundays","channels":["voice_ai"],"text":"","cite":"","evidence":"secondary_source"}]""", "extra_blocks[0].id must be a block this build can judge (…-MOBILE-BAN for voice_ai or voice_live, when 'line_type in (mobile, unknown)' or 'line_type in (mobile, unknown) and no prior express consent/relationship')" },
        { "extra_blocks", """[{"id":"ZZ-MOBILE-BAN","when":"line_type in (mobile, unknown)","channels":["voice_ai","sms"],"text":"","cite":"","evidence":"secondary_source"}]""", "extra_blocks[0].id must be a block this build can judge (…-MOBILE-BAN for voice_ai or voice_live, when 'line_type in (mobile, unknown)' or 'line_type in (mobile, unknown) and no prior express consent/relationship')" },
        { "extra_blocks", """[{"id":"ZZ-CURFEW","when":"","channels":["voice_live"],"text":"","cite":"","evidence":"secondary_source"}]""", "extra_blocks[0].id must be a block this build can judge (…-MOBILE-BAN for voice_ai or voice_live, when 'line_type in (mobile, unknown)' or 'line_type in (mobile, unknown) and no prior express consent/relationship')" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_state_s_field_of_the_wrong_kind_is_named(string field, string value, string said) =>
        Assert.Equal($"us-contact-rules.jurisdictions[3].{said}", Fails(pack => pack["jurisdictions"]![3]![field] = JsonNode.Parse(value)));

    [Fact]
    public void A_state_closed_on_Sundays_must_say_so()
    {
        var state = JsonNode.Parse(File)!["jurisdictions"]!.AsArray().Select((j, i) => (j, i)).First(x => x.j!["call_hours"]!["sun"] is null).i;
        Assert.StartsWith($"us-contact-rules.jurisdictions[{state}].sunday_rule_ai_voice must be in agreement with the hours, which are ",
            Fails(pack => pack["jurisdictions"]![state]!["sunday_rule_ai_voice"] = "same_as_weekday"));
    }

    [Fact]
    public void What_the_pack_itself_lacks_or_has_too_much_is_named()
    {
        Assert.Equal("us-contact-rules.as_of is missing", Fails(pack => pack.Remove("as_of")));
        Assert.Equal("us-contact-rules.penalties is missing", Fails(pack => pack.Remove("penalties")));
        Assert.Equal("us-contact-rules.curfews is not a field this build understands", Fails(pack => pack["curfews"] = true));
        Assert.Equal("us-contact-rules.area_codes.codes must be an object", Fails(pack => pack["area_codes"]!["codes"] = new JsonArray()));
        Assert.Equal("us-contact-rules.area_codes.codes.212.kind is 'lunar': use one of Geographic, TollFree, NonGeographic, ForeignNanp", Fails(pack => pack["area_codes"]!["codes"]!["212"]!["kind"] = "lunar"));
        Assert.Equal("us-contact-rules.area_codes.codes.212.rings is not a field this build understands", Fails(pack => pack["area_codes"]!["codes"]!["212"]!["rings"] = 3));
        Assert.Equal("us-contact-rules must be an object", Assert.Throws<FormatException>(() => ContactRulesPack.Read(JsonSerializer.SerializeToElement(5))).Message);
    }

    [Fact]
    public void A_holiday_this_build_cannot_compute_is_named() =>
        Assert.Equal("us-contact-rules.holidays.federal[0].rule must be a rule this build can compute, not 'full_moon'", Fails(pack => pack["holidays"]!["federal"]![0]!["rule"] = "full_moon"));

    [Fact]
    public void An_area_code_may_be_marked_unverified() => Changed(pack => pack["area_codes"]!["codes"]!["212"]!["unverified"] = true);

    private static string Fails(Action<JsonObject> change) => Assert.Throws<FormatException>(() => Changed(change)).Message;

    private static ContactRulesPack Changed(Action<JsonObject> change)
    {
        var json = JsonNode.Parse(File)!.AsObject();
        change(json);
        return ContactRulesPack.Read(JsonSerializer.SerializeToElement(json));
    }
}
