using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Numbered, forward only, checksummed. A migration that changed after it ran is refused: history is not edited.</summary>
public static class Migrator
{
    private const string Table = "create table if not exists migration (number bigint not null primary key, name text not null, checksum text not null, applied_at {instant} not null)";

    /// <summary>Every migration this build carries, in order, as this database reads it.</summary>
    public static IReadOnlyList<(long Number, string Name, string Sql, string Checksum)> All(SqlDialect dialect)
    {
        var assembly = typeof(Migrator).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(resource =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                var text = reader.ReadToEnd();
                var file = resource[(resource.IndexOf(".Migrations.", StringComparison.Ordinal) + ".Migrations.".Length)..^".sql".Length].TrimStart('_');
                var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
                return (long.Parse(file[..4]), file, dialect.Types(dialect.Own(text)), checksum);
            })
            .ToList();
    }

    /// <summary>Applies what is missing; returns the names applied.</summary>
    /// <exception cref="InvalidOperationException">The database was written by a newer build, or a migration was edited.</exception>
    public static Task<IReadOnlyList<string>> MigrateAsync(SqlStore store, Instant now, CancellationToken cancellation = default) => MigrateAsync(store, now, long.MaxValue, cancellation);

    /// <param name="upTo">The last one to apply: a database as an older build left it.</param>
    internal static async Task<IReadOnlyList<string>> MigrateAsync(SqlStore store, Instant now, long upTo, CancellationToken cancellation = default)
    {
        await MadeOnce.RunAsync(store, store.Dialect.Types(Table), cancellation);
        var done = (await store.ReadAsync(s => s.QueryAsync<(long Number, string Checksum)>("select number, checksum from migration order by number"), cancellation))
            .ToDictionary(r => r.Number, r => r.Checksum);
        var all = All(store.Dialect);
        if (done.Keys.Any(n => all.All(m => m.Number != n)))
            throw new InvalidOperationException("the database was written by a newer build of Meridian; start that build, or restore a backup");

        var applied = new List<string>();
        foreach (var (number, name, sql, checksum) in all.Where(m => m.Number <= upTo))
        {
            if (done.TryGetValue(number, out var known))
            {
                Compare(name, known, checksum);
                continue;
            }

            // Several processes may open an old database at once. Who writes the row does the work; whoever comes second waits here until the first has
            // committed, and finds it done.
            var others = await store.WriteAsync(async s =>
            {
                if (await s.ExecuteAsync("insert into migration (number, name, checksum, applied_at) values (@number, @name, @checksum, @now) on conflict do nothing", new { number, name, checksum, now }) == 0)
                    return await s.ScalarAsync<string>("select checksum from migration where number = @number", new { number });
                await s.ExecuteAsync(sql);
                return null;
            }, cancellation);
            if (others is null) applied.Add(name);
            else Compare(name, others, checksum);
        }

        return applied;
    }

    private static void Compare(string name, string known, string checksum)
    {
        if (known != checksum) throw new InvalidOperationException($"migration {name} was changed after it had been applied; migrations are forward only");
    }
}
