using Meridian.Adapters.Sql;
using Npgsql;

namespace Meridian.Host.Composition;

/// <summary>The database the settings name: a file in the data folder, or PostgreSQL with a schema of its own that is made when it is missing.</summary>
public static class OpenStore
{
    public static string SqliteFile(string folder) => Path.Combine(folder, "meridian.db");

    /// <exception cref="UsageException">It cannot be reached; the message says why and what to do.</exception>
    public static async Task<SqlStore> ForAsync(MeridianSettings settings, string folder, CancellationToken cancellation)
    {
        if (settings.Database == "sqlite") return SqliteStore.Open(SqliteFile(folder));
        var plain = PostgresUrl.ToConnectionString(settings.Database);
        await ReachAsync(settings.Database, async () =>
        {
            await using var admin = PostgresStore.Open(plain);
            await MadeOnce.RunAsync(admin, settings.OwnSchema() is { } schema ? $"create schema if not exists {schema}" : "select 1", cancellation);
            return true;
        });
        return PostgresStore.Open(plain, settings.OwnSchema(), PostgresUrl.IsTransactionPooled(settings.Database));
    }

    /// <summary>Whether there is a ledger; asking makes none.</summary>
    /// <exception cref="UsageException">The database cannot be reached; the message says why and what to do.</exception>
    public static async Task<bool> HasLedgerAsync(MeridianSettings settings, string folder, CancellationToken cancellation)
    {
        if (settings.Database == "sqlite") return File.Exists(SqliteFile(folder));
        return await ReachAsync(settings.Database, async () =>
        {
            await using var store = Unseen(settings, folder);
            return await store.ReadAsync(s => s.ScalarAsync<long>("select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'lead'"), cancellation) > 0;
        });
    }

    /// <exception cref="UsageException">PostgreSQL did not answer as it should, in words that say what to do.</exception>
    public static async Task<T> ReachAsync<T>(string database, Func<Task<T>> ask)
    {
        var (host, port) = Place(database);
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is not OperationCanceledException && DatabaseTrouble.Explain(e, host, port) is { } known)
        {
            throw new UsageException($"the database: {known.Found}. {known.Fix}");
        }
    }

    /// <summary>Migrated, and at PostgreSQL closed to everybody but us.</summary>
    public static async Task<IReadOnlyList<string>> MigrateAsync(SqlStore store, MeridianSettings settings, NodaTime.Instant now, CancellationToken cancellation)
    {
        var applied = await Migrator.MigrateAsync(store, now, cancellation);
        if (applied.Count > 0 && settings.OwnSchema() is { } schema && settings.Database != "sqlite") await PrivateSchema.CloseAsync(store, schema, cancellation);
        return applied;
    }

    /// <summary>As it is named; whether it is there shows when it is used.</summary>
    public static SqlStore Unseen(MeridianSettings settings, string folder) => settings.Database == "sqlite"
        ? SqliteStore.Open(SqliteFile(folder))
        : PostgresStore.Open(PostgresUrl.ToConnectionString(settings.Database), settings.OwnSchema(), PostgresUrl.IsTransactionPooled(settings.Database));

    public static DatabaseCheck Check(MeridianSettings settings, string folder)
    {
        var (host, port) = Place(settings.Database);
        return new DatabaseCheck(async cancellation =>
        {
            if (settings.Database == "sqlite" && !File.Exists(SqliteFile(folder))) return null;
            var store = Unseen(settings, folder);
            await store.ReadAsync(s => s.ScalarAsync<long>("select 1"), cancellation);
            return store;
        }, settings.Database == "sqlite" ? SqliteFile(folder) : $"PostgreSQL at {host}:{port}", host, port);
    }

    private static (string Host, int Port) Place(string database)
    {
        if (database == "sqlite") return ("", 0);
        var built = new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(database));
        return (built.Host!, built.Port);
    }
}
