using Meridian.Adapters.HighLevel;
using Meridian.Engine.Checks;
using Xunit;

namespace Meridian.Tests.Providers;

/// <summary>Whatever is switched on at HighLevel is asked for by itself, with requests the vendor documents.</summary>
public class HighLevelCheckTests
{
    private const string Scope = """{"message":"The token is not authorized for this scope."}""";

    [Fact]
    public async Task Whatever_is_switched_on_has_a_finding_of_its_own()
    {
        await using var highLevel = new ScriptedHttp(Fine);
        var found = await CheckAsync(highLevel, o => (o.PipelineId, o.StageId, o.CalendarId, o.ConsentForms) = ("pipe", "new", "cal", [new ConsentFormSettings()]));
        Assert.All(found, f => Assert.True(f.Passed, f.Found));
        Assert.Equal(["text:+12025550190", "book", "do-not-disturb", "consent-forms", "tags", "notes", "opportunities"], found.Select(f => f.Capability));
        Assert.Contains(highLevel.Requests, r => r.Path == "/contacts/con_1/notes");
        Assert.All(highLevel.Requests, r => Assert.True(r.Method == "GET" || r.Path == "/contacts/search", r.Path));
    }

    [Fact]
    public async Task What_is_switched_off_is_not_asked_for()
    {
        await using var highLevel = new ScriptedHttp(Fine);
        var found = await CheckAsync(highLevel, o => (o.Notes, o.Tags) = (false, new HighLevelTags { Contacted = "", Replied = "", OptedOut = "", Interested = "" }));
        Assert.Equal(["text:+12025550190", "do-not-disturb"], found.Select(f => f.Capability));
        Assert.DoesNotContain(highLevel.Requests, r => r.Path.Contains("notes", StringComparison.Ordinal) || r.Path.Contains("opportunities", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/locations/loc", 401, Scope, "location", "locations.readonly")]
    [InlineData("/contacts/search", 401, Scope, "do-not-disturb tags notes", "contacts.readonly")]
    [InlineData("/contacts/con_1/notes", 401, Scope, "notes", "contacts.write")]
    [InlineData("/contacts/con_1/notes", 404, "{}", "", "")]
    [InlineData("/opportunities/pipelines", 401, Scope, "opportunities", "opportunities.readonly")]
    [InlineData("/opportunities/pipelines", 500, "{}", "opportunities", "tried again")]
    [InlineData("/opportunities/pipelines", 200, """{"pipelines":[]}""", "opportunities", "highLevel.pipelineId")]
    [InlineData("/opportunities/pipelines", 200, """{"pipelines":[{"id":"pipe","name":"P","stages":[{"id":"old","name":"Old"}]}]}""", "opportunities", "highLevel.stageId")]
    public async Task What_cannot_be_done_fails_alone_and_says_how_to_mend_it(string path, int status, string body, string failed, string fix)
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path.StartsWith(path, StringComparison.Ordinal) ? new Reply(status, body) : Fine(asked));
        var found = await CheckAsync(highLevel, o => (o.PipelineId, o.StageId) = ("pipe", "new"));
        Assert.Equal(failed, string.Join(' ', found.Where(f => !f.Passed).Select(f => f.Capability)));
        Assert.All(found.Where(f => !f.Passed), f => Assert.Contains(fix, f.Fix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_app_of_another_location_is_mended_in_the_settings_and_not_installed_anew()
    {
        await using var highLevel = new ScriptedHttp(new Reply(200, """{"access_token":"a","refresh_token":"r2","locationId":"there"}"""));
        var found = await CheckAsync(highLevel, o => (o.Token, o.OAuth) = ("", new HighLevelOAuthOptions { ClientId = "c", ClientSecret = "s", RefreshToken = "r" }));
        Assert.All(found, f => Assert.Contains("Write the app's location into highLevel.locationId", f.Fix, StringComparison.Ordinal));
        Assert.Single(highLevel.Requests);
    }

    private static Reply Fine(Asked asked) => new(200, asked.Path switch
    {
        "/contacts/search" => """{"contacts":[{"id":"con_1","searchAfter":[1,"con_1"]}],"total":1}""",
        "/contacts/con_1/notes" => """{"notes":[]}""",
        "/opportunities/pipelines?locationId=loc" => """{"pipelines":[{"id":"pipe","name":"P","stages":[{"id":"new","name":"New"}]}]}""",
        _ => """{"location":{"id":"loc"},"conversations":[],"calendar":{"id":"cal"}}""",
    });

    private static async Task<IReadOnlyList<CheckFinding>> CheckAsync(ScriptedHttp highLevel, Action<HighLevelOptions> change)
    {
        var options = new HighLevelOptions { BaseUrl = highLevel.BaseUrl, Token = "t", LocationId = "loc" };
        change(options);
        return await new HighLevelCheck(Locations.Of(options), ["+12025550190"]).CheckAsync(default);
    }
}
