using System.CommandLine;
using Meridian.Adapters;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Host.Composition;
using Meridian.Host.Demo;
using Meridian.Host.Run;
using NodaTime;

namespace Meridian.Host.Commands;

/// <summary>
/// The data folder a verb works on: an install's own, or a demo's. A demo's folder carries its own clock, so that "now" is the demo's last
/// instant and "why" speaks of the same day as the demo.
/// </summary>
public sealed class DataFolder : IAsyncDisposable
{
    private readonly string? throwAway;

    private DataFolder(SqlStore store, Clocks clocks, string path, bool isDemo, string? throwAway = null)
    {
        this.throwAway = throwAway;
        Store = store;
        Clocks = clocks;
        Path = path;
        IsDemo = isDemo;
        Ids = RandomIds.Create(clocks.Engine);
    }

    public SqlStore Store { get; }

    public Clocks Clocks { get; }

    public IIds Ids { get; }

    public string Path { get; }

    public bool IsDemo { get; }

    /// <summary>A demo's seed, so that a look ahead draws the same chances as the demo will; anything for an install.</summary>
    public ulong Seed => IsDemo ? DemoFolder.SeedOf(Path) : 1;

    public SqlFacts Facts => new(Store, Ids);

    /// <summary>The database is an empty one that is gone afterwards: the folder has none yet.</summary>
    public bool IsThrowAway => throwAway is not null;

    /// <summary>Opens the folder's database, migrated. <paramref name="mustExist"/>: say so when there is none instead of making one.</summary>
    /// <exception cref="UsageException">There is no database, or its settings are wrong.</exception>
    public static async Task<DataFolder> OpenAsync(DirectoryInfo folder, bool mustExist = true, CancellationToken cancellation = default)
    {
        var settings = MeridianSettings.Load(folder.FullName, StrayVariables.Noted);
        if (mustExist && !await OpenStore.HasLedgerAsync(settings, folder.FullName, cancellation)) throw new UsageException(WhichFolder.Instead(folder.FullName));
        var store = await OpenStore.ForAsync(settings, folder.FullName, cancellation);
        try
        {
            var isDemo = DemoFolder.IsOne(folder.FullName);
            var clocks = ClocksOf(settings);
            await OpenStore.MigrateAsync(store, settings, clocks.Now, cancellation);
            if (isDemo && await store.ReadAsync(s => s.InstantAsync("select max(last_turn_at) from desk"), cancellation) is { } last)
                clocks = new Clocks(new SteppingClock(last.ToDateTimeOffset()), TimeProvider.System);
            return new DataFolder(store, clocks, folder.FullName, isDemo);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>For a verb that only looks but can look before anything is there: then at an empty ledger, and nothing is left behind.</summary>
    /// <exception cref="UsageException">The folder's settings are wrong.</exception>
    public static async Task<DataFolder> LookAsync(DirectoryInfo folder, CancellationToken cancellation)
    {
        var settings = MeridianSettings.Load(folder.FullName, StrayVariables.Noted);
        if (await OpenStore.HasLedgerAsync(settings, folder.FullName, cancellation)) return await OpenAsync(folder, cancellation: cancellation);
        var elsewhere = Directory.CreateTempSubdirectory("meridian-look-").FullName;
        var looked = new DataFolder(SqliteStore.Open(OpenStore.SqliteFile(elsewhere)), ClocksOf(settings), folder.FullName, isDemo: false, elsewhere);
        try
        {
            await Migrator.MigrateAsync(looked.Store, looked.Clocks.Now, cancellation);
            return looked;
        }
        catch
        {
            await looked.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        if (throwAway is not null) Directory.Delete(throwAway, recursive: true);
    }

    /// <summary>The folder that a command line names, for whatever must be said of it.</summary>
    public static string GivenTo(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.OfType<Option<DirectoryInfo>>().FirstOrDefault(o => o.Name == "--data") is { } data ? parsed.GetValue(data)!.FullName : "the data folder";

    private static Clocks ClocksOf(MeridianSettings settings) => new(PracticeClock.Of(settings.Practice, TimeProvider.System), TimeProvider.System);
}
