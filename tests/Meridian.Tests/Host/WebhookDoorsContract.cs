using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Meridian.Adapters.Vapi;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Engine.Prospecting;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>The doors for webhooks, on both databases: who lies changes nothing, who is genuine changes things once, and nobody is told "taken" before it is kept.</summary>
public abstract class WebhookDoorsContract(Func<TestDatabase> database)
{
    private const string Secret = WebhookDoors.Secret;
    private const string Phone = "+12025550111";
    private const string Ended = """{"message":{"type":"status-update","status":"ended","endedReason":"customer-busy","call":{"id":"call_1","name":"tch_ann_call_1","customer":{"number":"+12025550111"}}}}""";
    private const string Stop = """{"type":"InboundMessage","locationId":"loc_1","contactId":"con_1","messageId":"msg_1","messageType":"SMS","direction":"inbound","body":"STOP","from":"+12025550111","dateAdded":"2026-11-16T13:59:45.750Z","webhookId":"881b9415"}""";
    private const string Phones = """{"people":[{"id":"a","phone_numbers":[]}]}""";

    [Fact]
    public async Task Forged_stale_and_unsigned_webhooks_change_nothing_at_any_door()
    {
        await using var web = await OpenAsync();
        var before = await web.StandAsync();
        var now = web.Clock.GetUtcNow();
        foreach (var (name, value) in new[]
                 {
                     ("X-Other", Secret), ("X-Meridian-Secret", Secret[..^1]), ("X-Meridian-Secret", Secret + " x"), ("X-Vapi-Secret", "N/A"), ("Authorization", "Bearer " + Secret.ToUpperInvariant()), ("Authorization", Secret),
                     ("x-signature", "N/A"), ("x-signature", Signed(WebhookDoors.Hmac, now, "another body")),
                 })
            Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/vapi", Ended, (name, value), ("x-timestamp", Seconds(now))));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/vapi", Ended, ("x-signature", Signed(WebhookDoors.Hmac, now.AddHours(-1), Ended)), ("x-timestamp", Seconds(now.AddHours(-1)))));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/vapi", Ended, ("x-signature", Signed(WebhookDoors.Hmac, now, Ended)))); // signed, and it does not say when
        foreach (var signature in new[] { "", "N/A", "not base64!", Convert.ToBase64String(new byte[64]), Convert.ToBase64String(new byte[2000]), WebhookDoors.SignWithAnother(Stop) })
            Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", signature)));
        Assert.Equal(HttpStatusCode.Unauthorized, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", web.Sign(Stop.Replace("0111", "0112")))));
        foreach (var path in new[] { "wrong", Secret + "x", Secret.ToUpperInvariant(), Uri.EscapeDataString("../vapi") }) Assert.Equal(HttpStatusCode.NotFound, await web.PostAsync($"/webhooks/highlevel/{path}", Stop));
        Assert.Equal(HttpStatusCode.NotFound, await web.PostAsync(PhoneDeliveries.AddressOf("apollo", "pho_1", "http://x.example", "another secret")!.AbsolutePath, Phones));
        Assert.Equal(HttpStatusCode.NotFound, await web.PostAsync(PhoneDeliveries.AddressOf("apollo", "pho_1", "http://x.example", Secret)!.AbsolutePath.Replace("pho_1", "pho_2"), Phones));
        Assert.Equal(HttpStatusCode.NotFound, await web.PostAsync("/webhooks/apollo/pho_1", Phones));
        Assert.Equal(before, await web.StandAsync());
    }

    [Fact]
    public async Task A_genuine_one_changes_things_once_however_often_and_late_it_comes_again()
    {
        await using var web = await OpenAsync();
        var signed = ("X-GHL-Signature", web.Sign(Stop));
        Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/highlevel", Stop, signed));
        var signal = Assert.Single(await web.World.Signals.OpenAsync(10));
        Assert.Equal(1, await web.World.CountAsync("select count(*) from address_key where id = @Phone and held_at is not null", new { Phone }));
        await web.World.Signals.UnderstoodAsync(signal, "opted out by text", LedgerWorld.Now);
        var after = await web.StandAsync();
        foreach (var later in new[] { TimeSpan.Zero, TimeSpan.FromMinutes(10), TimeSpan.FromDays(3), TimeSpan.FromDays(90) })
        {
            web.Clock.Advance(later);
            Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/highlevel", Stop, signed));
            Assert.Equal(HttpStatusCode.OK, await web.PostAsync($"/webhooks/highlevel/{Secret}", Stop));
        }

        Assert.Equal(after, await web.StandAsync());
    }

    /// <summary>A "no" is never too late: its age is no reason to refuse it, for a known one changes nothing anyway.</summary>
    [Fact]
    public async Task A_genuine_no_that_comes_days_late_for_the_first_time_still_holds_the_person()
    {
        await using var web = await OpenAsync();
        web.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/highlevel", Stop, ("X-GHL-Signature", web.Sign(Stop))));
        Assert.Equal(1, await web.World.CountAsync("select count(*) from address_key where id = @Phone and held_at is not null", new { Phone }));
        Assert.IsType<SignalMeaning.TextReceived>(new Meridian.Adapters.HighLevel.HighLevelSignals().Read((await web.World.TextAsync("select raw from signal"))!));
    }

    public static TheoryData<string> VapiKinds => ["secret", "legacy", "bearer", "hmac", "hmac of its own"];

    [Theory]
    [MemberData(nameof(VapiKinds))]
    public async Task Each_kind_of_Vapi_credential_opens_the_door_once(string kind)
    {
        var own = new VapiHmacOptions { Secret = "a-secret-made-in-the-dashboard", Algorithm = "sha512", SignatureHeader = "x-acme-sign", TimestampHeader = "x-acme-when", PayloadFormat = "{method} {url} {timestamp} {body}", SignaturePrefix = "sha512=" };
        await using var web = await OpenAsync(hmac: kind == "hmac of its own" ? own : null);
        var now = web.Clock.GetUtcNow();
        (string, string)[] headers = kind switch
        {
            "secret" => [("X-Meridian-Secret", Secret)],
            "legacy" => [("X-Vapi-Secret", Secret)],
            "bearer" => [("Authorization", "Bearer " + Secret)],
            "hmac" => [("x-signature", Signed(WebhookDoors.Hmac, now, Ended)), ("x-timestamp", Seconds(now))],
            _ => [("x-acme-sign", "sha512=" + Convert.ToHexStringLower(HMACSHA512.HashData(Encoding.UTF8.GetBytes(own.Secret), Encoding.UTF8.GetBytes($"POST {web.At("/webhooks/vapi")} {Seconds(now)} {Ended}")))), ("x-acme-when", Seconds(now))],
        };
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(HttpStatusCode.OK, await web.PostAsync("/webhooks/vapi", Ended, headers));
        Assert.Equal(1, await web.StoredAsync());
    }

    [Fact]
    public void A_signature_that_does_not_say_when_is_refused_with_the_settings() =>
        Assert.Contains("hmac.payloadFormat must contain {timestamp}", Assert.Single(new VapiHmacOptions { Secret = "a-secret-made-in-the-dashboard", PayloadFormat = "{body}" }.Problems()), StringComparison.Ordinal);

    [Theory]
    [InlineData("YS1zZWNyZXQtbWFkZS1pbi10aGUtZGFzaGJvYXJk", true, null)]
    [InlineData("YS1zZWNyZXQtbWFkZS1pbi10aGUtZGFzaGJvYXJ", true, "hmac.secretIsBase64 is true and hmac.secret (39 characters) is not base64; copy it whole")]
    [InlineData("a-secret-made-in-the-dashboard", true, "hmac.secretIsBase64 is true and hmac.secret (30 characters) is not base64")]
    [InlineData("", true, "stands for 0 bytes")]
    [InlineData("c2hvcnQgc2VjcmV0", true, "stands for 12 bytes of base64; at least 16")]
    [InlineData("a-secret-made-in-the-dashboard", false, null)]
    public void A_base64_secret_that_is_none_is_refused_with_the_settings_and_not_shown(string secret, bool isBase64, string? problem)
    {
        var problems = new VapiHmacOptions { Secret = secret, SecretIsBase64 = isBase64 }.Problems().ToList();
        if (problem is null) Assert.Empty(problems);
        else Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
        Assert.All(problems, p => Assert.True(secret.Length == 0 || !p.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nobody_hears_taken_before_it_is_kept()
    {
        Slow slow = null!;
        await using var web = await OpenAsync(inner => slow = new Slow(inner));
        foreach (var (path, body, header) in Doors(web))
        {
            var stored = await web.StoredAsync();
            var answer = web.PostAsync(path, body, header);
            await slow.Asked.WaitAsync(TestContext.Current.CancellationToken);
            Assert.False(answer.IsCompleted);
            Assert.Equal(stored, await web.StoredAsync());
            slow.GoOn();
            Assert.Equal(HttpStatusCode.OK, await answer);
            Assert.Equal(stored + 1, await web.StoredAsync());
        }
    }

    [Fact]
    public async Task What_cannot_be_kept_is_answered_429_and_taken_when_it_comes_again()
    {
        await using var web = await OpenAsync(inner => new Away(inner));
        foreach (var (path, body, header) in Doors(web))
        {
            var stored = await web.StoredAsync();
            Assert.Equal(HttpStatusCode.TooManyRequests, await web.PostAsync(path, body, header)); // the database does not answer
            Assert.Equal(stored, await web.StoredAsync());
            Assert.Equal(HttpStatusCode.TooManyRequests, await web.PostAsync(path, body, header)); // it was kept, and the answer to COMMIT was lost
            Assert.Equal(stored + 1, await web.StoredAsync());
            Assert.Equal(HttpStatusCode.OK, await web.PostAsync(path, body, header));
            Assert.Equal(stored + 1, await web.StoredAsync());
        }
    }

    [Fact]
    public async Task A_ledger_that_refuses_to_keep_it_answers_429_and_never_500()
    {
        await using var web = await OpenAsync();
        await web.World.Store.RunScriptAsync("alter table signal rename to signal_away");
        foreach (var (path, body, header) in Doors(web)) Assert.Equal(HttpStatusCode.TooManyRequests, await web.PostAsync(path, body, header));
        await web.World.Store.RunScriptAsync("alter table signal_away rename to signal");
        foreach (var (path, body, header) in Doors(web)) Assert.Equal(HttpStatusCode.OK, await web.PostAsync(path, body, header));
        Assert.Equal(Doors(web).Count(), await web.StoredAsync());
    }

    private async Task<WebhookDoors> OpenAsync(Func<ISignals, ISignals>? over = null, VapiHmacOptions? hmac = null)
    {
        var web = await WebhookDoors.OpenAsync(database: database(), over: over, hmac: hmac);
        await web.World.AddPersonAsync("led_ann", Phone);
        return web;
    }

    /// <summary>A genuine webhook for each door, each an event of its own.</summary>
    private static IEnumerable<(string Path, string Body, (string Name, string Value) Header)> Doors(WebhookDoors web)
    {
        yield return ("/webhooks/vapi", Ended, ("X-Meridian-Secret", Secret));
        yield return ("/webhooks/highlevel", Stop, ("X-GHL-Signature", web.Sign(Stop)));
        yield return ($"/webhooks/highlevel/{Secret}", Stop.Replace("msg_1", "msg_2", StringComparison.Ordinal), ("X-None", "-"));
        yield return (PhoneDeliveries.AddressOf("apollo", "pho_1", "http://x.example", Secret)!.AbsolutePath, Phones, ("X-None", "-"));
    }

    private static string Signed(VapiHmacOptions hmac, DateTimeOffset at, string body) =>
        hmac.SignaturePrefix + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(hmac.Secret), Encoding.UTF8.GetBytes($"{Seconds(at)}.{body}")));

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>A ledger that takes its time.</summary>
    private sealed class Slow(ISignals inner) : ISignals
    {
        private TaskCompletionSource gate = new();
        private TaskCompletionSource asked = new();

        /// <summary>Somebody wants something kept.</summary>
        public Task Asked => asked.Task;

        public void GoOn()
        {
            var open = gate;
            (gate, asked) = (new(), new());
            open.SetResult();
        }

        public async Task<bool> StoreAsync(string provider, SignalEnvelope envelope, string raw, Instant now)
        {
            var wait = gate.Task;
            asked.SetResult();
            await wait;
            return await inner.StoreAsync(provider, envelope, raw, now);
        }

        public Task<bool> IsKnownAsync(string provider, string eventId) => inner.IsKnownAsync(provider, eventId);

        public Task<IReadOnlyList<StoredSignal>> OpenAsync(int limit) => inner.OpenAsync(limit);

        public Task UnderstoodAsync(StoredSignal signal, string result, Instant now) => inner.UnderstoodAsync(signal, result, now);

        public Task UnreadableAsync(StoredSignal signal, string why, Instant now) => inner.UnreadableAsync(signal, why, now);

        public Task<TouchRef?> FindTouchAsync(string? touchId, string? providerRef) => inner.FindTouchAsync(touchId, providerRef);

        public Task<IReadOnlyList<string>> FindLeadsAsync(string? contactRef, string? addressId) => inner.FindLeadsAsync(contactRef, addressId);
    }

    private sealed class Gone() : StoreAwayException("nobody answers", new TimeoutException());

    /// <summary>Away at the first try; keeps it at the second and cannot say so; well at the third.</summary>
    private sealed class Away(ISignals inner) : ISignals
    {
        private int tries;

        public async Task<bool> StoreAsync(string provider, SignalEnvelope envelope, string raw, Instant now)
        {
            var which = tries++ % 3;
            if (which == 0) throw new Gone();
            var fresh = await inner.StoreAsync(provider, envelope, raw, now);
            return which == 1 ? throw new Gone() : fresh;
        }

        public Task<bool> IsKnownAsync(string provider, string eventId) => inner.IsKnownAsync(provider, eventId);

        public Task<IReadOnlyList<StoredSignal>> OpenAsync(int limit) => inner.OpenAsync(limit);

        public Task UnderstoodAsync(StoredSignal signal, string result, Instant now) => inner.UnderstoodAsync(signal, result, now);

        public Task UnreadableAsync(StoredSignal signal, string why, Instant now) => inner.UnreadableAsync(signal, why, now);

        public Task<TouchRef?> FindTouchAsync(string? touchId, string? providerRef) => inner.FindTouchAsync(touchId, providerRef);

        public Task<IReadOnlyList<string>> FindLeadsAsync(string? contactRef, string? addressId) => inner.FindLeadsAsync(contactRef, addressId);
    }
}

public sealed class WebhookDoorsOnSqlite() : WebhookDoorsContract(() => new TestDatabase.Sqlite());

public sealed class WebhookDoorsOnPostgres() : WebhookDoorsContract(() => new TestDatabase.Postgres());
