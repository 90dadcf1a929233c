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
        try
        {
            await using var admin = PostgresStore.Open(plain);
            await admin.RunScriptAsync(settings.OwnSchema() is { } schema ? $"create schema if not exists {schema}" : "select 1", cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException && DatabaseTrouble.Explain(e, Host(settings), Port(settings)) is { } known)
        {
            throw new UsageException($"the database: {known.Found}. {known.Fix}");
        }

        return PostgresStore.Open(plain, settings.OwnSchema(), PostgresUrl.IsTransactionPooled(settings.Database));
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

    public static DatabaseCheck Check(MeridianSettings settings, string folder) => new(async cancellation =>
    {
        if (settings.Database == "sqlite" && !File.Exists(SqliteFile(folder))) return null;
        var store = Unseen(settings, folder);
        await store.ReadAsync(s => s.ScalarAsync<long>("select 1"), cancellation);
        return store;
    }, settings.Database == "sqlite" ? SqliteFile(folder) : $"PostgreSQL at {Host(settings)}:{Port(settings)}", Host(settings), Port(settings));

    private static string Host(MeridianSettings settings) => settings.Database == "sqlite" ? "" : new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(settings.Database)).Host!;

    private static int Port(MeridianSettings settings) => settings.Database == "sqlite" ? 0 : new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(settings.Database)).Port;
}
