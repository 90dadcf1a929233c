using System.Text.Json;
using Meridian.Adapters;
using Meridian.Host.Composition;
using Meridian.Adapters.Sql;

namespace Meridian.Host.Demo;

/// <summary>The demo's database: a file in its folder, or a schema of its own in PostgreSQL. Refuses a schema that is not its own.</summary>
public static class DemoStore
{
    public static async Task<SqlStore> OpenAsync(DemoOptions options, DemoFolder folder, CancellationToken cancellation)
    {
        if (options.Database == "sqlite") return SqliteStore.Open(folder.DatabaseFile);

        var schema = $"meridian_{Path.GetFileName(options.Folder).Replace('-', '_')}"; // demo-1, demo-live-1
        var connection = PostgresUrl.ToConnectionString(options.Database);
        await OpenStore.ReachAsync(options.Database, async () =>
        {
            await using var admin = PostgresStore.Open(connection);
            var tables = await admin.ReadAsync(s => s.QueryAsync<string>("select table_name::text from information_schema.tables where table_schema = @schema", new { schema }), cancellation);
            if (tables.Count > 0 && !folder.IsResumed)
                throw new UsageException($"schema {schema} is not empty and {folder.Path} does not belong to it; drop it (drop schema {schema} cascade), use another --seed, or give the --data it was made with");
            await admin.RunScriptAsync($"create schema if not exists {schema}", cancellation);
            return schema;
        });

        KeepWay(folder, options.Database, schema);
        return PostgresStore.Open(connection + $";Search Path={schema}");
    }

    /// <summary>Every other verb finds the demo's database by its folder. It may hold a password, so it is its owner's alone.</summary>
    private static void KeepWay(DemoFolder folder, string database, string schema)
    {
        var file = Path.Combine(folder.Path, "meridian.json");
        using var stream = PrivateFile.Open(file, FileMode.Create);
        JsonSerializer.Serialize(stream, new { database, schema });
    }
}
