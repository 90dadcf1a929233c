using Meridian.Adapters.Sql;
using NodaTime;

namespace Meridian.Tests.Ledger;

/// <summary>An empty, migrated ledger of one of the two kinds. A dialect of one's own rewrites statements: that is how a guard is taken out.</summary>
public abstract class TestDatabase : IAsyncDisposable
{
    public static readonly Instant Birth = Instant.FromUtc(2026, 11, 16, 14, 0);

    public SqlStore Store { get; private set; } = null!;

    public async Task<TestDatabase> OpenAsync()
    {
        Store = await OpenStoreAsync();
        await BeforeAsync();
        await Migrator.MigrateAsync(Store, Birth);
        return this;
    }

    protected abstract Task<SqlStore> OpenStoreAsync();

    /// <summary>What an older build left there.</summary>
    protected virtual Task BeforeAsync() => Task.CompletedTask;

    public virtual ValueTask DisposeAsync() => Store.DisposeAsync();

    public class Sqlite : TestDatabase
    {
        private readonly string folder = Directory.CreateTempSubdirectory("meridian-ledger-").FullName;

        protected override Task<SqlStore> OpenStoreAsync() => Task.FromResult<SqlStore>(SqliteStore.Open(Path.Combine(folder, "meridian.db")));

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>As a build left it that knew no migration after that number, and used by connections that are open still.</summary>
    public sealed class AgedSqlite(long number) : Sqlite
    {
        protected override async Task BeforeAsync()
        {
            await Migrator.MigrateAsync(Store, Birth, number);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.ReadAsync(s => s.ScalarAsync<long>("select count(*) from touch where skipped_reason is null"))));
        }
    }

    /// <summary>PostgreSQL behind PgBouncer in transaction mode.</summary>
    public sealed class Pooled : TestDatabase
    {
        protected override Task<SqlStore> OpenStoreAsync() => PgBouncer.NewStoreAsync();
    }

    public sealed class Postgres : TestDatabase
    {
        protected override async Task<SqlStore> OpenStoreAsync() => PostgresStore.Open(await PostgresCluster.NewSchemaAsync());
    }
}
