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
