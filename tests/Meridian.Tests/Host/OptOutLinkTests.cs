using System.Net;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Host.Demo;
using Meridian.Host.OptOut;
using Meridian.Host.Preview;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>The link in every e-mail: a button for people, one click for mail programs, nothing for scanners and guessers.</summary>
public class OptOutLinkTests
{
    private const string Secret = "test-secret";

    [Fact]
    public void A_token_names_its_person_and_cannot_be_guessed()
    {
        var link = OptOutLinks.For("led_1", "https://reach.example.com/", Secret)!;
        var token = link["https://reach.example.com/u/".Length..];
        Assert.Equal("led_1", OptOutLinks.LeadOf(token, Secret));
        Assert.Null(OptOutLinks.LeadOf(token, "another secret"));
        Assert.Null(OptOutLinks.LeadOf(token.Replace("led_1", "led_2"), Secret));
        Assert.Null(OptOutLinks.LeadOf(token[..^1], Secret));
        Assert.Null(OptOutLinks.LeadOf("led_1", Secret));
        Assert.Null(OptOutLinks.For("led_1", null, Secret));
    }

    [Fact]
    public async Task Looking_changes_nothing_and_one_click_ends_everything()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        await world.AddPersonAsync("led_ann");
        var latency = new OptOutLatency();
        using var port = LoopbackPort.Hold();
        await using var web = port.Build();
        OptOutEndpoints.Map(web, world.People, new PreviewTransports(), world.Facts.SettingsAsync, Secret, latency, new Clocks(TimeProvider.System, TimeProvider.System), NullLogger.Instance);
        await web.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        var link = OptOutLinks.For("led_ann", $"http://127.0.0.1:{port.Number}", Secret)!;

        var look = await http.GetAsync(link, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, look.StatusCode);
        Assert.Contains("Stop all messages", await look.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains("default-src 'none'", look.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal(0, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));

        for (var i = 0; i < 2; i++) // mail programs press twice
        {
            using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
            Assert.Equal(HttpStatusCode.OK, (await http.PostAsync(link, oneClick, TestContext.Current.CancellationToken)).StatusCode);
        }

        Assert.Equal(1, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
        Assert.True(await world.CountAsync("select count(*) from address_key where suppressed_at is not null") > 0);
        Assert.Equal(2, latency.Read().Count);

        // A link of ours whose person is not here, after a restore, does not say that it worked; it asks for the address.
        var lost = OptOutLinks.For("led_lost", $"http://127.0.0.1:{port.Number}", Secret)!;
        await world.AddPersonAsync("led_bob");
        var asked = await http.PostAsync(lost, null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, asked.StatusCode);
        Assert.Contains("Which address", await asked.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("led_lost", await world.TextAsync("select subject from incident where kind = 'opt-out-of-nobody'"));
        using var mistyped = new FormUrlEncodedContent([new("address", "bob at people")]);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync(lost, mistyped, TestContext.Current.CancellationToken)).StatusCode);
        using var typed = new FormUrlEncodedContent([new("address", "LED_bob@people.example")]);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync(lost, typed, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(2, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));

        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync(link + "0", null, TestContext.Current.CancellationToken)).StatusCode);
    }
}
