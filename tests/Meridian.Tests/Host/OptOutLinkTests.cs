using System.Net;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Host.Demo;
using Meridian.Host.OptOut;
using Meridian.Host.Preview;
using Meridian.Adapters.Sql;
using Meridian.Engine.Ledger;
using Meridian.Host.Simulation;
using Meridian.Tests.Ledger;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>The link in every e-mail: a button for people, one click for mail programs, nothing for scanners and guessers.</summary>
public sealed class OptOutLinkTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("meridian-links-");

    public void Dispose() => folder.Delete(recursive: true);

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
        OptOutEndpoints.Map(web, world.People, new PreviewTransports(), world.Facts.SettingsAsync, Secret, Path.Combine(folder.FullName, "optouts.journal"), latency, new Clocks(TimeProvider.System, TimeProvider.System), NullLogger.Instance);
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

        // A form that cannot be read is no obstacle: the token alone says who.
        await world.AddPersonAsync("led_cat");
        using var broken = new ByteArrayContent("garbage"u8.ToArray());
        broken.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data");
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync(OptOutLinks.For("led_cat", $"http://127.0.0.1:{port.Number}", Secret)!, broken, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(2, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));

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
        Assert.Equal(3, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));

        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync(link + "0", null, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task A_click_while_the_database_is_away_is_on_the_disk_before_the_answer_and_counts_once_it_is_back()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero));
        using var database = InterleavedDatabase.Open();
        var quiet = new InterleavedStore(database, _ => Task.CompletedTask);
        var ids = new SeededIds(7, clock);
        var now = Instant.FromDateTimeOffset(clock.GetUtcNow());
        await quiet.WriteAsync(async s => { await s.ExecuteAsync("insert into lead (id, first_name, country, created_at) values ('led_ann', 'Ann', 'US', @now)", new { now }); });
        var away = true;
        var people = new SqlPeopleLedger(new InterleavedStore(database, _ => Task.CompletedTask, () => away ? StoreFault.Unreachable : StoreFault.None), ids);
        using var port = LoopbackPort.Hold();
        await using var web = port.Build();
        var path = Path.Combine(folder.FullName, "optouts.journal");
        OptOutJournal Map(IEndpointRouteBuilder routes) => OptOutEndpoints.Map(
            routes, people, new PreviewTransports(), () => away ? throw new DatabaseUnreachableException("away", new IOException("away")) : Task.FromResult(new OwnerSettings { SellerName = "Example LLC" }), Secret, path, new OptOutLatency(), new Clocks(clock, clock), NullLogger.Instance);
        Map(web);
        await web.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        var link = OptOutLinks.For("led_ann", $"http://127.0.0.1:{port.Number}", Secret)!;

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(link, TestContext.Current.CancellationToken)).StatusCode); // the button is there
        using var oneClick = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        var answer = await http.PostAsync(link, oneClick, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Contains("Noted", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Single(File.ReadAllLines(path));

        // A process that dies before it is back finds the click at its next start, before anything begins.
        away = false;
        using var other = LoopbackPort.Hold();
        await using var next = other.Build();
        Assert.Equal(1, await Map(next).ReplayAsync());
        Assert.False(File.Exists(path));
        Assert.Equal(now, (await quiet.ReadAsync(s => s.InstantAsync("select opted_out_at from lead where id = 'led_ann'")))!.Value);
    }
}
