using System.Data.Common;
using Dapper;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>One connection, inside one transaction or none. Every statement of the program goes through here.</summary>
public sealed class SqlSession(DbConnection connection, DbTransaction? transaction, SqlDialect dialect)
{
    public SqlDialect Dialect => dialect;

    /// <summary>Runs a statement; the row count is the answer of a fence.</summary>
    public Task<int> ExecuteAsync(string sql, object? args = null) => connection.ExecuteAsync(dialect.Adapt(sql), args, transaction);

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args = null) =>
        (await connection.QueryAsync<T>(dialect.Adapt(sql), args, transaction)).AsList();

    public Task<T?> FirstOrDefaultAsync<T>(string sql, object? args = null) =>
        connection.QueryFirstOrDefaultAsync<T>(dialect.Adapt(sql), args, transaction);

    /// <summary>An instant that may be missing: no row, or a null as <c>min()</c> of nothing gives it.</summary>
    public async Task<Instant?> InstantAsync(string sql, object? args = null) =>
        await connection.ExecuteScalarAsync<object?>(dialect.Adapt(sql), args, transaction) is { } value and not DBNull ? TypeHandlers.ReadInstant(value) : null;

    public Task<T?> ScalarAsync<T>(string sql, object? args = null) => connection.ExecuteScalarAsync<T>(dialect.Adapt(sql), args, transaction);
}
