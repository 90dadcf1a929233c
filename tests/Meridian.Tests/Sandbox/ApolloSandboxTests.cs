using Meridian.Engine.Inbound;
using Meridian.Adapters.Apollo;
using System.Text.Json.Nodes;
using Meridian.Engine.Prospecting;
using Meridian.Tests.Providers;
using Xunit;

namespace Meridian.Tests.Sandbox;

public class ApolloSandboxTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task The_same_seed_has_the_same_people_after_every_restart_and_another_seed_has_others()
    {
        await using var world = await ApolloWorld.StartAsync();
        await using var other = await ApolloWorld.StartAsync(seed: 8);
        var first = await world.Prospects.SearchAsync(ApolloWorld.Everybody, 2, None);
        await world.RestartAsync();
        var again = await world.Prospects.SearchAsync(ApolloWorld.Everybody, 2, None);
        var others = await other.Prospects.SearchAsync(ApolloWorld.Everybody, 2, None);

        Assert.Equal(first.People, again.People);
        Assert.Equal(first.Total, again.Total);
        Assert.Empty(first.People.Select(person => person.ExternalId).Intersect(others.People.Select(person => person.ExternalId)));
    }

    [Fact]
    public async Task Pages_part_a_search_without_gap_or_repetition()
    {
        await using var world = await ApolloWorld.StartAsync();
        var filter = new SearchFilter(["Owner"], ["owner"], ["Hawaii", "Denver, CO, US"], ["1,10", "11,50"], null, PerPage: 7);
        var ids = new List<string>();
        long total = 0;
        for (var page = 1; page <= 100; page++)
        {
            var reply = await world.Prospects.SearchAsync(filter, page, None);
            Assert.Null(reply.Refusal);
            total = reply.Total;
            if (reply.People.Count == 0) break;
            Assert.All(reply.People, person => Assert.Contains("Owner", person.Title));
            ids.AddRange(reply.People.Select(person => person.ExternalId));
        }

        Assert.True(total > 7);
        Assert.Equal(total, ids.Distinct().Count());
        Assert.Equal(total, ids.Count);
        foreach (var batch in ids.Chunk(10))
            Assert.All((await world.Prospects.EnrichAsync(batch, None)).People.Where(p => p.Title is not null), person => Assert.True(person.State == "Hawaii" || person.City == "Denver"));
        Assert.Equal(["1", "2"], world.Kind("search").Take(2).Select(line => (string?)line["subject"]));
        Assert.Equal("7", (string?)world.Kind("search").First()["outcome"]);
    }

    [Fact]
    public async Task The_people_are_thousands_in_every_zone_and_mostly_verified_and_abroad_only_for_who_forgets_to_say_where()
    {
        await using var world = await ApolloWorld.StartAsync();
        var verified = await world.Prospects.SearchAsync(ApolloWorld.Everybody, 1, None);
        var (_, all, _) = await world.AskAsync(HttpMethod.Post, "mixed_people/api_search?per_page=1&titles=ignored");
        var (_, us, _) = await world.AskAsync(HttpMethod.Post, "mixed_people/api_search?per_page=1&person_locations[]=United%20States");
        var (everywhere, here) = ((int)JsonNode.Parse(all)!["total_entries"]!, (int)JsonNode.Parse(us)!["total_entries"]!);

        Assert.Equal(20_000, everywhere);
        Assert.InRange(here, 18_000, 19_900);
        Assert.InRange((double)verified.Total / here, 0.77, 0.83);
        foreach (var state in new[] { "New York", "Illinois", "Colorado", "Arizona", "California", "Alaska", "Hawaii" })
            Assert.InRange((await world.Prospects.SearchAsync(ApolloWorld.Everybody with { Places = [state] }, 1, None)).Total, 100, 5_000);
    }

    [Fact]
    public async Task Filters_are_understood_in_the_query_with_brackets_and_in_the_body_without()
    {
        await using var world = await ApolloWorld.StartAsync();
        var (_, query, _) = await world.AskAsync(HttpMethod.Post, "mixed_people/api_search?person_titles[]=CEO&person_locations[]=Texas&per_page=5&page=2");
        var (_, body, _) = await world.AskAsync(HttpMethod.Post, "mixed_people/api_search", body: new JsonObject
        {
            ["person_titles"] = new JsonArray("CEO"), ["person_locations"] = new JsonArray("Texas"), ["per_page"] = 5, ["page"] = 2, ["q"] = "unknown names are ignored",
        });
        Assert.Equal(query, body);
        Assert.Contains("\"has_direct_phone\":\"Maybe: please request direct dial via people/bulk_match\"", body);
        Assert.Equal(["total_entries", "people"], JsonNode.Parse(body)!.AsObject().Select(property => property.Key));
    }

    [Fact]
    public async Task Every_person_bought_is_in_the_log_with_the_credit_paid_and_a_restart_keeps_the_account()
    {
        await using var world = await ApolloWorld.StartAsync();
        var ids = await world.IdsAsync(100);
        decimal paid = 0;
        var people = new List<EnrichedProspect>();
        foreach (var batch in ids.Chunk(10))
        {
            var reply = await world.Prospects.EnrichAsync(batch, None);
            Assert.Null(reply.Refusal);
            paid += reply.Credits;
            people.AddRange(reply.People);
        }

        var lines = world.Kind("enrich").ToList();
        Assert.Equal(paid, lines.Count);
        Assert.InRange(people.Count, 90, lines.Count);
        Assert.True(lines.Count <= 100);
        foreach (var person in people)
        {
            var line = Assert.Single(lines, line => (string?)line["subject"] == person.ExternalId);
            var body = JsonNode.Parse((string)line["body"]!)!;
            Assert.Equal(("apollo", null, "1"), ((string?)line["provider"], (string?)line["touch"], (string?)line["outcome"]));
            Assert.Equal((person.FirstName, person.LastName, person.CompanyName, person.State, person.City), ((string?)body["first_name"], (string?)body["last_name"], (string?)body["company"], (string?)body["state"], (string?)body["city"]));
            if (person.Email is not null) Assert.Matches("^[a-z.0-9]+@company-7-a[0-9]+\\.example$", person.Email);
        }

        var before = await world.AskAsync(HttpMethod.Post, "usage_stats/credit_usage_stats");
        await world.RestartAsync();
        var after = await world.AskAsync(HttpMethod.Post, "usage_stats/credit_usage_stats");
        Assert.Equal(before.Body, after.Body);
        Assert.Equal(paid, (decimal)JsonNode.Parse(after.Body)!["credit_usage_stats"]!["lead_credit"]!["consumed"]!);
    }

    [Fact]
    public async Task Used_up_credits_are_refused_in_the_vendors_words_nothing_is_bought_and_the_check_says_so()
    {
        await using var world = await ApolloWorld.StartAsync(credits: 10);
        var ids = await world.IdsAsync(30);
        var first = await world.Prospects.EnrichAsync([.. ids.Take(10)], None);
        var second = await world.Prospects.EnrichAsync([.. ids.Skip(10).Take(10)], None);
        await world.RestartAsync();
        var third = await world.Prospects.EnrichAsync([.. ids.Skip(20).Take(10)], None);

        Assert.Null(first.Refusal);
        Assert.Equal((SourceTrouble.OutOfCredits, SourceTrouble.OutOfCredits), (second.Refusal!.Trouble, third.Refusal!.Trouble));
        Assert.Contains("used all of its credits", third.Refusal.Reason);
        Assert.Equal(first.Credits, world.Kind("enrich").Count());
        var left = 10 - first.Credits;
        Assert.Equal(left > 0, (await world.Check().CheckAsync(None)).Single(finding => finding.Capability == "enrich").Passed);
    }

    [Fact]
    public async Task Keys_numbers_of_people_and_addresses_are_refused_in_the_vendors_words()
    {
        await using var world = await ApolloWorld.StartAsync();
        var (noKey, noKeySaid, _) = await world.AskAsync(HttpMethod.Get, "users/api_profile", key: null);
        var (wrongKey, wrongKeySaid, wrong) = await world.AskAsync(HttpMethod.Get, "users/api_profile", key: "other");
        var (eleven, elevenSaid, _) = await world.AskAsync(HttpMethod.Post, "people/bulk_match", body: Details(11));
        var (none, noneSaid, _) = await world.AskAsync(HttpMethod.Post, "people/bulk_match", body: Details(0));
        var (noUrl, _, _) = await world.AskAsync(HttpMethod.Post, "people/bulk_match?reveal_phone_number=true", body: Details(1));
        var (retired, _, _) = await world.AskAsync(HttpMethod.Post, "mixed_people/search", body: []);

        Assert.Equal((422, """{"error":"Api key required"}"""), (noKey, noKeySaid));
        Assert.Equal((401, "text/plain"), (wrongKey, wrong.Content.Headers.ContentType!.MediaType));
        Assert.StartsWith("Invalid API key.", wrongKeySaid);
        Assert.False(wrong.Headers.Contains("x-rate-limit-minute"));
        Assert.Equal((400, 400, 400, 422), (eleven, none, noUrl, retired));
        Assert.Contains("RECORD_LIMIT_EXCEEDED", elevenSaid);
        Assert.Contains("INVALID_REQUEST", noneSaid);
        Assert.Equal(SourceTrouble.Account, (await world.With("other").SearchAsync(ApolloWorld.Everybody, 1, None)).Refusal!.Trouble);
        Assert.Empty(world.Log);
        Assert.All(await world.Check().CheckAsync(None), finding => Assert.True(finding.Passed));
    }

    [Fact]
    public async Task A_full_window_turns_away_until_it_is_over_and_paid_plans_have_no_hour_for_enriching()
    {
        await using var world = await ApolloWorld.StartAsync();
        var (_, _, first) = await world.AskAsync(HttpMethod.Get, "users/api_profile");
        Assert.Equal(("200", "1", "199"), (Header(first, "x-rate-limit-minute"), Header(first, "x-minute-usage"), Header(first, "x-minute-requests-left")));
        Assert.Equal(("400", "2000"), (Header(first, "x-rate-limit-hourly"), Header(first, "x-rate-limit-24-hour")));
        world.Clock.Advance(TimeSpan.FromSeconds(20));
        for (var i = 1; i < 200; i++) await world.AskAsync(HttpMethod.Get, "users/api_profile");

        var (status, _, full) = await world.AskAsync(HttpMethod.Get, "users/api_profile");
        Assert.Equal((429, TimeSpan.FromSeconds(40)), (status, full.Headers.RetryAfter!.Delta!.Value));
        var (_, _, enriching) = await world.AskAsync(HttpMethod.Post, "people/bulk_match", body: Details(1));
        Assert.Equal(("1000", "", false), (Header(enriching, "x-rate-limit-minute"), Header(enriching, "x-rate-limit-hourly"), enriching.Headers.Contains("x-hourly-usage")));
        world.Clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(200, (await world.AskAsync(HttpMethod.Get, "users/api_profile")).Status);
    }

    [Fact]
    public async Task Ordered_phones_come_minutes_later_to_the_address_and_to_who_asks_and_are_paid_once()
    {
        await using var ear = new ScriptedHttp(new Reply(200)) { IsNoVendor = true };
        await using var world = await ApolloWorld.StartAsync();
        var ids = await world.IdsAsync(10);
        var order = await world.Prospects.OrderPhonesAsync(ids, new Uri(ear.BaseUrl, "/hooks/apollo/token"), None);
        Assert.Equal((false, null), (order.AlreadyUnderWay, order.Refusal));
        Assert.Equal(order.RequestId, (string?)world.Kind("phone_order").First()["id"]);
        Assert.True((await world.Prospects.CollectPhonesAsync(order.RequestId!, None)).Pending);
        Assert.True((await world.Prospects.OrderPhonesAsync([.. ids.Take(3)], new Uri(ear.BaseUrl, "/hooks/apollo/other"), None)).AlreadyUnderWay);

        await world.PassAsync(TimeSpan.FromSeconds(119));
        Assert.Empty(ear.Requests);
        // The order survives a restart in the middle.
        await world.RestartAsync();
        await world.PassAsync(TimeSpan.FromMinutes(9));

        var delivered = Assert.Single(ear.Requests);
        Assert.Equal(("POST", "/hooks/apollo/token"), (delivered.Method, delivered.Path));
        Assert.DoesNotContain("request_id", delivered.Body);
        var phones = ((SignalMeaning.PhonesDelivered)new ApolloSignals().Read(ApolloSignals.Wrap("pho_1", delivered.Body))).Phones;
        var collected = await world.Prospects.CollectPhonesAsync(order.RequestId!, None);
        Assert.NotEmpty(phones);
        Assert.Equal(phones, collected.Phones);
        Assert.All(phones, phone => Assert.Matches("^\\+1[2-9][0-9]{2}55501[0-9]{2}$", phone.Number));
        var lines = world.Kind("phones").ToList();
        Assert.Equal(collected.Credits, lines.Sum(line => decimal.Parse((string)line["outcome"]!)));
        Assert.Equal(8 * phones.Select(phone => phone.ExternalId).Distinct().Count(), collected.Credits);

        // Delivered before the next restart: the account and the result stay, and nothing is delivered again.
        await world.RestartAsync();
        await world.PassAsync(TimeSpan.FromDays(1));
        Assert.Equal(phones, (await world.Prospects.CollectPhonesAsync(order.RequestId!, None)).Phones);
        Assert.Single(ear.Requests);
        await world.PassAsync(TimeSpan.FromDays(30));
        Assert.Equal(410, (await world.AskAsync(HttpMethod.Get, $"webhook_result/{order.RequestId}")).Status);
        Assert.Equal((404, 400), ((await world.AskAsync(HttpMethod.Get, "webhook_result/12")).Status, (await world.AskAsync(HttpMethod.Get, "webhook_result/x")).Status));
    }

    private static JsonObject Details(int count) => new() { ["details"] = new JsonArray([.. Enumerable.Range(0, count).Select(i => new JsonObject { ["id"] = $"nobody{i}" })]) };

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
