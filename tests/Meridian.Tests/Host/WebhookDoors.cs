using System.Net;
using System.Text;
using Meridian.Adapters.Apollo;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Sql;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Engine.Voice;
using Meridian.Host.Demo;
using Meridian.Host.Webhooks;
using Meridian.Tests.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>The endpoints on a real port and a real ledger.</summary>
internal sealed class WebhookDoors : IAsyncDisposable
{
    public const string Secret = "the-secret-of-this-install";

    public static readonly VapiHmacOptions Hmac = new() { Secret = "a-secret-made-in-the-dashboard", SignaturePrefix = "v1=" };
    private readonly HttpClient http = new();
    private readonly WebApplication app;
    private readonly Ed25519PrivateKeyParameters key = NewKey();

    private WebhookDoors(LedgerWorld world, FakeTimeProvider clock, WebApplication app, VapiOptions vapi)
    {
        Vapi = vapi;
        World = world;
        Clock = clock;
        this.app = app;
    }

    public LedgerWorld World { get; }

    public FakeTimeProvider Clock { get; }

    public static async Task<WebhookDoors> OpenAsync(string? rsa = null, TestDatabase? database = null, Func<ISignals, ISignals>? over = null, VapiHmacOptions? hmac = null, string? publicKey = null, string location = "loc_1")
    {
        var world = await LedgerWorld.OpenAsync(database ?? new TestDatabase.Sqlite());
        var clock = new FakeTimeProvider(LedgerWorld.Now.ToDateTimeOffset());
        var app = LoopbackPort.Hold().Build();
        var vapi = new VapiOptions { AssistantId = "asst_1", Hmac = hmac ?? Hmac, WebhookUrl = new Uri("https://reach.example.com/webhooks/vapi"), WebhookSecret = Secret };
        var web = new WebhookDoors(world, clock, app, vapi);
        ISignalReader[] readers = [new VapiSignals(), new HighLevelSignals(), new ApolloSignals()];
        var highLevel = new HighLevelOptions
        {
            LocationId = location, WebhookRsaPublicKey = rsa,
            WebhookPublicKey = publicKey ?? Convert.ToBase64String(SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(web.key.GeneratePublicKey()).GetDerEncoded()),
        };
        var clocks = new Clocks(clock, clock);
        var facts = new SqlFacts(world.Store, world.Ids);
        var tools = new VoiceTools(world.Signals, facts, facts, world.People, null, clocks);
        WebhookEndpoints.Map(app, over?.Invoke(world.Signals) ?? world.Signals, readers.ToDictionary(r => r.Provider), new WebhookGates(Secret, () => vapi, () => highLevel, tools, () => Task.FromResult(new OwnerSettings { SellerName = "Acme Freight LLC" })), clocks, () => { });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return web;
    }

    public string Sign(string body) => Sign(key, body);

    public static string SignWithAnother(string body) => Sign(NewKey(), body);

    /// <summary>Everything a webhook could change, in one line.</summary>
    public async Task<string> StandAsync() => string.Join(' ', await World.CountAsync("select count(*) from signal"), await World.CountAsync("select count(*) from address_key where held_at is not null"),
        await World.CountAsync("select coalesce(sum(writes), 0) from address_key"), await World.CountAsync("select coalesce(sum(revision), 0) from lead"), await World.CountAsync("select count(*) from incident"));

    /// <summary>Which webhooks count as Vapi's, and what whoever calls us is answered.</summary>
    public VapiOptions Vapi { get; }

    public Uri At(string path) => new(app.Urls.First() + path);

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
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
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
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
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
