using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Adapters.Vapi;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class VapiCallsTests
{
    private const string Placed = """{"id":"call_1","status":"queued","monitor":{"controlUrl":"https://a.vapi.ai/call_1/control"},"subscriptionLimits":{"concurrencyBlocked":false,"concurrencyLimit":10}}""";

    private static readonly OutgoingCall Call = new(
        Permits.TouchId, "lead_01890a5d-ac96-774b-bcce-b302099a8058", "phone_1", "+13125550117", "204", "Dana Whitman of a company with a very long name indeed",
        "This is an AI calling.", new Dictionary<string, string> { ["firstName"] = "Dana" }, 300, 30, Instant.FromUtc(2026, 10, 12, 15, 0));

    public static TheoryData<int, string, string> Answers => new()
    {
        { 201, Placed, "Accepted call_1" },
        { 200, """{"results":[{"id":"call_2"}],"errors":[]}""", "Accepted call_2" },
        { 201, """{"id":"call_3","status":"scheduled","subscriptionLimits":{"concurrencyBlocked":true}}""", "Accepted call_3" },
        { 201, """{"subscriptionLimits":{"concurrencyBlocked":true,"concurrencyLimit":10,"remainingConcurrentCalls":0}}""", "NotSent Transient 30" },
        { 201, """{"status":"queued"}""", "Unknown" },
        { 201, "{\"id\":", "Unknown" },
        { 201, "", "Unknown" },
        { 201, "[]", "Unknown" },
        { 201, "null", "Unknown" },
        { 400, """{"message":"Over Concurrency Limit","error":"Bad Request","statusCode":400,"subscriptionLimits":{"concurrencyBlocked":true}}""", "NotSent Transient 30" },
        { 400, """{"message":"Couldn't Start Call.","subscriptionLimits":{"concurrencyBlocked":true}}""", "NotSent Transient 30" },
        { 404, """{"message":"Over concurrency limit","statusCode":404}""", "NotSent Transient 30" },
        { 500, """{"message":"Over concurrency limit","statusCode":500}""", "NotSent Transient 30" },
        { 500, """{"message":"Concurrent modification","statusCode":500}""", "Unknown" },
        { 400, """{"message":"customer.number must be a valid phone number","subscriptionLimits":{"concurrencyBlocked":false}}""", "Refused" },
        { 400, """{"message":["customer.number must be a valid phone number in the E.164 format. Hot tip, you may be missing the country code (Eg. US: +1)."],"error":"Bad Request","statusCode":400}""", "Refused" },
        { 400, """{"message":["customer.name must be shorter than or equal to 40 characters"],"error":"Bad Request","statusCode":400}""", "Refused" },
        { 400, """{"message":"Couldn't Get Phone Number. Need Either `phoneNumberId` Or `phoneNumber`.","statusCode":400}""", "NotSent Account" },
        { 400, """{"message":"`phoneNumber` `42b4b25d-031e-4786-857f-63b346c90001` does not exist.","statusCode":400}""", "NotSent Account" },
        { 400, """{"message":"Couldn't Start Call. Numbers Bought On Vapi Have A Daily Outbound Call Limit. Import Your Own Twilio Numbers To Scale Without Limits.","statusCode":400}""", "NotSent Account" },
        { 400, """{"message":"Insufficient credits. Please add a payment method.","statusCode":400}""", "NotSent Account" },
        { 400, """{"message":"Your subscription is frozen.","statusCode":400}""", "NotSent Account" },
        { 400, """{"message":["property metadata should not exist"],"statusCode":400}""", "NotSent Account" },
        { 401, """{"message":"Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.","statusCode":401}""", "NotSent Account" },
        { 402, """{"message":"Pay"}""", "NotSent Account" },
        { 403, """{"message":"Forbidden resource","statusCode":403}""", "NotSent Account" },
        { 404, """{"message":"Not Found","statusCode":404}""", "Refused" },
        { 408, """{"message":"Request Timeout"}""", "Unknown" },
        { 422, "<html>", "Refused" },
        { 400, "", "Refused" },
        { 429, "", "NotSent Transient 7" },
        { 429, """{"message":"Too Many Requests","statusCode":429}""", "NotSent Transient 7" },
        { 503, """{"message":"Service Unavailable","statusCode":503}""", "NotSent Transient 7" },
        { 503, "", "Unknown" },
        { 503, "<html>upstream</html>", "Unknown" },
        { 500, """{"message":"Internal server error","statusCode":500}""", "Unknown" },
        { 502, "<html>Bad Gateway</html>", "Unknown" },
        { 504, "", "Unknown" },
        { 307, "", "NotSent Account" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Every_answer_is_classed_by_what_may_have_happened_and_costs_one_request(int status, string body, string expected)
    {
        await using var vapi = new ScriptedHttp(new Reply(status, body, status is 429 or 503 ? "7" : null));
        var permit = Permits.Fresh(Channel.Call);
        var calls = Calls(vapi.BaseUrl);

        Assert.Equal(expected, Permits.Plainly(await calls.PlaceAsync(permit, Call, CancellationToken.None)));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await calls.PlaceAsync(permit, Call, CancellationToken.None)));
        Assert.Single(vapi.Requests);
    }

    [Fact]
    public async Task The_request_carries_our_id_in_three_places_dials_at_once_and_leaves_nothing_on_a_machine()
    {
        await using var vapi = new ScriptedHttp(new Reply(201, Placed));
        var result = await Calls(vapi.BaseUrl).PlaceAsync(Permits.Fresh(Channel.Call), Call, CancellationToken.None);

        Assert.Equal(new SendResult.Accepted("call_1", "https://a.vapi.ai/call_1/control"), result);
        var asked = Assert.Single(vapi.Requests);
        Assert.Equal(("POST", "/call", "Bearer key"), (asked.Method, asked.Path, asked.Headers["Authorization"]));
        var body = JsonDocument.Parse(asked.Body).RootElement;
        var overrides = body.GetProperty("assistantOverrides");
        Assert.Equal(Permits.TouchId, body.GetProperty("name").GetString());
        Assert.Equal(Permits.TouchId, body.GetProperty("metadata").GetProperty("touchId").GetString());
        Assert.Equal(Permits.TouchId, overrides.GetProperty("metadata").GetProperty("touchId").GetString());
        Assert.Equal(40, body.GetProperty("customer").GetProperty("name").GetString()!.Length);
        Assert.Equal(40, body.GetProperty("customer").GetProperty("externalId").GetString()!.Length);
        Assert.Equal("204", body.GetProperty("customer").GetProperty("extension").GetString());
        Assert.Equal("vapi", overrides.GetProperty("voicemailDetection").GetProperty("provider").GetString());
        Assert.Equal("hush", overrides.GetProperty("server").GetProperty("headers").GetProperty("X-Meridian-Secret").GetString());
        Assert.Equal(["status-update", "end-of-call-report", "tool-calls", "conversation-update"], overrides.GetProperty("serverMessages").EnumerateArray().Select(item => item.GetString()!));
        Assert.True(overrides.GetProperty("monitorPlan").GetProperty("controlEnabled").GetBoolean()); // or nobody could end it
        Assert.False(overrides.GetProperty("monitorPlan").GetProperty("controlAuthenticationEnabled").GetBoolean());
        Assert.False(overrides.TryGetProperty("voicemailMessage", out _));
        Assert.False(body.TryGetProperty("schedulePlan", out _));
    }

    [Fact]
    public async Task A_timeout_after_the_request_left_is_unknown_and_nothing_is_asked_twice() => await AssertUnknown(Reply.Hang);

    [Fact]
    public async Task A_dropped_connection_after_the_request_left_is_unknown() => await AssertUnknown(Reply.Drop);

    [Fact]
    public async Task A_success_whose_body_breaks_off_is_unknown() => await AssertUnknown(Reply.HalfABody);

    [Fact]
    public async Task A_drop_on_a_kept_open_connection_is_not_retried_either()
    {
        var count = 0;
        await using var vapi = new ScriptedHttp(_ => Interlocked.Increment(ref count) == 1 ? new Reply(201, Placed) : Reply.Drop);
        var calls = Calls(vapi.BaseUrl);
        await calls.PlaceAsync(Permits.Fresh(Channel.Call), Call, CancellationToken.None);
        Assert.Equal("Unknown", Permits.Plainly(await calls.PlaceAsync(Permits.Fresh(Channel.Call), Call, CancellationToken.None)));
        Assert.Equal(2, vapi.Requests.Count);
    }

    [Fact]
    public async Task A_refused_connection_and_a_failed_tls_handshake_prove_that_nothing_was_sent()
    {
        using var closed = new NobodyListens();
        Assert.Equal("NotSent Transient", Permits.Plainly(await Calls(closed.BaseUrl).PlaceAsync(Permits.Fresh(Channel.Call), Call, CancellationToken.None)));

        using var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        var accepting = Task.Run(async () =>
        {
            using var client = await plain.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("this is not TLS, not at all"u8.ToArray());
        }, TestContext.Current.CancellationToken);
        var secure = new Uri($"https://127.0.0.1:{((IPEndPoint)plain.LocalEndpoint).Port}");
        Assert.Equal("NotSent Transient", Permits.Plainly(await Calls(secure).PlaceAsync(Permits.Fresh(Channel.Call), Call, CancellationToken.None)));
        await accepting;
    }

    [Fact]
    public async Task A_handshake_that_never_ends_proves_that_nothing_was_sent()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var secure = new Uri($"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}");
        var (permit, machine) = (Permits.Fresh(Channel.Call), new FakeTimeProvider());
        using var opened = silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask().ContinueWith(_ => machine.Advance(TimeSpan.FromMinutes(3)), TaskScheduler.Default);
        Assert.Equal("NotSent Transient", Permits.Plainly(await Calls(secure, machine).PlaceAsync(permit, Call, CancellationToken.None)));
        Assert.True(permit.TryUse());
    }

    [Fact]
    public async Task An_expired_permit_sends_nothing()
    {
        await using var vapi = new ScriptedHttp(new Reply(201, Placed));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await Calls(vapi.BaseUrl).PlaceAsync(Permits.Expired(Channel.Call), Call, CancellationToken.None)));
        Assert.Empty(vapi.Requests);
    }

    [Fact]
    public async Task Being_stopped_before_the_request_left_costs_nobody_an_attempt()
    {
        await using var vapi = new ScriptedHttp(new Reply(201, Placed));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await Calls(vapi.BaseUrl).PlaceAsync(Permits.Fresh(Channel.Call), Call, new CancellationToken(true))));
        Assert.Empty(vapi.Requests);
    }

    [Fact]
    public async Task Being_stopped_after_the_request_left_still_waits_for_the_answer()
    {
        using var stop = new CancellationTokenSource();
        await using var vapi = new ScriptedHttp(_ =>
        {
            stop.Cancel();
            return new Reply(201, Placed);
        });
        Assert.Equal("Accepted call_1", Permits.Plainly(await Calls(vapi.BaseUrl).PlaceAsync(Permits.Fresh(Channel.Call), Call, stop.Token)));
    }

    [Fact]
    public async Task A_permit_for_another_touch_is_a_bug_and_not_an_answer()
    {
        await using var vapi = new ScriptedHttp(new Reply(201, Placed));
        await Assert.ThrowsAsync<ArgumentException>(() => Calls(vapi.BaseUrl).PlaceAsync(Permits.Fresh(Channel.Call), Call with { TouchId = "tch_other" }, CancellationToken.None));
        Assert.Empty(vapi.Requests);
    }

    [Fact]
    public async Task An_extension_too_long_to_dial_is_refused_without_asking()
    {
        await using var vapi = new ScriptedHttp(new Reply(201, Placed));
        Assert.Equal("Refused", Permits.Plainly(await Calls(vapi.BaseUrl).PlaceAsync(Permits.Fresh(Channel.Call), Call with { Extension = "12345678901" }, CancellationToken.None)));
        Assert.Empty(vapi.Requests);
    }

    [Fact]
    public async Task Hanging_up_goes_only_to_vapi_and_carries_no_key()
    {
        await using var vapi = new ScriptedHttp(new Reply(200, "{}"));
        var calls = Calls(vapi.BaseUrl);
        Assert.True(await calls.HangUpAsync(new Uri(vapi.BaseUrl, "/call_1/control").AbsoluteUri, CancellationToken.None));
        var asked = Assert.Single(vapi.Requests);
        Assert.Equal(("POST", """{"type":"end-call"}"""), (asked.Method, asked.Body));
        Assert.False(asked.Headers.ContainsKey("Authorization"));

        var elsewhere = Calls(new Uri("https://api.vapi.ai"));
        Assert.False(await elsewhere.HangUpAsync(new Uri(vapi.BaseUrl, "/call_1/control").AbsoluteUri, CancellationToken.None));
        Assert.False(await elsewhere.HangUpAsync("https://vapi.ai.example.com/control", CancellationToken.None));
        Assert.False(await elsewhere.HangUpAsync("https://evilvapi.ai/control", CancellationToken.None));
        Assert.False(await elsewhere.HangUpAsync("http://a.vapi.ai/control", CancellationToken.None));
        Assert.False(await elsewhere.HangUpAsync("not an address", CancellationToken.None));
        Assert.Single(vapi.Requests);
    }

    [Fact]
    public async Task Looking_up_a_call_tells_how_it_stands()
    {
        await using var vapi = new ScriptedHttp(asked => asked.Path switch
        {
            "/call/live" => new Reply(200, """{"id":"live","status":"in-progress"}"""),
            "/call/done" => new Reply(200, """{"id":"done","status":"ended","endedReason":"customer-ended-call","startedAt":"2026-10-12T15:12:11.649Z","endedAt":"2026-10-12T15:12:15.649Z","cost":0.05,"messages":[{"role":"system","message":"x"}]}"""),
            "/call/broken" => new Reply(200, "{"),
            _ => new Reply(404, """{"message":"Not Found"}"""),
        });
        var calls = Calls(vapi.BaseUrl);

        Assert.Equal(new CallStanding("live", "in-progress", null), await calls.LookUpAsync("live", CancellationToken.None));
        var ended = (await calls.LookUpAsync("done", CancellationToken.None))!.Ended!;
        Assert.Equal((Disposition.HungUp, 4.0, 0.05m), (ended.Disposition, ended.DurationSeconds, ended.CostUsd!.Value));
        Assert.Null(await calls.LookUpAsync("broken", CancellationToken.None));
        Assert.Null(await calls.LookUpAsync("gone", CancellationToken.None));
    }

    [Theory]
    [InlineData(200, "[]", "NotFound")]
    [InlineData(200, """[{"id":"other","name":"tch_other"},{"id":"x","name":"TOUCH"}]""", "Found x")]
    [InlineData(200, """[{"id":"x","metadata":{"touchId":"TOUCH"},"monitor":{"controlUrl":"u"}}]""", "Found x")]
    [InlineData(200, """[{"id":"x","assistantOverrides":{"metadata":{"touchId":"TOUCH"}}}]""", "Found x")]
    [InlineData(200, """{"results":[]}""", "CannotTell")]
    [InlineData(200, "[{]", "CannotTell")]
    [InlineData(401, """{"message":"Invalid Key"}""", "CannotTell")]
    [InlineData(500, "", "CannotTell")]
    public async Task A_lost_call_is_found_by_our_id(int status, string body, string expected)
    {
        await using var vapi = new ScriptedHttp(new Reply(status, body.Replace("TOUCH", Permits.TouchId, StringComparison.Ordinal)));
        var from = Instant.FromUtc(2026, 10, 12, 15, 0);
        var sighting = await Calls(vapi.BaseUrl).FindAsync(Permits.TouchId, "phone 1", from, from + Duration.FromMinutes(5), CancellationToken.None);

        Assert.Equal(expected, sighting is Sighting.Found found ? $"Found {found.ProviderRef}" : sighting.GetType().Name);
        Assert.Equal("/call?phoneNumberId=phone%201&createdAtGe=2026-10-12T14%3A59%3A00Z&limit=1000&createdAtLe=2026-10-12T15%3A06%3A00Z", Assert.Single(vapi.Requests).Path);
    }

    [Fact]
    public async Task A_full_page_is_turned_before_a_call_counts_as_not_there()
    {
        var full = "[" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $$"""{"id":"c{{i}}","createdAt":"2026-10-12T15:01:00Z"}""")) + "]";
        await using var vapi = new ScriptedHttp(asked => asked.Path.EndsWith("createdAtLe=2026-10-12T15%3A01%3A00Z", StringComparison.Ordinal)
            ? new Reply(200, $$"""[{"id":"mine","name":"{{Permits.TouchId}}"}]""")
            : new Reply(200, full));
        var from = Instant.FromUtc(2026, 10, 12, 15, 0);
        Assert.Equal(new Sighting.Found("mine"), await Calls(vapi.BaseUrl).FindAsync(Permits.TouchId, "p", from, from, CancellationToken.None));
    }

    [Fact]
    public async Task Pages_that_do_not_get_on_say_nothing_about_a_call()
    {
        await using var vapi = new ScriptedHttp(new Reply(200, "[" + string.Join(',', Enumerable.Range(0, 1000).Select(i => $$"""{"id":"c{{i}}","createdAt":"2026-10-12T15:01:00Z"}""")) + "]"));
        var from = Instant.FromUtc(2026, 10, 12, 15, 0);
        Assert.IsType<Sighting.CannotTell>(await Calls(vapi.BaseUrl).FindAsync(Permits.TouchId, "p", from, from, CancellationToken.None));
        Assert.Equal(2, vapi.Requests.Count);
    }

    [Fact]
    public void Options_name_everything_that_is_missing_at_once() =>
        Assert.Equal(3, new VapiOptions { WebhookUrl = new Uri("https://example.com/hook") }.Problems().Count());

    private static async Task AssertUnknown(Reply reply)
    {
        await using var vapi = new ScriptedHttp(reply);
        var permit = Permits.Fresh(Channel.Call);
        var calls = Calls(vapi.BaseUrl, vapi.Machine);
        Assert.Equal("Unknown", Permits.Plainly(await calls.PlaceAsync(permit, Call, CancellationToken.None)));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await calls.PlaceAsync(permit, Call, CancellationToken.None)));
        Assert.Single(vapi.Requests);
    }

    private static VapiCalls Calls(Uri baseUrl, TimeProvider? machine = null) => new(
        ProviderHttp.Create(TimeSpan.FromSeconds(5)),
        new VapiOptions
        {
            BaseUrl = baseUrl, ApiKey = "key", AssistantId = "assistant_1", WebhookUrl = new Uri("https://example.com/hooks/vapi"), WebhookSecret = "hush",
        },
        machine ?? TimeProvider.System);
}
