using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Meridian.Adapters.Apollo;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Sql;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Engine.Prospecting;
using Meridian.Engine.Voice;
using Meridian.Host.Webhooks;
using Meridian.Tests.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>Who may tell us something: forged, stale, replayed and unsigned webhooks change nothing; a genuine one changes things once.</summary>
public sealed class WebhookTests
{
    private const string Secret = "the-secret-of-this-install";
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
        await using var web = await Web.OpenAsync();
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
        await using var web = await Web.OpenAsync();
        var now = web.Clock.GetUtcNow();
        var signedAt = how.Contains("stale", StringComparison.Ordinal) ? now.AddMinutes(-11) : how.Contains("future", StringComparison.Ordinal) ? now.AddMinutes(11) : now;
        var stamp = (how.Contains("milliseconds", StringComparison.Ordinal) ? signedAt.ToUnixTimeMilliseconds() : signedAt.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);
        var key = how.Contains("another key", StringComparison.Ordinal) ? "another-secret-of-others" : Web.Hmac.Secret;
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
        await using var web = await Web.OpenAsync();
        var good = web.Sign(Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", "N/A")));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", Web.SignWithAnother(Stop))));
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
        await using var web = await Web.OpenAsync(rsa.ExportSubjectPublicKeyInfoPem());
        var legacy = Convert.ToBase64String(rsa.SignData(Encoding.UTF8.GetBytes(Stop), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", Web.SignWithAnother(Stop)), ("X-WH-Signature", legacy)));
        Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/highlevel", Stop, ("X-WH-Signature", legacy)));
        Assert.Equal(1, await web.StoredAsync());
    }

    [Fact]
    public async Task A_genuine_event_of_another_location_is_acknowledged_and_not_ours()
    {
        await using var web = await Web.OpenAsync();
        var theirs = Stop.Replace("loc_1", "loc_2");
        Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/highlevel", theirs, ("X-GHL-Signature", web.Sign(theirs))));
        Assert.Equal(0, await web.StoredAsync());
    }

    [Fact]
    public async Task An_unsigned_workflow_webhook_opens_with_the_secret_in_its_path_only()
    {
        await using var web = await Web.OpenAsync();
        Assert.Equal(HttpStatusCode.NotFound, await web.PostAsync("/webhooks/highlevel/guessed", Stop));
        Assert.Equal(0, await web.StoredAsync());
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(HttpStatusCode.OK, await web.PostAsync($"/webhooks/highlevel/{Secret}", Stop));
        Assert.Equal(1, await web.StoredAsync());
    }

    [Fact]
    public async Task What_cannot_be_stored_is_answered_429_by_every_door_and_too_much_413()
    {
        await using var web = await Web.OpenAsync();
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
        await using var web = await Web.OpenAsync();
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
        await using var web = await Web.OpenAsync();
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
        await using var web = await Web.OpenAsync();
        var body = $$$"""{"message":{"type":"conversation-update","call":{"id":"call_1","name":"tch_ann_call_1"},"messages":[{"role":"bot","message":"Hi"},{"role":"user","message":"{{{said}}}"}]}}""";
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/vapi", body, ("X-Meridian-Secret", Secret)));
        Assert.Equal(stops ? 1 : 0, await web.StoredAsync());
    }

    [Fact]
    public async Task Whoever_calls_one_of_our_numbers_is_answered_by_name_and_told_the_way_out()
    {
        await using var web = await Web.OpenAsync();
        using var answer = JsonDocument.Parse(await web.AnswerAsync("""{"message":{"type":"assistant-request","call":{"id":"call_9","type":"inboundPhoneCall","customer":{"number":"+12025550111"}}}}"""));
        Assert.Equal("asst_1", answer.RootElement.GetProperty("assistantId").GetString());
        var overrides = answer.RootElement.GetProperty("assistantOverrides");
        Assert.Matches("AI assistant of Acme Freight LLC, on a recorded line.*say stop or press 9", overrides.GetProperty("firstMessage").GetString());
        Assert.Contains(overrides.GetProperty("tools:append").EnumerateArray(), t => t.GetProperty("function").GetProperty("name").GetString() == VoiceTools.DoNotCall);
        Assert.Equal(1, await web.StoredAsync());
    }

    /// <summary>The endpoints on a real port and a real ledger.</summary>
    private sealed class Web : IAsyncDisposable
    {
        public static readonly VapiHmacOptions Hmac = new() { Secret = "a-secret-made-in-the-dashboard", SignaturePrefix = "v1=" };
        private readonly HttpClient http = new();
        private readonly WebApplication app;
        private readonly Ed25519PrivateKeyParameters key = NewKey();

        private Web(LedgerWorld world, FakeTimeProvider clock, WebApplication app)
        {
            World = world;
            Clock = clock;
            this.app = app;
        }

        public LedgerWorld World { get; }

        public FakeTimeProvider Clock { get; }

        public static async Task<Web> OpenAsync(string? rsa = null)
        {
            var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
            var clock = new FakeTimeProvider(LedgerWorld.Now.ToDateTimeOffset());
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var web = new Web(world, clock, app);
            ISignalReader[] readers = [new VapiSignals(), new HighLevelSignals(), new ApolloSignals()];
            var vapi = new VapiOptions { AssistantId = "asst_1", Hmac = Hmac, WebhookUrl = new Uri("https://reach.example.com/webhooks/vapi"), WebhookSecret = Secret };
            var highLevel = new HighLevelOptions
            {
                LocationId = "loc_1", WebhookRsaPublicKey = rsa,
                WebhookPublicKey = Convert.ToBase64String(SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(web.key.GeneratePublicKey()).GetDerEncoded()),
            };
            var clocks = new Clocks(clock, clock);
            var facts = new SqlFacts(world.Store, world.Ids);
            var tools = new VoiceTools(world.Signals, facts, facts, world.People, null, clocks);
            WebhookEndpoints.Map(app, world.Signals, readers.ToDictionary(r => r.Provider), new WebhookGates(Secret, () => vapi, () => highLevel, tools, () => Task.FromResult(new OwnerSettings { SellerName = "Acme Freight LLC" })), clocks, () => { });
            await app.StartAsync(Cancelled);
            return web;
        }

        public string Sign(string body) => Sign(key, body);

        public static string SignWithAnother(string body) => Sign(NewKey(), body);

        public Task<long> StoredAsync() => World.CountAsync("select count(*) from signal");

        public async Task<HttpStatusCode> PostAsync(string path, string body, params (string Name, string Value)[] headers)
        {
            using var answer = await SendAsync(path, body, headers);
            return answer.StatusCode;
        }

        public async Task<string> AnswerAsync(string body)
        {
            using var answer = await SendAsync("/webhooks/vapi", body, [("X-Meridian-Secret", Secret)]);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(Cancelled);
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await app.DisposeAsync();
            await World.DisposeAsync();
        }

        private async Task<HttpResponseMessage> SendAsync(string path, string body, (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, app.Urls.First() + path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            return await http.SendAsync(request, Cancelled);
        }

        private static Ed25519PrivateKeyParameters NewKey()
        {
            var generator = new Ed25519KeyPairGenerator();
            generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
            return (Ed25519PrivateKeyParameters)generator.GenerateKeyPair().Private;
        }

        private static string Sign(Ed25519PrivateKeyParameters key, string body)
        {
            var signer = new Ed25519Signer();
            signer.Init(true, key);
            signer.BlockUpdate(Encoding.UTF8.GetBytes(body));
            return Convert.ToBase64String(signer.GenerateSignature());
        }
    }
}
