using Meridian.Engine.Inbound;
using System.Text.Json;
using Meridian.Adapters.Apollo;
using Meridian.Adapters.Http;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class ApolloProspectsTests
{
    private const string OneId = "66f1c0de9b2a4d0001a1b2c3";

    private const string Exhausted = """{"error":"You have insufficient credits! <a href='https://app.apollo.io/'>Upgrade your plan</a> to increase your number of lead credits.","error_details":{"code":"BILLING.LIMIT.CREDITS_EXHAUSTED","message":"Your team has used all of its credits for this billing cycle.","suggestions":[],"context":{"credit_balance":{"value":0}}}}""";

    private static readonly SearchFilter Owners = new(["Owner"], ["owner"], [], ["11,50"], null);
    private static readonly Instant Now = Instant.FromUtc(2026, 11, 23, 15, 0);

    /// <summary>Status, body, retry-after; what it means for a free request, and for a paid one.</summary>
    public static TheoryData<int, string, string?, string, string> Refusals => new()
    {
        { 401, "Invalid API key. See https://docs.apollo.io/reference/authentication for how to authenticate.", null, "Account", "Account" },
        { 422, """{"error":"Api key required"}""", null, "Account", "Account" },
        { 403, """{"error":"This API key is not authorized to access api/v1/mixed_people/api_search.","error_code":"API_INACCESSIBLE"}""", null, "Account", "Account" },
        { 403, """{"message":"This endpoint is only available to Apollo users on paid plans."}""", null, "Account", "Account" },
        { 422, """{"error":"Invalid parameters"}""", null, "Invalid", "Invalid" },
        { 422, """{"error":"Parameters misconfigured. X is not a valid ID"}""", null, "Invalid", "Invalid" },
        { 422, """{"error":"This endpoint is deprecated for API callers. Please use the new mixed_people/api_search endpoint: https://docs.apollo.io/reference/people-api-search."}""", null, "Invalid", "Invalid" },
        { 422, """{"status":"failed","error_code":"UNKNOWN_ERROR","error_message":"no implicit conversion of Symbol into Integer"}""", null, "Invalid", "Invalid" },
        { 400, """{"status":"failed","error_code":"INVALID_REQUEST","error_message":"invalid request, missing details"}""", null, "Invalid", "Invalid" },
        { 400, """{"status":"failed","error_code":"RECORD_LIMIT_EXCEEDED","error_message":"cannot enrich more than 10 in a single request"}""", null, "Invalid", "Invalid" },
        { 400, """{"error":"Please add a valid 'webhook_url' parameter when using 'reveal_phone_number'"}""", null, "Invalid", "Invalid" },
        { 422, Exhausted, null, "OutOfCredits", "OutOfCredits" },
        { 422, "You have insufficient credits! <a href='https://app.apollo.io/'>Upgrade your plan</a>.", null, "OutOfCredits", "OutOfCredits" },
        { 429, Exhausted, null, "OutOfCredits", "OutOfCredits" },
        { 402, "", null, "OutOfCredits", "OutOfCredits" },
        { 429, """{"message":"The maximum number of api calls allowed for api/v1/people/match is 600 times per hour."}""", "60", "RateLimited 300", "RateLimited 300" },
        { 429, """{"message":"{\"message\":\"The maximum number of api calls\"}"}""", "4000", "RateLimited 4000", "RateLimited 4000" },
        { 429, "", null, "RateLimited 300", "RateLimited 300" },
        { 404, "", null, "Invalid", "Invalid" },
        { 307, "", null, "Account", "Account" },
        { 408, "", null, "Unavailable", "Unknown" },
        { 500, """{"error":"Internal Server Error"}""", null, "Unavailable", "Unknown" },
        { 502, "<html>Bad Gateway</html>", null, "Unavailable", "Unknown" },
        { 503, "", "7", "Unavailable", "Unknown" },
        { 504, "", null, "Unavailable", "Unknown" },
        { 200, "", null, "Unavailable", "Unknown" },
        { 200, "{\"total_entries\":", null, "Unavailable", "Unknown" },
        { 200, "[]", null, "Unavailable", "Unknown" },
        { 200, "{}", null, "Unavailable", "Unknown" },
        { 200, "<html>", null, "Unavailable", "Unknown" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Every_answer_is_classed_by_what_may_have_been_bought_and_costs_one_request(int status, string body, string? retryAfter, string free, string paid)
    {
        await using var apollo = new ScriptedHttp(new Reply(status, body, retryAfter));
        var prospects = Prospects(apollo.BaseUrl);

        Assert.Equal(free, Plainly((await prospects.SearchAsync(Owners, 1, CancellationToken.None)).Refusal));
        Assert.Equal(paid, Plainly((await prospects.EnrichAsync([OneId], CancellationToken.None)).Refusal));
        Assert.Equal(paid, Plainly((await prospects.OrderPhonesAsync([OneId], new Uri("https://example.com/h"), CancellationToken.None)).Refusal));
        Assert.Equal(3, apollo.Requests.Count);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("drop")]
    [InlineData("half")]
    public async Task A_paid_request_without_an_answer_is_unknown_and_nothing_is_asked_twice(string accident)
    {
        await using var apollo = new ScriptedHttp(accident switch { "hang" => Reply.Hang, "drop" => Reply.Drop, _ => new Reply(200, """{"matches":[""", Truncates: true) });
        var prospects = Prospects(apollo.BaseUrl, apollo.Machine);

        Assert.Equal("Unknown", Plainly((await prospects.EnrichAsync([OneId], CancellationToken.None)).Refusal));
        Assert.Equal("Unavailable", Plainly((await prospects.SearchAsync(Owners, 1, CancellationToken.None)).Refusal));
        Assert.Equal(2, apollo.Requests.Count);
    }

    [Fact]
    public async Task A_request_that_never_left_has_bought_nothing()
    {
        using var closed = new NobodyListens();
        Assert.Equal("Unavailable", Plainly((await Prospects(closed.BaseUrl).EnrichAsync([OneId], CancellationToken.None)).Refusal));

        await using var apollo = new ScriptedHttp(new Reply(200, """{"matches":[]}"""));
        Assert.Equal("Unavailable", Plainly((await Prospects(apollo.BaseUrl).EnrichAsync([OneId], new CancellationToken(true))).Refusal));
        Assert.Empty(apollo.Requests);
    }

    [Fact]
    public async Task Filters_travel_in_the_body_and_an_open_search_is_for_verified_addresses_in_the_united_states()
    {
        await using var apollo = new ScriptedHttp(new Reply(200, """
            {"total_entries":1843,"people":[
              {"id":"a","first_name":"Dana","last_name_obfuscated":null,"title":null,"has_email":true,"has_state":true,"has_country":true,"has_direct_phone":"Maybe: please request direct dial via people/bulk_match","organization":{"name":"Example Freight"}},
              {"id":"b","first_name":null,"has_email":null,"has_direct_phone":"Yes","organization":null},
              {"first_name":"Nobody"}, null]}
            """));
        var page = await Prospects(apollo.BaseUrl).SearchAsync(Owners with { PerPage = 500 }, 3, CancellationToken.None);

        Assert.Null(page.Refusal);
        Assert.Equal(1843, page.Total);
        Assert.Equal([new FoundProspect("a", "Dana", null, "Example Freight", true, true, true), new FoundProspect("b", null, null, null, false, false, false)], page.People);
        var asked = Assert.Single(apollo.Requests);
        Assert.Equal(("POST", "/api/v1/mixed_people/api_search", "key", "no-cache"), (asked.Method, asked.Path, asked.Headers["x-api-key"], asked.Headers["Cache-Control"]));
        Assert.Equal(
            """{"person_locations":["United States"],"contact_email_status":["verified"],"person_titles":["Owner"],"person_seniorities":["owner"],"organization_num_employees_ranges":["11,50"],"page":3,"per_page":100}""",
            asked.Body);
    }

    [Fact]
    public async Task A_result_as_large_as_the_whole_database_means_that_filters_were_ignored()
    {
        await using var apollo = new ScriptedHttp(new Reply(200, """{"total_entries":232000000,"people":[]}"""));
        var reply = await Prospects(apollo.BaseUrl).SearchAsync(Owners with { Places = ["Texas, US"], Keywords = " solar " }, 1, CancellationToken.None);
        Assert.Equal(SourceTrouble.Invalid, reply.Refusal!.Trouble);
        Assert.Contains("ignored the filters", reply.Refusal.Reason);
        var body = JsonDocument.Parse(Assert.Single(apollo.Requests).Body).RootElement;
        Assert.Equal(("Texas, US", "solar"), (body.GetProperty("person_locations")[0].GetString(), body.GetProperty("q_keywords").GetString()));
    }

    [Fact]
    public async Task A_page_that_apollo_never_shows_is_not_asked_for()
    {
        await using var apollo = new ScriptedHttp(new Reply(200, "{}"));
        Assert.Equal("Invalid", Plainly((await Prospects(apollo.BaseUrl).SearchAsync(Owners, 501, CancellationToken.None)).Refusal));
        await Assert.ThrowsAsync<ArgumentException>(() => Prospects(apollo.BaseUrl).EnrichAsync([], CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Prospects(apollo.BaseUrl).EnrichAsync([.. Enumerable.Range(0, 11).Select(i => $"{i}")], CancellationToken.None));
        Assert.Empty(apollo.Requests);
    }

    [Fact]
    public async Task A_bought_person_is_read_whole_with_decimal_credits_and_nulls_are_people_not_found()
    {
        await using var apollo = new ScriptedHttp(new Reply(200, """
            {"status":"success","credits_consumed":2.5,"unique_enriched_records":2,"request_id":-8351464734221602674,"matches":[
              {"id":"a","first_name":"Dana","last_name":"Whitman","title":"Head of Operations","email":"dana@example-freight.example","email_status":"verified","city":"Chicago","state":"Illinois","country":"United States",
               "organization":{"id":"o1","name":"Example Freight","primary_domain":"Example-Freight.example","phone":"+1 312-555-0142","sanitized_phone":"+13125550142","city":"Chicago","state":"Illinois","postal_code":"60601"}},
              null,
              {"id":"merged","first_name":"Eve","last_name":"Cole","email":"eve@example.com","email_status":null,"city":"Hilo","state":"Hawaii","organization_id":"o2","organization":{"website_url":"http://www.other.example/x","state":"Texas","postal_code":"78701"}},
              {"id":"stub","first_name":"Stub","last_name":null,"title":null,"email":null,"organization":null},
              {"id":"locked","first_name":"Lou","last_name":"Key","email":"email_not_unlocked@domain.com","email_status":"verified"}]}
            """));
        var reply = await Prospects(apollo.BaseUrl).EnrichAsync(["a", "gone", "old-id", "stub", "locked"], CancellationToken.None);

        Assert.Equal((2.5m, null), (reply.Credits, reply.Refusal));
        Assert.Equal(["a", "old-id", "locked"], reply.People.Select(person => person.ExternalId));
        var (dana, eve, lou) = (reply.People[0], reply.People[1], reply.People[2]);
        Assert.Equal(
            ("Dana", "Whitman", "Head of Operations", "dana@example-freight.example", "verified", "Chicago", "Illinois", "60601"),
            (dana.FirstName, dana.LastName, dana.Title, dana.Email, dana.EmailStatus, dana.City, dana.State, dana.PostalCode));
        Assert.Equal(("o1", "Example Freight", "example-freight.example", "+13125550142", "Illinois"), (dana.CompanyExternalId, dana.CompanyName, dana.CompanyDomain, dana.CompanyPhone, dana.CompanyState));
        Assert.Contains("\"sanitized_phone\":\"+13125550142\"", dana.Raw);
        // An office in another state says nothing about where she is.
        Assert.Equal((null, "other.example", "o2", null), (eve.PostalCode, eve.CompanyDomain, eve.CompanyExternalId, eve.EmailStatus));
        Assert.Equal((null, "unavailable"), (lou.Email, lou.EmailStatus));

        var asked = Assert.Single(apollo.Requests);
        Assert.Equal("/api/v1/people/bulk_match?reveal_personal_emails=false&reveal_phone_number=false", asked.Path);
        Assert.Equal("""{"details":[{"id":"a"},{"id":"gone"},{"id":"old-id"},{"id":"stub"},{"id":"locked"}]}""", asked.Body);
    }

    [Theory]
    [InlineData("""{"matches":[{"id":"a"}],"credits_consumed":1,"request_id":1,"phone_enrichment":{"request_id":-8351464734221602674,"status":"pending"}}""", "-8351464734221602674", false)]
    [InlineData("""{"matches":[{"id":"a"}],"credits_consumed":1,"request_id":9007199254740993,"phone_enrichment":{"status":"pending"}}""", "9007199254740993", false)]
    [InlineData("""{"matches":[{"id":"a"}],"credits_consumed":1,"request_id":5,"phone_enrichment":{"request_id":"-12","status":"skipped","message":"m"}}""", "-12", true)]
    public async Task The_number_of_a_phone_order_keeps_all_its_digits_and_a_skipped_order_is_already_under_way(string body, string id, bool underWay)
    {
        await using var apollo = new ScriptedHttp(new Reply(200, body));
        var reply = await Prospects(apollo.BaseUrl).OrderPhonesAsync(["a"], new Uri("https://example.com/hooks/apollo/t?x=1&y=2"), CancellationToken.None);
        Assert.Equal(new PhoneOrderReply(id, underWay, 1), reply);
        Assert.Equal(
            "/api/v1/people/bulk_match?reveal_personal_emails=false&reveal_phone_number=true&webhook_url=https%3A%2F%2Fexample.com%2Fhooks%2Fapollo%2Ft%3Fx%3D1%26y%3D2",
            Assert.Single(apollo.Requests).Path);
    }

    [Theory]
    [InlineData(404, """{"error_code":"result_pending","retry_after_seconds":10}""", "pending")]
    [InlineData(200, """{"webhook_status":"in_progress","webhook_result":null}""", "pending")]
    [InlineData(200, """{"webhook_status":"success","webhook_result":{"credits_consumed":8,"people":[]}}""", "0 phones for 8")]
    [InlineData(200, """{"webhook_status":"success","webhook_result":"{\"credits_consumed\":8.5,\"people\":[{\"id\":\"a\",\"phone_numbers\":[{\"sanitized_number\":\"+13125550117\"}]}]}"}""", "1 phones for 8.5")]
    [InlineData(200, """{"webhook_status":"success","webhook_result":null}""", "Unavailable")]
    [InlineData(200, """{"webhook_status":"failed","failure_reason":"x"}""", "Invalid")]
    [InlineData(404, """{"error_code":"request_id_unknown"}""", "Invalid")]
    [InlineData(410, """{"error_code":"request_id_expired"}""", "Invalid")]
    [InlineData(400, """{"error_code":"invalid_request_id"}""", "Invalid")]
    [InlineData(404, "", "Unavailable")]
    [InlineData(500, "", "Unavailable")]
    [InlineData(401, "Invalid API key.", "Account")]
    [InlineData(429, "", "RateLimited 300")]
    public async Task Looking_for_ordered_phones_tells_whether_to_look_again(int status, string body, string expected)
    {
        await using var apollo = new ScriptedHttp(new Reply(status, body));
        var reply = await Prospects(apollo.BaseUrl).CollectPhonesAsync("-8351464734221602674", CancellationToken.None);
        Assert.Equal(expected, reply.Pending ? "pending" : reply.Refusal is { } refusal ? Plainly(refusal) : FormattableString.Invariant($"{reply.Phones.Count} phones for {reply.Credits}"));
        Assert.Equal(("GET", "/api/v1/webhook_result/-8351464734221602674"), (apollo.Requests.Single().Method, apollo.Requests.Single().Path));
    }

    [Fact]
    public void A_phone_is_callable_only_when_apollo_says_that_no_list_has_it_and_the_careful_one_of_two_statements_holds()
    {
        var delivered = (SignalMeaning.PhonesDelivered)new ApolloSignals().Read(ApolloSignals.Wrap("pho_1", """
            {"people":[{"id":"a","status":"success","phone_numbers":[
                {"raw_number":"+1 312-555-0117","sanitized_number":"+13125550117","type_cd":"mobile","status_cd":"valid_number","dnc_status_cd":"not_found"},
                {"sanitized_number":"+13125550118","type_cd":null,"status_cd":"no_status","dnc_status_cd":null},
                {"raw_number":"(312) 555-0119","sanitized_number":null,"type":"work_direct","status":"valid_number","dnc_status":"found"},
                {"sanitized_number":"+13125550117","type_cd":"mobile","status_cd":"valid_number","dnc_status_cd":"pending"},
                {"sanitized_number":"nonsense"}]},
              {"id":"b","phone_numbers":null},{"phone_numbers":[{"sanitized_number":"+13125550120"}]}, null]}
            """));
        Assert.Equal("pho_1", delivered.OrderId);

        Assert.Equal(
        [
            new ProspectPhone("a", "+13125550117", "mobile", IsValid: true, DoNotCall: true),
            new ProspectPhone("a", "+13125550118", null, IsValid: false, DoNotCall: true),
            new ProspectPhone("a", "+13125550119", "work_direct", IsValid: true, DoNotCall: true),
        ], delivered.Phones);
        foreach (var junk in new[] { "", "{", "[]", "null", """{"people":{}}""", """{"status":"failed"}""" }) Assert.IsType<SignalMeaning.Unreadable>(new ApolloSignals().Read(ApolloSignals.Wrap("pho_1", junk)));
    }

    [Fact]
    public void Options_name_everything_that_is_missing_at_once() => Assert.Equal(2, new ApolloOptions { RequestTimeoutSeconds = 0 }.Problems().Count());

    internal static string Plainly(SourceRefusal? refusal) =>
        refusal is null ? "none" : refusal.Until is { } until ? FormattableString.Invariant($"{refusal.Trouble} {(until - Now).TotalSeconds}") : refusal.Trouble.ToString();

    private static ApolloProspects Prospects(Uri baseUrl, TimeProvider? machine = null) => new(
        ProviderHttp.Create(TimeSpan.FromSeconds(5)), new ApolloOptions { BaseUrl = new Uri(baseUrl, "/api/v1/"), ApiKey = "key" },
        new Clocks(new FakeTimeProvider(Now.ToDateTimeOffset()), machine ?? TimeProvider.System));
}
