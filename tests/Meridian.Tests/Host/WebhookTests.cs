using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Meridian.Adapters.Vapi;
using Meridian.Engine.Inbound;
using Meridian.Engine.Prospecting;
using Meridian.Engine.Voice;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>Who may tell us something: forged, stale, replayed and unsigned webhooks change nothing; a genuine one changes things once.</summary>
public sealed class WebhookTests
{
    private const string Secret = WebhookDoors.Secret;
    private const string Ended = """{"message":{"type":"status-update","status":"ended","endedReason":"customer-busy","call":{"id":"call_1","name":"tch_ann_call_1","customer":{"number":"+12025550111"}}}}""";
    private const string Stop = """{"type":"InboundMessage","locationId":"loc_1","contactId":"con_1","messageId":"msg_1","messageType":"SMS","direction":"inbound","body":"STOP","from":"+12025550111","dateAdded":"2026-11-20T11:31:45.750Z","webhookId":"881b9415"}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, HttpStatusCode> VapiKeys => new()
    {
        { "X-Meridian-Secret", Secret, HttpStatusCode.OK },
        { "X-Vapi-Secret", Secret, HttpStatusCode.OK },
        { "Authorization", "Bearer " + Secret, HttpStatusCode.OK },
        { "X-Meridian-Secret", Secret + "x", HttpStatusCode.Unauthorized },
        { "X-Vapi-Secret", "", HttpStatusCode.Unauthorized },
        { "Authorization", "Basic " + Secret, HttpStatusCode.Unauthorized },
        { "Authorization", "Bearer", HttpStatusCode.Unauthorized },
        { "X-Other", Secret, HttpStatusCode.Unauthorized },
    };

    [Theory]
    [MemberData(nameof(VapiKeys))]
    public async Task Vapi_is_let_in_by_our_secret_in_each_of_the_places_it_can_put_it(string header, string value, HttpStatusCode expected)
    {
        await using var web = await WebhookDoors.OpenAsync();
        Assert.Equal(expected, await web.PostAsync("/webhooks/vapi", Ended, (header, value)));
        Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, await web.StoredAsync());
    }

    public static TheoryData<string, bool> Signatures => new()
    {
        { "hex seconds", true },
        { "hex milliseconds", true },
        { "base64 seconds", true },
        { "hex stale", false },
        { "hex future", false },
        { "hex another body", false },
        { "hex another key", false },
        { "hex another time", false },
        { "none", false },
        { "no timestamp", false },
        { "without its prefix", false },
    };

    [Theory]
    [MemberData(nameof(Signatures))]
    public async Task A_signed_webhook_is_believed_only_for_its_own_bytes_key_and_time(string how, bool believed)
    {
        await using var web = await WebhookDoors.OpenAsync();
        var now = web.Clock.GetUtcNow();
        var signedAt = how.Contains("stale", StringComparison.Ordinal) ? now.AddMinutes(-11) : how.Contains("future", StringComparison.Ordinal) ? now.AddMinutes(11) : now;
        var stamp = (how.Contains("milliseconds", StringComparison.Ordinal) ? signedAt.ToUnixTimeMilliseconds() : signedAt.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);
        var key = how.Contains("another key", StringComparison.Ordinal) ? "another-secret-of-others" : WebhookDoors.Hmac.Secret;
        var signed = how.Contains("another body", StringComparison.Ordinal) ? Ended + " " : Ended;
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{stamp}.{signed}"));
        var signature = how.StartsWith("base64", StringComparison.Ordinal) ? Convert.ToBase64String(hash) : Convert.ToHexStringLower(hash);
        if (how.Contains("another time", StringComparison.Ordinal)) stamp = (signedAt.ToUnixTimeSeconds() - 1).ToString(CultureInfo.InvariantCulture);
        var headers = new List<(string, string)>();
        if (how != "none") headers.Add(("x-signature", (how.StartsWith("without", StringComparison.Ordinal) ? "" : "v1=") + signature));
        if (how is not ("none" or "no timestamp")) headers.Add(("x-timestamp", stamp));

        Assert.Equal(believed ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/vapi", Ended, [.. headers]));
        Assert.Equal(believed ? 1 : 0, await web.StoredAsync());
    }

    [Fact]
    public async Task A_marketplace_webhook_is_believed_by_its_Ed25519_signature_over_the_raw_bytes_and_stored_once()
    {
        await using var web = await WebhookDoors.OpenAsync();
        var good = web.Sign(Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", "N/A")));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", WebhookDoors.SignWithAnother(Stop))));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop.Replace("STOP", "stop"), ("X-GHL-Signature", good)));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop + " ", ("X-GHL-Signature", good)));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop, ("X-WH-Signature", good))); // the older signature opens nothing unless it is switched on
        Assert.Equal(0, await web.StoredAsync());

        foreach (var _ in new[] { 1, 2 }) Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", good)));
        Assert.Equal(1, await web.StoredAsync());
        // The same words by the workflow webhook, or read by the poll, are the same message.
        Assert.Equal(HttpStatusCode.OK, await web.PostAsync($"/webhooks/highlevel/{Secret}", Stop));
        Assert.Equal(1, await web.StoredAsync());
    }

    [Fact]
    public async Task The_older_RSA_signature_counts_where_it_is_switched_on_and_never_beside_the_newer()
    {
        using var rsa = RSA.Create(2048);
        await using var web = await WebhookDoors.OpenAsync(rsa.ExportSubjectPublicKeyInfoPem());
        var legacy = Convert.ToBase64String(rsa.SignData(Encoding.UTF8.GetBytes(Stop), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", WebhookDoors.SignWithAnother(Stop)), ("X-WH-Signature", legacy)));
        Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/highlevel", Stop, ("X-WH-Signature", legacy)));
        Assert.Equal(1, await web.StoredAsync());
    }

    [Fact]
    public async Task A_genuine_event_of_another_location_is_acknowledged_and_not_ours()
    {
        await using var web = await WebhookDoors.OpenAsync();
        var theirs = Stop.Replace("loc_1", "loc_2");
        Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/highlevel", theirs, ("X-GHL-Signature", web.Sign(theirs))));
        Assert.Equal(0, await web.StoredAsync());
    }

    [Fact]
    public async Task An_unsigned_workflow_webhook_opens_with_the_secret_in_its_path_only()
    {
        await using var web = await WebhookDoors.OpenAsync();
        Assert.Equal(HttpStatusCode.NotFound, await web.PostAsync("/webhooks/highlevel/guessed", Stop));
        Assert.Equal(0, await web.StoredAsync());
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(HttpStatusCode.OK, await web.PostAsync($"/webhooks/highlevel/{Secret}", Stop));
        Assert.Equal(1, await web.StoredAsync());
    }

    [Fact]
    public async Task What_cannot_be_stored_is_answered_429_by_every_door_and_too_much_413()
    {
        await using var web = await WebhookDoors.OpenAsync();
        await web.World.Store.RunScriptAsync("alter table signal rename to signal_away");
        var order = PhoneDeliveries.AddressOf("apollo", "pho_1", "http://x.example", Secret)!.AbsolutePath;
        Assert.Equal(HttpStatusCode.TooManyRequests, await web.PostAsync("/webhooks/vapi", Ended, ("X-Meridian-Secret", Secret)));
        Assert.Equal(HttpStatusCode.TooManyRequests, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", web.Sign(Stop))));
        Assert.Equal(HttpStatusCode.TooManyRequests, await web.PostAsync($"/webhooks/highlevel/{Secret}", Stop));
        Assert.Equal(HttpStatusCode.TooManyRequests, await web.PostAsync(order, """{"people":[]}"""));
        await web.World.Store.RunScriptAsync("alter table signal_away rename to signal");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await web.PostAsync($"/webhooks/highlevel/{Secret}", new string('x', 1_000_001)));
        Assert.Equal(HttpStatusCode.OK, await web.PostAsync($"/webhooks/highlevel/{Secret}", Stop));
        Assert.Equal(1, await web.StoredAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"message":{"type":"end-of-call-report"}}""")]
    [InlineData("{\"message\":{\"type\":\"status-update\",\"call\":{\"id\":\"\\ud800\"}}}")]
    public async Task A_genuine_webhook_nobody_can_read_is_kept_and_never_answered_500(string body)
    {
        await using var web = await WebhookDoors.OpenAsync();
        Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/vapi", body, ("X-Meridian-Secret", Secret)));
        Assert.Equal(1, await web.StoredAsync());
    }

    public static TheoryData<string> ToolShapes => new()
    {
        """{"message":{"type":"tool-calls","call":{"id":"call_1","name":"tch_ann_call_1"},"toolCallList":[{"id":"t1","type":"function","function":{"name":"do_not_call","arguments":{"reason":"no"}}}]}}""",
        """{"message":{"type":"tool-calls","call":{"id":"call_1","name":"tch_ann_call_1"},"toolCallList":[{"id":"t1","type":"function","function":{"name":"do_not_call","arguments":"{\"reason\":\"no\"}"}}]}}""",
        """{"message":{"type":"tool-calls","call":{"id":"call_1","name":"tch_ann_call_1"},"toolCallList":[{"id":"t1","name":"do_not_call","arguments":{"reason":"no"}}]}}""",
        """{"message":{"type":"tool-calls","call":{"id":"call_1","name":"tch_ann_call_1"},"toolCallList":[{"id":"t1","name":"do_not_call","parameters":{"reason":"no"}}]}}""",
        """{"message":{"type":"tool-calls","call":{"id":"call_1","name":"tch_ann_call_1"},"toolWithToolCallList":[{"toolCall":{"id":"t1","function":{"name":"do_not_call","arguments":{"reason":"no"}}}}]}}""",
    };

    [Theory]
    [MemberData(nameof(ToolShapes))]
    public async Task The_agents_do_not_call_is_stored_answered_under_its_id_and_stored_once(string body)
    {
        await using var web = await WebhookDoors.OpenAsync();
        foreach (var _ in new[] { 1, 2 })
        {
            using var answer = JsonDocument.Parse(await web.AnswerAsync(body));
            var result = Assert.Single(answer.RootElement.GetProperty("results").EnumerateArray());
            Assert.Equal(("t1", "do_not_call"), (result.GetProperty("toolCallId").GetString(), result.GetProperty("name").GetString()));
            Assert.Contains("nobody of us will contact them again", result.GetProperty("result").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(1, await web.StoredAsync());
        Assert.Equal(new SignalMeaning.CallOptOut("tch_ann_call_1", "call_1", null), new VapiSignals().Read((await web.World.TextAsync("select raw from signal"))!));
    }

    [Theory]
    [InlineData("User's Keypad Entry: 9", true)]
    [InlineData("Keypad entry: 9#", true)]
    [InlineData("User's Keypad Entry: 1", false)]
    [InlineData("take me off your list", true)]
    [InlineData("yes, speaking", false)]
    public async Task What_is_said_or_pressed_in_the_middle_of_a_call_counts_at_once_and_talk_alone_is_not_kept(string said, bool stops)
    {
        await using var web = await WebhookDoors.OpenAsync();
        var body = $$$"""{"message":{"type":"conversation-update","call":{"id":"call_1","name":"tch_ann_call_1"},"messages":[{"role":"bot","message":"Hi"},{"role":"user","message":"{{{said}}}"}]}}""";
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/vapi", body, ("X-Meridian-Secret", Secret)));
        Assert.Equal(stops ? 1 : 0, await web.StoredAsync());
    }

    [Fact]
    public async Task Whoever_calls_one_of_our_numbers_is_answered_by_name_and_told_the_way_out()
    {
        await using var web = await WebhookDoors.OpenAsync();
        using var answer = JsonDocument.Parse(await web.AnswerAsync("""{"message":{"type":"assistant-request","call":{"id":"call_9","type":"inboundPhoneCall","customer":{"number":"+12025550111"}}}}"""));
        Assert.Equal("asst_1", answer.RootElement.GetProperty("assistantId").GetString());
        var overrides = answer.RootElement.GetProperty("assistantOverrides");
        Assert.Matches("AI assistant of Acme Freight LLC, on a recorded line.*say stop or press 9", overrides.GetProperty("firstMessage").GetString());
        Assert.Contains(overrides.GetProperty("tools:append").EnumerateArray(), t => t.GetProperty("function").GetProperty("name").GetString() == VoiceTools.DoNotCall);
        Assert.Equal(1, await web.StoredAsync());
    }
}
