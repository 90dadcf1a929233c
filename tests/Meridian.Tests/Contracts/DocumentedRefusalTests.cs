using Meridian.Adapters.Apollo;
using Meridian.Adapters.Http;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
using Meridian.Tests.Providers;
using Xunit;

namespace Meridian.Tests.Contracts;

/// <summary>The refusals Apollo itself publishes, byte for byte, through the real adapter.</summary>
public class DocumentedRefusalTests
{
    private static readonly Dictionary<string, string> Expected = new()
    {
        ["POST /mixed_people/api_search 401 Check API key"] = "Account",
        ["POST /mixed_people/api_search 403 Need master API key"] = "Account",
        ["POST /mixed_people/api_search 422 Validation error"] = "Invalid",
        ["POST /mixed_people/api_search 429 Too many requests"] = "RateLimited",
        ["POST /people/bulk_match 400 Add people to enrich"] = "Invalid",
        ["POST /people/bulk_match 400 More than 10 people"] = "Invalid",
        ["POST /people/bulk_match 401 Check API key"] = "Account",
        ["POST /people/bulk_match 422 Result"] = "Invalid",
        ["POST /people/bulk_match 429 Too many requests"] = "RateLimited",
        ["GET /webhook_result/{request_id} 400 Malformed request_id"] = "Invalid",
        ["GET /webhook_result/{request_id} 401 Unauthorized"] = "Account",
        ["GET /webhook_result/{request_id} 404 Result still processing"] = "pending",
        ["GET /webhook_result/{request_id} 404 Request ID not recognized"] = "Invalid",
        ["GET /webhook_result/{request_id} 410 Result expired"] = "Invalid",
        ["GET /users/api_profile 401 Check API key"] = "not passed",
    };

    [Fact]
    public async Task Every_refusal_Apollo_documents_is_understood()
    {
        var seen = new Dictionary<string, string>();
        foreach (var operation in VendorContract.All.Single(c => c.Vendor == "apollo").Operations)
            foreach (var example in operation.Examples) seen[$"{operation.Method} {operation.Template} {example.Status} {example.Name}"] = await TriedAsync(operation.Template, example);
        Assert.Equal(Expected.OrderBy(e => e.Key), seen.OrderBy(s => s.Key));
    }

    private static async Task<string> TriedAsync(string template, VendorContract.Example example)
    {
        await using var apollo = new ScriptedHttp(new Reply(example.Status, example.Body));
        var options = new ApolloOptions { BaseUrl = apollo.BaseUrl, ApiKey = "k" };
        var clocks = new Clocks(TimeProvider.System, TimeProvider.System);
        var prospects = new ApolloProspects(ProviderHttp.Create(TimeSpan.FromSeconds(5)), options, clocks);
        switch (template)
        {
            case "/mixed_people/api_search":
                return (await prospects.SearchAsync(new SearchFilter([], [], [], [], null, 25), 1, CancellationToken.None)).Refusal!.Trouble.ToString();
            case "/people/bulk_match":
                return (await prospects.EnrichAsync(["66f1c0de9b2a4d0001a1b2c3"], CancellationToken.None)).Refusal!.Trouble.ToString();
            case "/users/api_profile":
                var findings = await new ApolloCheck(ProviderHttp.Create(TimeSpan.FromSeconds(5)), options, clocks).CheckAsync(CancellationToken.None);
                return findings.Any(f => f.Passed) ? "passed" : "not passed";
            default:
                var collected = await prospects.CollectPhonesAsync("-8351464734221602674", CancellationToken.None);
                return collected.Pending ? "pending" : collected.Refusal!.Trouble.ToString();
        }
    }
}
