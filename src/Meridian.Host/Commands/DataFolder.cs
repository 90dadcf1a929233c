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
    private DataFolder(SqlStore store, Clocks clocks, string path, bool isDemo)
    {
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

    /// <summary>Opens the folder's database, migrated. <paramref name="mustExist"/>: say so when there is none instead of making one.</summary>
    /// <exception cref="UsageException">There is no database, or its settings are wrong.</exception>
    public static async Task<DataFolder> OpenAsync(DirectoryInfo folder, bool mustExist = true, CancellationToken cancellation = default)
    {
        var settings = MeridianSettings.Load(folder.FullName);
        if (settings.Database == "sqlite" && mustExist && !File.Exists(OpenStore.SqliteFile(folder.FullName)))
            throw new UsageException($"there is no Meridian data in {folder.FullName}; import a file first, or name another folder with --data");
        var store = await OpenStore.ForAsync(settings, folder.FullName, cancellation);
        try
        {
            var isDemo = File.Exists(System.IO.Path.Combine(folder.FullName, "demo.json"));
            var clocks = new Clocks(PracticeClock.Of(settings.Practice, TimeProvider.System), TimeProvider.System);
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

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
