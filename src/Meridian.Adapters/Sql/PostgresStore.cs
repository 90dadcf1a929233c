using Npgsql;

namespace Meridian.Adapters.Sql;

/// <summary>PostgreSQL at READ COMMITTED, without session state, so that it also works behind a transaction pooler.</summary>
public sealed class PostgresStore : SqlStore
{
    private const int MostTries = 8;

    private readonly NpgsqlDataSource source;

    /// <summary>Said at the head of every transaction; null: the connection knows its schema.</summary>
    private readonly string? preamble;

    private PostgresStore(NpgsqlDataSource source, string? preamble) => (this.source, this.preamble) = (source, preamble);

    public override SqlDialect Dialect => SqlDialect.Postgres;

    /// <param name="schema">Where our tables are; null: where the connection looks by itself.</param>
    /// <param name="transactionPooled">The next transaction may meet another server, and a pooler refuses a connection that brings a search path: it is set anew in each transaction.</param>
    public static PostgresStore Open(string connectionString, string? schema = null, bool transactionPooled = false)
    {
        TypeHandlers.Register();
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (schema is not null && !transactionPooled) builder.SearchPath = schema;
        return new PostgresStore(new NpgsqlDataSourceBuilder(builder.ConnectionString).Build(), schema is not null && transactionPooled ? $"set local search_path to {schema}" : null);
    }

    public override async Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            if (preamble is null) return await work(new SqlSession(connection, null, Dialect));
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await PrepareAsync(connection, cancellation);
            var answer = await work(new SqlSession(connection, transaction, Dialect));
            await transaction.RollbackAsync(CancellationToken.None);
            return answer;
        }
        catch (NpgsqlException e) when (e is not PostgresException away || DatabaseTrouble.IsAway(away))
        {
            throw new DatabaseUnreachableException($"PostgreSQL did not answer: {e.Message}", e);
        }
    }

    public override async Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TransactAsync(work, cancellation);
            }
            catch (PostgresException e) when (IsLostRace(e) && attempt < MostTries)
            {
                // Deadlock or serialization failure: the server undid everything; once more from the start.
            }
        }
    }

    public override async Task<T> WriteOnceAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default)
    {
        try
        {
            return await TransactAsync(work, cancellation);
        }
        catch (PostgresException e) when (IsLostRace(e) || e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new LostRaceException(e.MessageText, e);
        }
    }

    public override async Task RunScriptAsync(string script, CancellationToken cancellation = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = preamble is null ? null : await connection.BeginTransactionAsync(cancellation);
        await PrepareAsync(connection, cancellation);
        await using var command = new NpgsqlCommand(script, connection);
        await command.ExecuteNonQueryAsync(cancellation);
        if (transaction is not null) await transaction.CommitAsync(cancellation);
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<T> TransactAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await PrepareAsync(connection, cancellation);
            T result;
            try
            {
                result = await work(new SqlSession(connection, transaction, Dialect));
            }
            catch (RollBackException e)
            {
                await transaction.RollbackAsync(CancellationToken.None);
                return (T)e.Answer;
            }

            try
            {
                await transaction.CommitAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is not PostgresException { SqlState: "40001" or "40P01" })
            {
                throw new CommitAnswerLostException(e);
            }

            return result;
        }
        catch (NpgsqlException e) when (e is not PostgresException away || DatabaseTrouble.IsAway(away))
        {
            throw new DatabaseUnreachableException($"PostgreSQL did not answer: {e.Message}", e);
        }
    }

    private async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (preamble is null) return;
        await using var command = new NpgsqlCommand(preamble, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static bool IsLostRace(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;
}
