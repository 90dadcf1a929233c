using Meridian.Adapters.Http;
using Meridian.Adapters.Sql;
using Meridian.Adapters.Vapi;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Host.Run;
using Meridian.Tests.Ledger;
using Meridian.Tests.Sandbox;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Engine;

public sealed class RestoreGuardOnSqlite() : RestoreGuardContract(() => new TestDatabase.Sqlite());

public sealed class RestoreGuardOnPostgres() : RestoreGuardContract(() => new TestDatabase.Postgres());

/// <summary>A database older than what was sent begins nothing before a person has looked.</summary>
public abstract class RestoreGuardContract(Func<TestDatabase> database)
{
    private TestDatabase Database() => database();

    [Fact]
    public async Task A_call_that_the_provider_shows_and_the_ledger_never_began_stops_the_engine()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann");
        var touch = await world.OfferAsync("ann", Channel.Call); // planned when the backup was made, called after it
        var check = Check(world, new SeenTouch(touch, LedgerWorld.Now));

        var finding = Assert.Single(await check.CheckAsync(default));
        Assert.False(finding.Passed);
        Assert.Contains("1 calls of ours that this database has never begun", finding.Found);
        Assert.NotNull((await world.Facts.CampaignAsync(LedgerWorld.Campaign))!.EnginePausedAt);
        Assert.Equal(Meridian.Domain.Compliance.Ruling.Wait, (await JudgeAsync(world)).Findings.Single(f => f.Rule == "EnginePaused").Ruling);
        Assert.Equal(1, await world.CountAsync("select count(*) from incident where kind = @Incident and closed_at is null", new { SqlLedgerHead.Incident }));
    }

    [Fact]
    public async Task What_was_begun_here_is_known_and_nothing_stops()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann");
        var touch = await world.OfferAsync("ann", Channel.Call);
        await world.BeginAsync(LedgerWorld.Caller1, touch);
        Assert.True(Assert.Single(await Check(world, new SeenTouch(touch, LedgerWorld.Now)).CheckAsync(default)).Passed);
        Assert.Null((await world.Facts.CampaignAsync(LedgerWorld.Campaign))!.EnginePausedAt);
    }

    [Fact]
    public async Task What_a_person_looked_at_stops_nothing_again_but_what_came_later_does()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var head = new SqlLedgerHead(world.Store, world.Ids);
        var (before, after) = (new SeenTouch("tch_before", LedgerWorld.Now - Duration.FromHours(2)), new SeenTouch("tch_after", LedgerWorld.Now + Duration.FromMinutes(5)));
        Assert.False(Assert.Single(await Check(world, before).CheckAsync(default)).Passed);
        Assert.NotNull(await head.GuardedAsync());

        await head.AcknowledgeAsync("me", LedgerWorld.Now);
        await new SqlPauses(world.Store, world.Ids).ResumeEngineAsync("me", LedgerWorld.Now);
        Assert.Null(await head.GuardedAsync());
        Assert.True(Assert.Single(await Check(world, before).CheckAsync(default)).Passed);
        Assert.False(Assert.Single(await Check(world, before, after).CheckAsync(default)).Passed);

        // Going on does not bring back what was looked at, though it lies within the hour that is read twice.
        await head.AcknowledgeAsync("me", LedgerWorld.Now);
        await world.AddPersonAsync("ann");
        await world.BeginAsync(LedgerWorld.Caller1, await world.OfferAsync("ann", Channel.Call));
        Assert.True(Assert.Single(await Check(world, new SeenTouch("tch_a_minute_before", LedgerWorld.Now - Duration.FromMinutes(1))).CheckAsync(default)).Passed);
    }

    [Fact]
    public async Task A_provider_that_cannot_be_asked_says_nothing()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var check = new LedgerHeadCheck([new Witness(null)], new SqlLedgerHead(world.Store, world.Ids), Clocks);
        Assert.True(Assert.Single(await check.CheckAsync(default)).Passed);
    }

    [Fact]
    public async Task A_folder_knows_its_database_through_every_start_and_death_and_no_other()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var head = new SqlLedgerHead(world.Store, world.Ids);
        var folder = Directory.CreateTempSubdirectory("meridian-mark-").FullName;
        var file = Path.Combine(folder, "instance");
        for (var i = 0; i < 3; i++) Assert.Null(await new InstanceMark(head, folder).CompareAsync());

        // Dead between database and folder: the mark of before still counts, once.
        var (name, mine) = Read(file);
        await head.MarkAsync(name, "never-reached-the-folder", mine);
        Assert.Null(await new InstanceMark(head, folder).CompareAsync());

        // Another process on the same database has its own.
        Assert.Null(await new InstanceMark(head, Directory.CreateDirectory(Path.Combine(folder, "other")).FullName).CompareAsync());
        Assert.Null(await new InstanceMark(head, folder).CompareAsync());

        // A host without a lasting folder.
        File.Delete(file);
        Assert.Null(await new InstanceMark(head, folder).CompareAsync());

        // The database of two starts ago.
        (name, _) = Read(file);
        var (old, _) = await head.MarksAsync(name);
        await new InstanceMark(head, folder).CompareAsync();
        await new InstanceMark(head, folder).CompareAsync();
        await head.MarkAsync(name, old!, null);
        Assert.Contains("restored from a backup", await new InstanceMark(head, folder).CompareAsync());

        // A database that is new to this folder.
        await world.ExecuteAsync("delete from setting where key like 'instance.%'");
        Assert.Contains("another database", await new InstanceMark(head, folder).CompareAsync());
        Directory.Delete(folder, recursive: true);
    }

    private static (string Name, string Mark) Read(string file) => File.ReadAllText(file).Split(' ') is [var name, var mark] ? (name, mark) : throw new InvalidOperationException("no mark");

    private static Clocks Clocks => new(new FakeTimeProvider(LedgerWorld.Now.ToDateTimeOffset()), TimeProvider.System);

    private static LedgerHeadCheck Check(LedgerWorld world, params SeenTouch[] seen) => new([new Witness(seen)], new SqlLedgerHead(world.Store, world.Ids), Clocks);

    private static async Task<Meridian.Domain.Compliance.Verdict> JudgeAsync(LedgerWorld world) => Meridian.Engine.Dispatch.Judge.Of(
        (await world.Facts.LeadAsync("ann"))!, (await world.Facts.CampaignAsync(LedgerWorld.Campaign))!, Meridian.Domain.Campaigns.SopSequence.Default.Steps[0], null, LedgerWorld.Now).Verdict;

    private sealed class Witness(IReadOnlyList<SeenTouch>? seen) : IActivityWitness
    {
        public Task<IReadOnlyList<SeenTouch>?> SinceAsync(Instant from, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<SeenTouch>?>(seen?.Where(s => s.At >= from).ToList());
    }
}

public sealed class VapiWitnessTests
{
    [Fact]
    public async Task Vapi_shows_the_calls_of_our_caller_IDs_by_our_touch_ids()
    {
        await using var world = await World.StartAsync();
        await world.CallAsync("+13125550117", "tch_one");
        await world.CallAsync("+13125550118", "tch_two");
        var options = new VapiOptions { BaseUrl = world.Outside.VapiBase, ApiKey = "vk", AssistantId = "5b0a4a08-133c-4146-9315-0984f8c60001" };
        var now = Instant.FromDateTimeOffset(world.Clock.GetUtcNow());
        using var http = ProviderHttp.Create(TimeSpan.FromSeconds(5));
        var witness = new VapiWitness(http, options, [World.PhoneId], TimeProvider.System);
        Assert.Equal(["tch_one", "tch_two"], (await witness.SinceAsync(now - Duration.FromHours(1), default))!.Select(s => s.TouchId).Order());
        Assert.Empty((await witness.SinceAsync(now + Duration.FromHours(1), default))!);

        options.ApiKey = "wrong";
        Assert.Null(await new VapiWitness(http, options, [World.PhoneId], TimeProvider.System).SinceAsync(now, default));
    }
}
