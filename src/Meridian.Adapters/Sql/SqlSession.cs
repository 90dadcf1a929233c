using System.Data.Common;
using Dapper;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>One connection, inside one transaction or none. Every statement of the program goes through here.</summary>
public sealed class SqlSession(DbConnection connection, DbTransaction? transaction, SqlDialect dialect)
{
    private Func<string, string>? change;
    private Func<Task>? turn;

    public SqlDialect Dialect => dialect;

    /// <summary>For tests: statements go through <paramref name="rewrite"/> first.</summary>
    internal SqlSession Through(Func<string, string> rewrite) => new(connection, transaction, dialect) { change = rewrite };

    /// <summary>For the simulator: each statement waits for <paramref name="turn"/> first.</summary>
    internal SqlSession InTurn(Func<Task> turn) => new(connection, transaction, dialect) { change = change, turn = turn };

    private string Text(string sql) => dialect.Adapt(change is null ? sql : change(sql));

    /// <summary>Runs a statement; the row count is the answer of a fence.</summary>
    public async Task<int> ExecuteAsync(string sql, object? args = null)
    {
        if (turn is not null) await turn();
        return await connection.ExecuteAsync(Text(sql), args, transaction);
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? args = null)
    {
        if (turn is not null) await turn();
        return (await connection.QueryAsync<T>(Text(sql), args, transaction)).AsList();
    }

    public async Task<T?> FirstOrDefaultAsync<T>(string sql, object? args = null)
    {
        if (turn is not null) await turn();
        return await connection.QueryFirstOrDefaultAsync<T>(Text(sql), args, transaction);
    }

    /// <summary>An instant that may be missing: no row, or a null as <c>min()</c> of nothing gives it.</summary>
    public async Task<Instant?> InstantAsync(string sql, object? args = null)
    {
        if (turn is not null) await turn();
        return await connection.ExecuteScalarAsync<object?>(Text(sql), args, transaction) is { } value and not DBNull ? TypeHandlers.ReadInstant(value) : null;
    }

    public async Task<T?> ScalarAsync<T>(string sql, object? args = null)
    {
        if (turn is not null) await turn();
        return await connection.ExecuteScalarAsync<T>(Text(sql), args, transaction);
    }
}
