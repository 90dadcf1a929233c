using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Pulling;
using Meridian.Host;
using Meridian.Host.Commands;
using Meridian.Host.Composition;
using Meridian.Host.Pull;
using Meridian.Tests.Providers;
using Meridian.Tests.Sandbox;
using Xunit;

namespace Meridian.Tests.Pulling;

/// <summary>The owner's verb on a folder of its own, against the sandbox' HighLevel over real HTTP: look, stand by it, and the desk pulls exactly these.</summary>
public sealed class PullCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("meridian-pull-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_the_preview_shows_is_what_the_desk_pulls()
    {
        await using var world = await World.StartAsync(
            contacts:
            [
                Person("good"), Person("goodtoo", source: "Expo"), Person("untagged", tags: []), Person("customer", type: "customer"), Person("tagged", tags: ["freight", "Client"]), Person("dnd", dnd: "active"),
                Person("won"), Person("lost"), Person("spoke"), Person("silent"), Person("busy", workflow: "wf_1"), Person("own", email: "sam@mail.example"), Person("abroad", country: "DE"),
            ],
            opportunities: [new JsonObject { ["contactId"] = "won", ["status"] = "won" }, new JsonObject { ["contactId"] = "lost", ["status"] = "lost" }],
            conversations: [new JsonObject { ["contactId"] = "spoke", ["lastMessageDate"] = "2026-11-01T10:00:00.000Z" }, new JsonObject { ["contactId"] = "silent", ["lastMessageDate"] = "2026-01-01T10:00:00.000Z" }]);
        await SetUpAsync(world);

        await using (var store = SqliteStore.Open(OpenStore.SqliteFile(folder)))
        {
            var result = await new PullPreview(Contacts(world), new SqlPull(store, Ids(world)), Clocks(world)).RunAsync(PullRulesTests.Filter(tags: ["freight"]), await new SqlPull(store, Ids(world)).TermsAsync(await Owner(store, world)), 50, Stop);
            Assert.Equal("good goodtoo lost silent", string.Join(' ', result.Rows.Where(r => r.State is null).Select(r => r.ContactId).Order()));
            Assert.Equal("abroad busy customer dnd own spoke tagged won", string.Join(' ', result.Rows.Where(r => r.State is not null).Select(r => r.ContactId).Order()));
            Assert.All(result.Rows.Where(r => r.State is not null), r => Assert.NotEmpty(r.Why!));
            Assert.True(result.IsWhole);
            Assert.Equal(0, await store.ReadAsync(s => s.ScalarAsync<long>("select count(*) from address_key"), Stop)); // reads only
        }

        await Assert.ThrowsAsync<UsageException>(() => RunAsync("confirm", "--attest", "Ana"));
        Assert.Equal(ExitCodes.Ok, await RunAsync("preview", "--tag", "Freight"));
        await DeskAsync(world);
        Assert.Equal(0, await CountAsync("select count(*) from lead")); // seen is not confirmed
        Assert.Equal(ExitCodes.Ok, await RunAsync("confirm", "--attest", "Ana"));
        await DeskAsync(world);
        Assert.Equal(4, await CountAsync("select count(*) from lead where opted_out_at is null"));
        Assert.Equal(4, await CountAsync("select count(*) from lead_ref where source = 'highlevel' and external_id in ('good', 'goodtoo', 'lost', 'silent')"));
        Assert.Equal(2, await CountAsync("select count(*) from address_key where suppressed_at is not null")); // dnd's e-mail and number
        Assert.Equal(8, await CountAsync("select count(*) from pull_contact where state <> 'pulled' and why is not null"));
        Assert.Equal(ExitCodes.Ok, await RunAsync("--excluded", "--json"));
        Assert.Equal(ExitCodes.Ok, await RunAsync("off"));
        Assert.Equal(0, await CountAsync("select count(*) from setting where key like 'pull.%'"));
    }

    [Fact]
    public async Task A_preview_of_yesterday_or_of_other_tags_confirms_nothing()
    {
        await using var world = await World.StartAsync(contacts: [Person("good")]);
        await SetUpAsync(world);
        await RunAsync("preview", "--tag", "freight");
        await using (var store = SqliteStore.Open(OpenStore.SqliteFile(folder)))
            await new SqlSetup(store, Ids(world)).KeepOwnerAsync(await Owner(store, world) with { PullNeverTags = ["vip"] }, "test", Clocks(world).Now);
        Assert.Contains("pullNeverTags", (await Assert.ThrowsAsync<UsageException>(() => RunAsync("confirm", "--attest", "Ana"))).Message);
        await RunAsync("preview", "--tag", "freight");
        await using (var store = SqliteStore.Open(OpenStore.SqliteFile(folder)))
            await store.WriteAsync(async s => { await s.ExecuteAsync("update setting set value = replace(value, '\"at\":17', '\"at\":16') where key = 'pull.previewed'"); }, Stop);
        Assert.Contains("older than a day", (await Assert.ThrowsAsync<UsageException>(() => RunAsync("confirm", "--attest", "Ana"))).Message);
        Assert.Equal(0, await CountAsync("select count(*) from setting where key = 'pull.confirmed'"));
    }

    [Theory]
    [InlineData("preview", "--not-tag", "x")]
    [InlineData("preview", "--state", "Ontario")]
    [InlineData("preview", "--added-since", "31.1.2026")]
    [InlineData("confirm", "--attest", " ")]
    public async Task Bad_usage_says_what_to_give(params string[] args)
    {
        await using var world = await World.StartAsync();
        await SetUpAsync(world);
        Assert.Contains("--", (await Assert.ThrowsAsync<UsageException>(() => RunAsync(args))).Message);
    }

    private async Task SetUpAsync(World world)
    {
        world.Options.HighLevelRequestsPerTenSeconds = 10_000; // its clock stands still, and nobody here is to wait for it
        await File.WriteAllTextAsync(Path.Combine(folder, MeridianSettings.FileName), JsonSerializer.Serialize(new { highLevel = new { baseUrl = world.Outside.HighLevelBase, token = "ht", locationId = "loc" } }), Stop);
        await using var store = SqliteStore.Open(OpenStore.SqliteFile(folder));
        await Migrator.MigrateAsync(store, Clocks(world).Now, Stop);
        await new SqlSetup(store, Ids(world)).KeepOwnerAsync(new OwnerSettings { SellerName = "Example LLC", PostalAddress = "1 Example Way", OwnerEmail = "owner@mail.example" }, "test", Clocks(world).Now);
    }

    private async Task DeskAsync(World world)
    {
        await using var store = SqliteStore.Open(OpenStore.SqliteFile(folder));
        var facts = new SqlFacts(store, Ids(world));
        await new PullTurn(Contacts(world), new SqlPull(store, Ids(world)), new SqlPeopleLedger(store, Ids(world)), facts, Ids(world), Clocks(world)).TakeAsync("all", Stop);
    }

    private Task<int> RunAsync(params string[] args) =>
        new RootCommand { PullCommand.Create() }.Parse(["pull", .. args, "--data", folder]).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, Stop);

    private async Task<long> CountAsync(string sql)
    {
        await using var store = SqliteStore.Open(OpenStore.SqliteFile(folder));
        return await store.ReadAsync(s => s.ScalarAsync<long>(sql), Stop);
    }

    private static Task<OwnerSettings> Owner(SqlStore store, World world) => new SqlFacts(store, Ids(world)).SettingsAsync();

    private static HighLevelContacts Contacts(World world) => new(Locations.At(world.Outside.HighLevelBase), Clocks(world));

    private static Clocks Clocks(World world) => new(world.Clock, TimeProvider.System);

    private static IIds Ids(World world) => RandomIds.Create(world.Clock);

    private static JsonObject Person(string id, string[]? tags = null, string type = "lead", string? dnd = null, string? workflow = null, string? email = null, string country = "US", string? source = null) => new()
    {
        ["id"] = id, ["firstName"] = id, ["lastName"] = "Example", ["email"] = email ?? $"{id}@people.example", ["phone"] = $"+1312555{1000 + id.Sum(c => c) % 9000:0000}", ["state"] = country == "US" ? "TX" : null, ["country"] = country,
        ["type"] = type, ["tags"] = new JsonArray([.. (tags ?? ["freight"]).Select(t => (JsonNode)t)]), ["source"] = source,
        ["dndSettings"] = dnd is null ? new JsonObject() : new JsonObject { ["SMS"] = new JsonObject { ["status"] = dnd } },
        ["activeWorkflows"] = workflow is null ? new JsonArray() : new JsonArray(workflow),
    };
}
