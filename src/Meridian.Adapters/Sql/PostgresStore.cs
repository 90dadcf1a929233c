using Npgsql;

namespace Meridian.Adapters.Sql;

/// <summary>PostgreSQL at READ COMMITTED, without session state, so that it also works behind a transaction pooler.</summary>
public sealed class PostgresStore : SqlStore
{
    private const int MostTries = 8;

    private readonly NpgsqlDataSource source;

    private PostgresStore(NpgsqlDataSource source) => this.source = source;

    public override SqlDialect Dialect => SqlDialect.Postgres;

    public static PostgresStore Open(string connectionString)
    {
        TypeHandlers.Register();
        return new PostgresStore(new NpgsqlDataSourceBuilder(connectionString).Build());
    }

    public override async Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            return await work(new SqlSession(connection, null, Dialect));
        }
        catch (NpgsqlException e) when (e is not PostgresException)
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
        await using var command = new NpgsqlCommand(script, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<T> TransactAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
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
        catch (NpgsqlException e) when (e is not PostgresException)
        {
            throw new DatabaseUnreachableException($"PostgreSQL did not answer: {e.Message}", e);
        }
    }

    private static bool IsLostRace(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;
}
