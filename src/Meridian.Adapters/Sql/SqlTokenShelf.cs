using Meridian.Adapters.Http;

namespace Meridian.Adapters.Sql;

/// <summary>Tokens in the database: several engines on one PostgreSQL have no folder in common.</summary>
public sealed class SqlTokenShelf(SqlStore store, string name) : ITokenShelf
{
    internal const string Read = "select value from setting where key = @key";

    internal const string First = "insert into setting (key, value) values (@key, @after) on conflict (key) do nothing";

    internal const string Replace = "update setting set value = @after where key = @key and value = @before";

    private string Key => $"token.{name}";

    public Task<string?> ReadAsync() => store.ReadAsync(s => s.ScalarAsync<string>(Read, new { key = Key }));

    public Task<bool> TryReplaceAsync(string? before, string after) => store.WriteAsync(async s =>
        await s.ExecuteAsync(before is null ? First : Replace, new { key = Key, before, after }) == 1);
}
