using Microsoft.Data.Sqlite;

namespace Meridian.Adapters.Sql;

/// <summary>A real SQLite, in memory, for the simulator: one thread, one connection, and nobody waits for a disk.</summary>
public sealed class InterleavedDatabase : IDisposable
{
    private static readonly Lock Gate = new();
    private static SqliteConnection? template;

    private InterleavedDatabase(SqliteConnection connection) => Connection = connection;

    internal SqliteConnection Connection { get; }

    /// <summary>A migrated, empty database.</summary>
    public static InterleavedDatabase Open()
    {
        lock (Gate)
        {
            template ??= Migrated();
            var copy = new PreparedSqlite("Data Source=:memory:;Pooling=False");
            copy.Open();
            template.BackupDatabase(copy);
            using var command = copy.CreateCommand();
            command.CommandText = "pragma foreign_keys=on";
            command.ExecuteNonQuery();
            return new InterleavedDatabase(copy);
        }
    }

    public void Dispose() => Connection.Dispose();

    private static SqliteConnection Migrated()
    {
        TypeHandlers.Register();
        var connection = new PreparedSqlite("Data Source=:memory:;Pooling=False");
        connection.Open();
        var store = new InterleavedStore(new InterleavedDatabase(connection), _ => Task.CompletedTask);
        Migrator.MigrateAsync(store, NodaTime.Instant.FromUnixTimeSeconds(0)).GetAwaiter().GetResult();
        return connection;
    }
}

/// <summary>What goes wrong around one transaction.</summary>
public enum StoreFault
{
    None,

    /// <summary>The database cannot be reached: nothing is written.</summary>
    Unreachable,

    /// <summary>COMMIT happened and its answer is lost.</summary>
    CommitAnswerLost,
}

/// <summary>What a transaction was about, as far as the simulator asks.</summary>
[Flags]
public enum Committed
{
    Something = 0,
    WokeDesk = 1,
    BeganTouch = 2,
}

/// <summary>
/// One process' view of the simulator's database. Each statement of a reader waits for its turn, so that anything may happen between two of them;
/// a writer waits before its transaction and again between COMMIT and its answer.
/// </summary>
/// <param name="turn">Completes when this process is chosen to go on.</param>
/// <param name="fault">Asked once a transaction.</param>
/// <param name="change">Rewrites statements: the world of a mutant.</param>
/// <param name="beforeBegin">Told when a begin is about to be tried, after everything was judged: the moment to strike.</param>
/// <param name="committed">Told after each COMMIT, before anybody goes on.</param>
public sealed class InterleavedStore(InterleavedDatabase database, Func<string, Task> turn, Func<StoreFault>? fault = null, Func<string, string>? change = null, Action<Committed>? committed = null, Action? beforeBegin = null) : SqlStore
{
    public override SqlDialect Dialect => SqlDialect.Sqlite;

    public override Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => work(Session().InTurn(() => turn("read")));

    public override Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => WriteAsync(work, null);

    private async Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, Action? first)
    {
        await turn("write");
        first?.Invoke();
        var goesWrong = fault?.Invoke() ?? StoreFault.None;
        if (goesWrong == StoreFault.Unreachable) throw new DatabaseUnreachableException("the database cannot be reached (simulated)", new InvalidOperationException("simulated"));
        T answer;
        news = Committed.Something;
        Run("begin immediate");
        try
        {
            var task = work(Session());
            if (!task.IsCompleted) throw new InvalidOperationException("a transaction waited for something outside of it");
            answer = await task;
            Run("commit");
        }
        catch (RollBackException e)
        {
            Run("rollback");
            return (T)e.Answer;
        }
        catch
        {
            Run("rollback");
            throw;
        }

        committed?.Invoke(news);
        await turn("wrote");
        if (goesWrong == StoreFault.CommitAnswerLost) throw new CommitAnswerLostException(new InvalidOperationException("simulated"));
        return answer;
    }

    public override async Task<T> WriteOnceAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default)
    {
        try
        {
            return await WriteAsync(work, beforeBegin);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == 19 && e.SqliteExtendedErrorCode == 2067)
        {
            throw new LostRaceException(e.Message, e);
        }
    }

    public override Task RunScriptAsync(string script, CancellationToken cancellation = default)
    {
        Run(script);
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Committed news;

    private SqlSession Session() => new SqlSession(database.Connection, null, Dialect).Through(sql =>
    {
        if (ReferenceEquals(sql, DeskVerbs.Wake) || ReferenceEquals(sql, SqlDesks.Release) || ReferenceEquals(sql, SqlDesks.ReleaseNode)) news |= Committed.WokeDesk;
        if (ReferenceEquals(sql, SqlTouchLedger.TakeTouch)) news |= Committed.BeganTouch;
        return change is null ? sql : change(sql);
    });

    private void Run(string sql)
    {
        using var command = database.Connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
