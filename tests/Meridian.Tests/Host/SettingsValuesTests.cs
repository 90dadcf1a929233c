using Meridian.Host;
using Meridian.Host.Composition;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>A value of the settings that cannot be read is named; it never drops what it stands in.</summary>
public sealed class SettingsValuesTests
{
    private const string Ana = """{"address":"ana@example.com","host":"mail.example"}""";

    [Theory]
    [InlineData($$"""{"mailboxes":[{{Ana}},{"address":"bob@example.com","host":"mail.example","port":"2599x"}]}""", "mailboxes[1].port is '2599x': give a number")]
    [InlineData("""{"mailboxes":[{"address":"bob@example.com","host":"mail.example","port":"abc"}]}""", "mailboxes[0].port is 'abc': give a number")]
    [InlineData("""{"mailboxes":[{"address":"bob@example.com","host":"mail.example","dailyCap":"ten"}]}""", "mailboxes[0].dailyCap is 'ten': give a number")]
    [InlineData("""{"mailboxes":[{"address":"bob@example.com","host":"mail.example","dailyCap":2.5}]}""", "mailboxes[0].dailyCap is '2.5': give a whole number")]
    [InlineData("""{"mailboxes":[{"address":"bob@example.com","host":"mail.example","port":99999999999}]}""", "mailboxes[0].port is '99999999999': give a number that is not so large, in digits")]
    [InlineData("""{"mailboxes":[{"address":"bob@example.com","host":"mail.example","imap":{"host":"imap.example","port":"x"}}]}""", "mailboxes[0].imap.port is 'x': give a number")]
    [InlineData("""{"mailboxes":[{"address":"bob@example.com","host":"mail.example","imap":{"host":"imap.example","security":"maybe"}}]}""", "mailboxes[0].imap.security is 'maybe': use none, starttls, ssl")]
    [InlineData("""{"mailboxes":[{"address":"bob@example.com","host":"mail.example","imap":"imap.example"}]}""", "mailboxes[0].imap is 'imap.example': give an object in braces")]
    [InlineData("""{"mailboxes":[{"address":"bob@example.com","host":"mail.example","acceptsMissingHeaders":"sure"}]}""", "mailboxes[0].acceptsMissingHeaders is 'sure': give true or false")]
    [InlineData("""{"mailboxes":[{"address":["bob@example.com"],"host":"mail.example"}]}""", "mailboxes[0].address is a list or an object: give one text in quotation marks")]
    [InlineData("""{"mailboxes":"bob@example.com"}""", "mailboxes is 'bob@example.com': give a list")]
    [InlineData("""{"callerIds":[{"phoneNumberId":"p","number":"+12025550180","dailyCap":"many"}]}""", "callerIds[0].dailyCap is 'many': give a number")]
    [InlineData("""{"textNumbers":[{"number":"+12025550190","dailyCap":""}]}""", "textNumbers[0].dailyCap is '': give a number")]
    [InlineData("""{"textNumbers":[{"number":"+12025550190","via":"pigeon"}]}""", "textNumbers[0].via is 'pigeon': use api, workflow")]
    [InlineData("""{"searches":[{"name":"one","titles":["owner",null]}]}""", "searches[0].titles[1] is empty: give it, or take the entry out")]
    [InlineData("""{"owner":{"law":{"permits":[{"state":{"code":"NE"},"number":"1"}]}}}""", "owner.law.permits[0].state is a list or an object: give one text in quotation marks")]
    [InlineData("""{"owner":{"law":{"registrations":["NJ"]}}}""", "owner.law.registrations[0] is 'NJ': give an object in braces")]
    [InlineData("""{"owner":{"hoursFrom":"nine"}}""", "owner.hoursFrom is 'nine': give a number")]
    [InlineData("""{"owner":{"dailyBudgetUsd":"a lot"}}""", "owner.dailyBudgetUsd is 'a lot': give a number")]
    [InlineData("""{"owner":{"saturdays":"no"}}""", "owner.saturdays is 'no': give true or false")]
    [InlineData("""{"practice":{"world":"tomorrow"}}""", "practice.world is 'tomorrow': give an instant such as 2026-11-23T14:00:00Z")]
    [InlineData("""{"vapi":{"baseUrl":"http://"}}""", "vapi.baseUrl is 'http://': give an address such as https://reach.example.com")]
    [InlineData("""{"highLevel":{"consentForms":[{"name":"f","text":["a"]}]}}""", "highLevel.consentForms[0].text is a list or an object: give one text in quotation marks")]
    public void A_wrong_value_is_named_by_field_value_and_fix(string json, string problem) => Assert.Contains(problem, Problems(json));

    [Theory]
    [InlineData("EST", "America/New_York")]
    [InlineData("EST5EDT", "America/New_York")]
    [InlineData("CST6CDT", "America/Chicago")]
    [InlineData("MST7MDT", "America/Denver")]
    [InlineData("MST", "America/Phoenix")]
    [InlineData("PST8PDT", "America/Los_Angeles")]
    [InlineData("GMT", "America/New_York")]
    [InlineData("singapore", "Asia/Singapore")]
    [InlineData("america/chicago", "America/Chicago")]
    [InlineData("Los Angeles", "America/Los_Angeles")]
    [InlineData("HST", "Pacific/Honolulu")]
    [InlineData("UTC", "America/New_York")]
    [InlineData("Etc/GMT+5", "America/New_York")]
    [InlineData("America/Nowhere", "America/New_York")]
    [InlineData(" America/New_York", "America/New_York")]
    public void The_owners_zone_is_a_place(string zone, string fix)
    {
        var json = $$$"""{"owner":{"sellerName":"Example LLC","postalAddress":"1 Example Way","ownerEmail":"owner@example.com","zone":"{{{zone}}}"}}""";
        Assert.StartsWith($"owner.zone is '{zone}': give the IANA zone of a place, such as {fix}", Assert.Single(Problems(json)));
    }

    [Theory]
    [InlineData("America/Phoenix")]
    [InlineData("America/Indiana/Knox")]
    [InlineData("Europe/Berlin")]
    [InlineData("US/Eastern")]
    [InlineData("Singapore")]
    [InlineData("Japan")]
    [InlineData("Navajo")]
    [InlineData("GB")]
    [InlineData("Israel")]
    public void The_owner_may_be_anywhere(string zone) =>
        Assert.Equal(zone, Load($$$"""{"owner":{"sellerName":"Example LLC","postalAddress":"1 Example Way","ownerEmail":"owner@example.com","zone":"{{{zone}}}"}}""").Owner!.Zone);

    [Fact]
    public void All_mistakes_are_told_at_once_also_those_in_the_same_entry()
    {
        var problems = Problems("""{"port":"http","mailboxes":[{"address":"ana@example.com","host":"","port":"x"},{"address":"bob@example.com","host":"mail.example","dailyCap":"ten"}],"campaign":{"sequence":"zigzag"}}""");
        Assert.Contains("port is 'http': give a number", problems);
        Assert.Contains("mailboxes[0].port is 'x': give a number", problems);
        Assert.Contains("Mailbox ana@example.com: Host is missing.", problems);
        Assert.Contains("mailboxes[1].dailyCap is 'ten': give a number", problems);
        Assert.Contains("campaign.sequence is 'zigzag': use sop or email-first", problems);
        Assert.Equal(5, problems.Count);
    }

    [Fact]
    public void The_environment_is_held_to_the_same()
    {
        var given = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["MAILBOXES:1:PORT"] = "x", ["mailboxes"] = null, ["owner:hoursFrom"] = "9", ["searches"] = "owners" }).Build();
        Assert.Equal([("MAILBOXES:1:PORT", "mailboxes[0].port is 'x': give a number"), ("searches", "searches is 'owners': give a list")], SettingsValues.WrongIn(given, typeof(MeridianSettings)).Order());
    }

    [Fact]
    public void A_variable_of_the_environment_that_is_no_setting_is_named_with_the_nearest_that_is()
    {
        string[] right = ["PATH", "MERIDIAN_TEST", "MERIDIAN__vapi__apiKey", "MERIDIAN__VAPI__APIKEY", "meridian__mailboxes__1__imap__host", "MERIDIAN__owner__pullNeverTags__0", "MERIDIAN__port__x", "MERIDIAN__vapi", "MERIDIAN__vapi:apiKey", "MERIDIAN:vapi:apiKey", "MERIDIAN__mailboxes__first__host"];
        string[] wrong = ["MERIDIAN__vapi__apiKye", "MERIDIAN__VAPI_APIKEY", "MERIDIAN__mailboxes__3__pasword", "MERIDIAN__mailbox__3__password", "MERIDIAN__ownr__sellerName", "MERIDIAN__mailboxes__first__hst", "MERIDIAN__", "MERIDIAN:vapi:apiKye"];
        Assert.Equal(
        [
            "the environment's MERIDIAN:vapi:apiKye is not a setting; the nearest is MERIDIAN__vapi__apiKey",
            "the environment's MERIDIAN__ is not a setting; the nearest is MERIDIAN__node",
            "the environment's MERIDIAN__VAPI_APIKEY is not a setting; the nearest is MERIDIAN__vapi__apiKey",
            "the environment's MERIDIAN__mailbox__3__password is not a setting; the nearest is MERIDIAN__mailboxes__3__password",
            "the environment's MERIDIAN__mailboxes__3__pasword is not a setting; the nearest is MERIDIAN__mailboxes__3__password",
            "the environment's MERIDIAN__mailboxes__first__hst is not a setting; the nearest is MERIDIAN__mailboxes__0__host",
            "the environment's MERIDIAN__ownr__sellerName is not a setting; the nearest is MERIDIAN__owner__sellerName",
            "the environment's MERIDIAN__vapi__apiKye is not a setting; the nearest is MERIDIAN__vapi__apiKey",
        ], UnknownVariables.In([.. right, .. wrong]));
    }

    [Fact]
    public void A_variable_that_is_no_setting_sets_nothing_not_even_that_its_section_is_there()
    {
        var keys = UnknownVariables.Keys(["MERIDIAN__vapi__apiKye", "MERIDIAN:mailboxes:0:pasword", "MERIDIAN__port"]).ToList();
        Assert.Equal(["mailboxes:0:pasword", "vapi:apiKye"], keys.Order(StringComparer.Ordinal));
        var settings = new MeridianSettings();
        var given = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["vapi:apiKye"] = "x", ["mailboxes:0:pasword"] = "x", ["port"] = "8081" }).Build();
        SettingsValues.Without(given, keys).Bind(settings);
        Assert.Null(settings.Vapi);
        Assert.Empty(settings.Mailboxes);
        Assert.Equal(8081, settings.Port);
    }

    [Fact]
    public void An_entry_of_a_list_may_have_any_key()
    {
        var settings = new MeridianSettings();
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["mailboxes:first:address"] = "ana@example.com", ["mailboxes:second:address"] = "bob@example.com", ["owner:pullNeverTags:x"] = "vip" }).Build().Bind(settings);
        Assert.Equal(["ana@example.com", "bob@example.com"], settings.Mailboxes.Select(m => m.Address));
        Assert.Equal(["vip"], settings.Owner!.PullNeverTags);
    }

    [Theory]
    [InlineData("[]", "must be an object in braces")]
    [InlineData("\"hello\"", "must be an object in braces")]
    [InlineData("hello", "is not JSON")]
    [InlineData("", "is not JSON")]
    [InlineData("""{"port":1,"port":2}""", "duplicate key")]
    [InlineData("""{"owner":[]}""", "'owner' must be an object in braces")]
    [InlineData("""{"mailboxes":{}}""", "'mailboxes' must be a list in brackets")]
    public void A_file_of_another_shape_is_one_sentence(string json, string problem) => Assert.Contains(problem, Assert.Single(Problems(json)));

    [Fact]
    public void Good_values_are_taken_as_they_are_written()
    {
        var settings = Load("""{"port":"8081","mailboxes":[{"address":"a@example.com","host":"h","security":"ssl","dailyCap":"12","imap":{"host":"i","port":143}},{"address":"b@example.com","via":"mailgun","apiKey":"k","baseUrl":"https://api.eu.mailgun.net"}],"searches":[],"twilio":null}""");
        Assert.Equal((8081, 2, 12, 143), (settings.Port, settings.Mailboxes.Count, settings.Mailboxes[0].DailyCap, settings.Mailboxes[0].Imap!.Port));
        Assert.Equal(Meridian.Adapters.Mail.MailSecurity.Ssl, settings.Mailboxes[0].Security);
    }

    [Fact]
    public void Null_means_that_nothing_is_set()
    {
        var settings = Load("""{"node":null,"mailboxes":[{"address":"a@example.com","host":"h","port":null,"dailyCap":null,"imap":null}]}""");
        Assert.Equal((587, 40), (settings.Mailboxes[0].Port, settings.Mailboxes[0].DailyCap));
        Assert.NotNull(settings.Node);
        Assert.Contains("Mailbox '': the address is missing.", Problems("""{"mailboxes":[{"address":null,"host":"h"}]}"""));
    }

    private static IReadOnlyList<string> Problems(string json) => Assert.Throws<UsageException>(() => Load(json)).Message.Split(Environment.NewLine);

    private static MeridianSettings Load(string json)
    {
        var folder = Directory.CreateTempSubdirectory("meridian-settings-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, MeridianSettings.FileName), json);
            return MeridianSettings.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
