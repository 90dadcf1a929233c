using System.Net;
using System.Text;
using Meridian.Adapters.Apollo;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Meridian.Engine.Inbound;
using Meridian.Engine.Prospecting;
using Meridian.Host.Demo;
using Meridian.Host.Webhooks;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>Where Apollo delivers phones: an address of its own for each order, stored before it is answered.</summary>
public sealed class PhoneDeliveryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivery_is_stored_once_under_its_order_and_a_guessed_address_is_not_found()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        var clock = new FakeTimeProvider(LedgerWorld.Now.ToDateTimeOffset());
        await using var web = LoopbackPort.Hold().Build();
        ISignalReader[] readers = [new VapiSignals(), new HighLevelSignals(), new ApolloSignals()];
        var poked = 0;
        WebhookEndpoints.Map(web, world.Signals, readers.ToDictionary(r => r.Provider), new WebhookGates("secret", () => null, () => null, null, () => Task.FromResult(new OwnerSettings())), new Clocks(clock, clock), () => poked++);
        await web.StartAsync(Cancelled);
        using var apollo = new HttpClient();
        const string body = """{"people":[{"id":"a","phone_numbers":[]}]}""";
        var address = PhoneDeliveries.AddressOf("apollo", "pho_1", web.Urls.First(), "secret")!;
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(HttpStatusCode.OK, await PostAsync(address));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(PhoneDeliveries.AddressOf("apollo", "pho_1", web.Urls.First(), "another secret")!));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(new Uri(address.AbsoluteUri.Replace("pho_1", "pho_2"))));
        Assert.Equal(1, await world.CountAsync("select count(*) from signal"));
        Assert.Equal("pho_1", Assert.IsType<SignalMeaning.PhonesDelivered>(new ApolloSignals().Read((await world.TextAsync("select raw from signal"))!)).OrderId);
        Assert.Equal(2, poked);

        async Task<HttpStatusCode> PostAsync(Uri to) => (await apollo.PostAsync(to, new StringContent(body, Encoding.UTF8, "application/json"), Cancelled)).StatusCode;
    }
}
