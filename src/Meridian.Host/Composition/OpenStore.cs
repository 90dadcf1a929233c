using Meridian.Adapters.Sql;

namespace Meridian.Host.Composition;

/// <summary>The database the settings name: a file in the data folder, or PostgreSQL with a schema of its own that is made when it is missing.</summary>
public static class OpenStore
{
    public static string SqliteFile(string folder) => Path.Combine(folder, "meridian.db");

    public static async Task<SqlStore> ForAsync(MeridianSettings settings, string folder, CancellationToken cancellation)
    {
        if (settings.Database == "sqlite") return SqliteStore.Open(SqliteFile(folder));
        if (settings.Schema is { Length: > 0 } schema)
        {
            await using var admin = PostgresStore.Open(PostgresUrl.ToConnectionString(settings.Database));
            await admin.RunScriptAsync($"create schema if not exists {schema}", cancellation);
        }

        return PostgresStore.Open(settings.ConnectionString());
    }
}
