using Meridian.Adapters.Apollo;
using Meridian.Adapters.Http;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
using Meridian.Tests.Providers;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Contracts.Answers;

internal static class ApolloQuestions
{
    private const string Id = "66f1c0de9b2a4d0001a1b2c3";
    private const string Bought = $$"""{"status":"success","total_requested_enrichments":1,"matches":[{"id":"{{Id}}","first_name":"Dana","last_name":"Whitman","email":"dana@people.example","email_status":"verified"}],"credits_consumed":1.0}""";
    private const string Found = $$"""{"total_entries":1,"people":[{"id":"{{Id}}","first_name":"Dana","last_name_obfuscated":"Wh***n","title":"Owner","has_email":true}]}""";
    private const string Delivered = $$$"""{"webhook_status":"completed","webhook_result":{"status":"success","credits_consumed":5,"people":[{"id":"{{{Id}}}","status":"success","phone_numbers":[{"raw_number":"+1 312-555-0117","sanitized_number":"+13125550117","type_cd":"mobile","status_cd":"valid_number","dnc_status_cd":"not_found"}]}]}}""";

    public static IEnumerable<Question> All =>
    [
        new("Apollo", "POST /mixed_people/api_search", "find people", new Reply(200, Found),
            async (at, machine) => await Prospects(at, machine).SearchAsync(new SearchFilter(["Owner"], ["owner"], [], ["11,50"], null), 1, default) is var reply ? reply.Refusal is { } no ? Say.Refusal(no) : $"{reply.People.Count} found" : ""),
        new("Apollo", "POST /people/bulk_match", "buy people", new Reply(200, Bought),
            async (at, machine) => await Prospects(at, machine).EnrichAsync([Id], default) is var reply ? reply.Refusal is { } no ? Say.Refusal(no) : FormattableString.Invariant($"{reply.People.Count} bought for {reply.Credits:0.##}") : ""),
        new("Apollo", "POST /people/bulk_match", "order phones", new Reply(200, Bought.Replace("\"matches\"", "\"phone_enrichment\":{\"request_id\":-8351464734221602674,\"status\":\"in_progress\"},\"matches\"", StringComparison.Ordinal)),
            async (at, machine) => await Prospects(at, machine).OrderPhonesAsync([Id], new Uri("https://reach.example.com/w"), default) is var reply ? reply.Refusal is { } no ? Say.Refusal(no) : $"ordered {reply.RequestId}" : ""),
        new("Apollo", "GET /webhook_result/{request_id}", "look for ordered phones", new Reply(200, Delivered),
            async (at, machine) => await Prospects(at, machine).CollectPhonesAsync("-8351464734221602674", default) is var reply ? reply.Pending ? "look again later" : reply.Refusal is { } no ? Say.Refusal(no) : $"{reply.Phones.Count} delivered" : ""),
        new("Apollo", "GET /users/api_profile", "check the key and credits", new Reply(200, """{"id":"u1","num_credits_remaining":120.5}"""),
            async (at, machine) => Say.Findings(await new ApolloCheck(Http(), Options(at), Clocks(machine)).CheckAsync(default))) { Around = asked => asked.Path.Contains("api_search", StringComparison.Ordinal) ? new Reply(200, Found) : null },
        new("Apollo", "POST /mixed_people/api_search", "check the search", new Reply(200, Found),
            async (at, machine) => Say.Findings(await new ApolloCheck(Http(), Options(at), Clocks(machine)).CheckAsync(default))) { Around = asked => asked.Path.Contains("api_profile", StringComparison.Ordinal) ? new Reply(200, """{"id":"u1","num_credits_remaining":120.5}""") : null },
    ];

    private static Clocks Clocks(TimeProvider machine) => new(new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 15, 0, 0, TimeSpan.Zero)), machine);

    private static ApolloProspects Prospects(Uri at, TimeProvider machine) => new(Http(), Options(at), Clocks(machine));

    private static HttpClient Http() => ProviderHttp.Create(TimeSpan.FromSeconds(5));

    private static ApolloOptions Options(Uri at) => new() { BaseUrl = at, ApiKey = "k", RequestTimeoutSeconds = 20 };
}
