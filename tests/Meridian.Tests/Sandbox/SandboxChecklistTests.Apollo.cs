using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Apollo;
using Meridian.Engine.Inbound;
using Meridian.Engine.Prospecting;
using Meridian.Tests.Providers;
using Xunit;

namespace Meridian.Tests.Sandbox;

public sealed partial class SandboxChecklistTests
{
    [Fact]
    public async Task Apollo_passes_over_a_filter_it_does_not_know_without_a_word()
    {
        await using var world = await ApolloWorld.StartAsync();
        var all = await TotalAsync(world, []);
        Assert.Equal(all, await TotalAsync(world, new JsonObject { ["titles"] = new JsonArray("CEO"), ["organization_domains"] = new JsonArray("company.example"), ["q"] = "roofing" }));
        Assert.NotEqual(all, await TotalAsync(world, new JsonObject { ["person_titles"] = new JsonArray("CEO") }));
    }

    [Fact]
    public async Task Apollos_search_shows_nobody_whole()
    {
        await using var world = await ApolloWorld.StartAsync();
        var (_, said, _) = await world.AskAsync(HttpMethod.Post, "mixed_people/api_search", body: new JsonObject { ["per_page"] = 100, ["page"] = 1 });
        var answer = JsonNode.Parse(said)!;
        Assert.Equal(["total_entries", "people"], answer.AsObject().Select(p => p.Key));
        foreach (var row in answer["people"]!.AsArray().Select(r => r!.AsObject()))
        {
            foreach (var name in new[] { "last_name", "email", "phone", "city", "state", "linkedin_url" }) Assert.False(row.ContainsKey(name));
            if ((string?)row["last_name_obfuscated"] is { } hidden) Assert.Matches(@"^\p{L}.?\*\*\*\p{L}?$", hidden);
            Assert.Equal(JsonValueKind.String, row["has_direct_phone"]!.GetValueKind());
            Assert.Equal(JsonValueKind.True, row["has_state"]!.GetValueKind());
        }
    }

    [Fact]
    public async Task Apollo_bills_an_empty_stub_and_we_make_nobody_of_it()
    {
        await using var world = await ApolloWorld.StartAsync(script: Script(Error("apollo", "POST /api/v1/people/bulk_match", "apollo.stubs")));
        var ids = await world.IdsAsync(10);
        var bought = await world.Prospects.EnrichAsync(ids, None);
        Assert.Null(bought.Refusal);
        Assert.Empty(bought.People);
        Assert.True(bought.Credits > 0);
        Assert.Equal(bought.Credits, world.Kind("enrich").Count());
        var (_, said, _) = await world.AskAsync(HttpMethod.Post, "people/bulk_match", body: Asking(ids[0]));
        var stub = JsonNode.Parse(said)!["matches"]![0]!.AsObject();
        Assert.Equal(ids[0], (string?)stub["id"]);
        foreach (var name in new[] { "last_name", "title", "email", "linkedin_url", "organization_id" }) Assert.Null(stub[name]);
    }

    [Fact]
    public async Task Apollo_keeps_the_order_of_the_question_and_puts_null_for_whom_it_does_not_find()
    {
        await using var world = await ApolloWorld.StartAsync();
        var ids = await world.IdsAsync(2);
        var (_, said, _) = await world.AskAsync(HttpMethod.Post, "people/bulk_match", body: Asking(ids[0], "66f1c0de9b2a4d0001a1b2c3", ids[1]));
        var answer = JsonNode.Parse(said)!;
        Assert.Equal([ids[0], null, ids[1]], answer["matches"]!.AsArray().Select(m => (string?)m?["id"]));
        Assert.Equal((3, 2, 1), ((int)answer["total_requested_enrichments"]!, (int)answer["unique_enriched_records"]!, (int)answer["missing_records"]!));
        // Credits are decimal.
        Assert.Contains("\"credits_consumed\":2.0", said, StringComparison.Ordinal);
        var bought = await world.Prospects.EnrichAsync([ids[0], "66f1c0de9b2a4d0001a1b2c3", ids[1]], None);
        Assert.Equal(2m, bought.Credits);
        Assert.DoesNotContain(bought.People, person => person.ExternalId == "66f1c0de9b2a4d0001a1b2c3");
    }

    [Fact]
    public async Task Apollos_request_numbers_are_signed_and_too_large_for_a_double_and_we_keep_every_digit()
    {
        await using var ear = new ScriptedHttp(new Reply(200)) { IsNoVendor = true };
        await using var world = await ApolloWorld.StartAsync();
        var numbers = new List<long>();
        foreach (var id in await world.IdsAsync(12))
        {
            var order = await world.Prospects.OrderPhonesAsync([id], new Uri(ear.BaseUrl, "/hooks/apollo/t"), None);
            numbers.Add(long.Parse(order.RequestId!, CultureInfo.InvariantCulture));
        }

        Assert.Contains(numbers, n => n < 0);
        Assert.Contains(numbers, n => n > 0);
        Assert.Contains(numbers, n => (BigInteger)(double)n != n);
        Assert.Equal(numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)), world.Kind("phone_order").Select(line => (string?)line["id"]));
    }

    [Theory]
    [InlineData("duplicated", 2)]
    [InlineData("lost", 0)]
    public async Task Apollos_phones_come_twice_or_never_and_whoever_asks_gets_them(string fate, int times)
    {
        await using var ear = new ScriptedHttp(new Reply(200)) { IsNoVendor = true };
        await using var world = await ApolloWorld.StartAsync(script: Script($"{{ \"provider\": \"webhook\", \"request\": \"apollo phones\", \"then\": \"{fate}\" }}"));
        var order = await world.Prospects.OrderPhonesAsync(await world.IdsAsync(10), new Uri(ear.BaseUrl, "/hooks/apollo/token"), None);
        for (var minute = 0; minute < 30; minute++) await world.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(times, ear.Requests.Count);
        Assert.True(ear.Requests.Select(r => r.Body).Distinct().Count() <= 1);
        var collected = await world.Prospects.CollectPhonesAsync(order.RequestId!, None);
        Assert.NotEmpty(collected.Phones);
        if (times > 0) Assert.Equal(collected.Phones, ((SignalMeaning.PhonesDelivered)new ApolloSignals().Read(ApolloSignals.Wrap("pho_1", ear.Requests[0].Body))).Phones);
        Assert.Equal(collected.Credits, world.Kind("phones").Sum(line => decimal.Parse((string)line["outcome"]!, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Apollos_answers_to_whoever_asks_for_phones_are_pending_in_progress_failed_or_there()
    {
        const string request = "GET /api/v1/webhook_result/*";
        await using var ear = new ScriptedHttp(new Reply(200)) { IsNoVendor = true };
        await using var world = await ApolloWorld.StartAsync(script: Script($"{Error("apollo", request, "apollo.phones-in-progress", ", \"nth\": 2")}, {Error("apollo", request, "apollo.phones-failed", ", \"nth\": 3")}"));
        var order = (await world.Prospects.OrderPhonesAsync(await world.IdsAsync(3), new Uri(ear.BaseUrl, "/hooks/apollo/t"), None)).RequestId!;
        var (status, said, _) = await world.AskAsync(HttpMethod.Get, $"webhook_result/{order}");
        Assert.Equal((404, """{"error_code":"result_pending","retry_after_seconds":10}"""), (status, said));
        Assert.True((await world.Prospects.CollectPhonesAsync(order, None)).Pending);
        Assert.Equal(SourceTrouble.Invalid, (await world.Prospects.CollectPhonesAsync(order, None)).Refusal!.Trouble);
        await world.PassAsync(TimeSpan.FromMinutes(11));
        Assert.False((await world.Prospects.CollectPhonesAsync(order, None)).Pending);
    }

    [Fact]
    public async Task Apollos_old_search_says_where_the_new_one_is()
    {
        await using var world = await ApolloWorld.StartAsync();
        var (status, said, _) = await world.AskAsync(HttpMethod.Post, "mixed_people/search", body: []);
        Assert.Equal(422, status);
        Assert.Equal("This endpoint is deprecated for API callers. Please use the new mixed_people/api_search endpoint: https://docs.apollo.io/reference/people-api-search.", (string?)JsonNode.Parse(said)!["error"]);
    }

    [Fact]
    public async Task Apollos_placeholder_is_called_verified_and_we_write_to_nobody_there()
    {
        await using var world = await ApolloWorld.StartAsync(script: Script(Error("apollo", "POST /api/v1/people/bulk_match", "apollo.placeholders")));
        var ids = await world.IdsAsync(10);
        var (_, said, _) = await world.AskAsync(HttpMethod.Post, "people/bulk_match", body: Asking([.. ids]));
        Assert.All(JsonNode.Parse(said)!["matches"]!.AsArray().OfType<JsonObject>(), m => Assert.Equal(("email_not_unlocked@domain.com", "verified"), ((string?)m["email"], (string?)m["email_status"])));
        var bought = await world.Prospects.EnrichAsync(ids, None);
        Assert.NotEmpty(bought.People);
        Assert.All(bought.People, person => Assert.Equal((null, "unavailable"), (person.Email, person.EmailStatus)));
    }

    private static JsonObject Asking(params string[] ids) => new() { ["details"] = new JsonArray([.. ids.Select(id => new JsonObject { ["id"] = id })]) };

    private static async Task<int> TotalAsync(ApolloWorld world, JsonObject filters)
    {
        (filters["page"], filters["per_page"]) = (1, 1);
        return (int)JsonNode.Parse((await world.AskAsync(HttpMethod.Post, "mixed_people/api_search", body: filters)).Body)!["total_entries"]!;
    }
}
