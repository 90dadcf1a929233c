using Meridian.Adapters.Apollo;
using Meridian.Adapters.Http;
using Meridian.Engine;
using Xunit;

namespace Meridian.Tests.Providers;

public class ApolloCheckTests
{
    private const string Page = """{"total_entries":1,"people":[]}""";

    [Theory]
    [InlineData(200, Page, 200, """{"id":"u","num_credits_remaining":9500}""", "search+ enrich+")]
    [InlineData(200, Page, 200, """{"id":"u"}""", "search+ enrich+")]
    [InlineData(200, Page, 200, """{"id":"u","effective_num_lead_credits":500,"num_lead_credits_used":500}""", "search+ enrich-")]
    [InlineData(403, """{"error_code":"API_INACCESSIBLE","error":"not authorized"}""", 200, """{"id":"u","num_credits_remaining":1}""", "search- enrich+")]
    [InlineData(401, "Invalid API key.", 401, "Invalid API key.", "search- enrich-")]
    [InlineData(200, "{}", 200, "<html>", "search- enrich-")]
    [InlineData(500, "", 503, "", "search- enrich-")]
    public async Task Each_capability_is_proved_by_itself_and_a_failure_says_what_to_do(int search, string page, int profile, string body, string expected)
    {
        await using var apollo = new ScriptedHttp(asked => asked.Path.Contains("api_search", StringComparison.Ordinal) ? new Reply(search, page) : new Reply(profile, body));
        var findings = await Check(apollo.BaseUrl, "key").CheckAsync(CancellationToken.None);

        Assert.Equal(expected, string.Join(' ', findings.Select(finding => finding.Capability + (finding.Passed ? "+" : "-"))));
        Assert.All(findings, finding => Assert.Equal(finding.Passed, finding.Fix is null));
        Assert.DoesNotContain(apollo.Requests, asked => asked.Path.Contains("bulk_match", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_key_nothing_is_asked()
    {
        await using var apollo = new ScriptedHttp(new Reply(200, "{}"));
        Assert.All(await Check(apollo.BaseUrl, "").CheckAsync(CancellationToken.None), finding => Assert.False(finding.Passed));
        Assert.Empty(apollo.Requests);
    }

    private static ApolloCheck Check(Uri baseUrl, string key) =>
        new(ProviderHttp.Create(TimeSpan.FromSeconds(5)), new ApolloOptions { BaseUrl = baseUrl, ApiKey = key }, new Clocks(TimeProvider.System, TimeProvider.System));
}
