using Meridian.Adapters.Sql;
using Xunit;

namespace Meridian.Tests.Ledger;

/// <summary>Several processes of a new build find the database as an older one left it, or find none.</summary>
public abstract class MigratorContract
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task All_who_open_an_old_database_at_once_find_it_whole(long leftAt)
    {
        await using var place = await PlaceAsync();
        if (leftAt > 0)
        {
            await using var older = place.Open();
            await Migrator.MigrateAsync(older, TestDatabase.Birth, leftAt, Cancelled);
        }

        var applied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            await using var store = place.Open();
            return await Migrator.MigrateAsync(store, TestDatabase.Birth, Cancelled);
        })));

        await using var after = place.Open();
        var all = Migrator.All(after.Dialect).Select(m => (m.Number, m.Name, m.Checksum)).ToList();
        Assert.Equal(all.Where(m => m.Number > leftAt).Select(m => m.Name), applied.SelectMany(a => a).Order(StringComparer.Ordinal));
        Assert.Equal(all, await after.ReadAsync(s => s.QueryAsync<(long, string, string)>("select number, name, checksum from migration order by number"), Cancelled));
        Assert.Equal(0, await after.ReadAsync(s => s.ScalarAsync<long>("select count(*) from touch where skipped_reason is null"), Cancelled));
        Assert.Empty(await Migrator.MigrateAsync(after, TestDatabase.Birth, Cancelled));
    }

    [Fact]
    public async Task A_migration_that_was_edited_is_refused()
    {
        await using var place = await PlaceAsync();
        await using var store = place.Open();
        await Migrator.MigrateAsync(store, TestDatabase.Birth, Cancelled);
        await store.WriteAsync(s => s.ExecuteAsync("update migration set checksum = 'other' where number = 3"), Cancelled);
        Assert.Contains("forward only", (await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator.MigrateAsync(store, TestDatabase.Birth, Cancelled))).Message);
    }

    protected abstract Task<Place> PlaceAsync();

    /// <summary>Where a database is, for whoever opens it.</summary>
    protected sealed class Place(Func<SqlStore> open, Action leave) : IAsyncDisposable
    {
        public SqlStore Open() => open();

        public ValueTask DisposeAsync()
        {
            leave();
            return ValueTask.CompletedTask;
        }
    }
}

public sealed class MigratorOnSqlite : MigratorContract
{
    protected override Task<Place> PlaceAsync()
    {
        var folder = Directory.CreateTempSubdirectory("meridian-migrate-").FullName;
        return Task.FromResult(new Place(() => SqliteStore.Open(Path.Combine(folder, "meridian.db")), () => Directory.Delete(folder, recursive: true)));
    }
}

public sealed class MigratorOnPostgres : MigratorContract
{
    protected override async Task<Place> PlaceAsync()
    {
        var connection = $"{await PostgresCluster.NewSchemaAsync()};Maximum Pool Size=2";
        return new Place(() => PostgresStore.Open(connection), () => { });
    }
}
