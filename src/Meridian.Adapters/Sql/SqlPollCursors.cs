using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>One row a provider.</summary>
public sealed class SqlPollCursors(SqlStore store) : IPollCursors
{
    internal const string Find = "select read_until from poll_cursor where provider = @provider";

    internal const string Move = """
        insert into poll_cursor (provider, read_until) values (@provider, @until)
            on conflict (provider) do update set read_until = excluded.read_until where poll_cursor.read_until < excluded.read_until
        """;

    public Task<Instant?> ReadAsync(string provider) => store.ReadAsync(s => s.InstantAsync(Find, new { provider }));

    public Task MoveAsync(string provider, Instant readUntil) => store.WriteAsync(async s => { await s.ExecuteAsync(Move, new { provider, until = readUntil }); });
}
