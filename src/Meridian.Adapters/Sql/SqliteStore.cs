using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Meridian.Adapters.Sql;

/// <summary>
/// SQLite: WAL, <c>synchronous=FULL</c>, one writer thread. The writer takes what is waiting into one transaction (group commit), each
/// piece of work under a savepoint of its own, and answers nobody before COMMIT has. Soft writes commit without waiting for the disk; the
/// next hard commit takes them along. Checkpoints run on a connection of their own.
/// </summary>
public sealed class SqliteStore : SqlStore
{
    private const int MostPerCommit = 64;
    private const int CheckpointEveryCommits = 500;

    private readonly string connectionString;
    private readonly BlockingCollection<IJob> jobs = new(boundedCapacity: 10_000);
    private readonly ConcurrentBag<SqliteConnection> readers = [];
    private readonly SqliteConnection writer;
    private readonly Thread thread;
    private int commits;
    private bool waitsForDisk = true;

    private SqliteStore(string path)
    {
        connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString();
        writer = Open();
        var mode = Pragma(writer, "pragma journal_mode=wal");
        if (mode is not "wal") throw new InvalidOperationException($"SQLite could not switch {path} to WAL (it says {mode}); is the folder on a network drive?");
        Pragma(writer, "pragma wal_autocheckpoint=0");
        if (Pragma(writer, "pragma synchronous") is not "2") throw new InvalidOperationException("SQLite is not at synchronous=FULL; refusing to keep a ledger on it");
        Checkpoint("passive"); // a process that is killed again and again never gets to its five hundredth commit, and its log would grow without end
        thread = new Thread(WriteLoop) { IsBackground = true, Name = "sqlite-writer" };
        thread.Start();
    }

    public override SqlDialect Dialect => SqlDialect.Sqlite;

    public static SqliteStore Open(string path)
    {
        TypeHandlers.Register();
        PrivateFolder.Make(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!File.Exists(path)) PrivateFile.TryMake(path); // an empty file is an empty database; its log and index take over its rights
        return new SqliteStore(path);
    }

    public override async Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default)
    {
        if (!readers.TryTake(out var connection)) connection = Open();
        try
        {
            return await work(new SqlSession(connection, null, Dialect));
        }
        finally
        {
            readers.Add(connection);
        }
    }

    public override Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => EnqueueAsync(work, soft: false, cancellation);

    public override Task<T> WriteSoftAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => EnqueueAsync(work, soft: true, cancellation);

    private Task<T> EnqueueAsync<T>(Func<SqlSession, Task<T>> work, bool soft, CancellationToken cancellation)
    {
        var job = new Job<T>(work, soft);
        jobs.Add(job, cancellation);
        return job.Answer;
    }

    // One writer: there is no race to lose inside SQLite, only unique indexes, and those speak for themselves.
    public override async Task<T> WriteOnceAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default)
    {
        try
        {
            return await WriteAsync(work, cancellation);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == 19 && e.SqliteExtendedErrorCode == 2067)
        {
            throw new LostRaceException(e.Message, e);
        }
    }

    public override Task RunScriptAsync(string script, CancellationToken cancellation = default) =>
        WriteAsync(async s => await s.ExecuteAsync(script), cancellation);

    public override ValueTask DisposeAsync()
    {
        jobs.CompleteAdding();
        thread.Join();
        Checkpoint("truncate");
        writer.Dispose();
        while (readers.TryTake(out var reader)) reader.Dispose();
        jobs.Dispose();
        return ValueTask.CompletedTask;
    }

    private SqliteConnection Open()
    {
        var connection = new PreparedSqlite(connectionString);
        connection.Open();
        Pragma(connection, "pragma busy_timeout=30000");
        Pragma(connection, "pragma synchronous=full");
        Pragma(connection, "pragma foreign_keys=on");
        return connection;
    }

    private static string? Pragma(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString();
    }

    private void Run(string sql)
    {
        using var command = writer.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void WriteLoop()
    {
        var batch = new List<IJob>(MostPerCommit);
        IJob? next = null;
        while (next is not null || TryWait(out next))
        {
            batch.Clear();
            var soft = next.IsSoft;
            try
            {
                WaitForDisk(!soft);
                Run("begin immediate");
                while (next is not null && batch.Count < MostPerCommit && next.IsSoft == soft)
                {
                    batch.Add(next);
                    Attempt(next);
                    if (!jobs.TryTake(out next)) next = null;
                }

                Run("commit");
            }
            catch (Exception e)
            {
                // COMMIT refused (disk full, I/O error): SQLite has rolled back, or does so now. Nobody's work happened.
                try { Run("rollback"); } catch (SqliteException) { /* it was rolled back already */ }
                if (batch.Count == 0)
                {
                    batch.Add(next!);
                    next = null;
                }

                foreach (var job in batch) job.Fail(e);
                continue;
            }

            foreach (var job in batch) job.Complete();
            if (++commits % CheckpointEveryCommits == 0) Task.Run(() => Checkpoint("passive"));
        }
    }

    private bool TryWait([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IJob? job)
    {
        try
        {
            job = jobs.Take();
            return true;
        }
        catch (InvalidOperationException)
        {
            job = null; // no more will come
            return false;
        }
    }

    private void WaitForDisk(bool wait)
    {
        if (wait == waitsForDisk) return;
        Run(wait ? "pragma synchronous=full" : "pragma synchronous=normal");
        waitsForDisk = wait;
    }

    private void Attempt(IJob job)
    {
        Run("savepoint work");
        if (!job.Run(new SqlSession(writer, null, Dialect))) Run("rollback to work");
        Run("release work");
    }

    private void Checkpoint(string kind)
    {
        try
        {
            using var connection = Open();
            Pragma(connection, $"pragma wal_checkpoint({kind})");
        }
        catch (SqliteException)
        {
            // A checkpoint that could not run is caught up by the next one; the log stays whole.
        }
    }

    private interface IJob
    {
        bool IsSoft { get; }

        /// <summary>False: undo what it wrote.</summary>
        bool Run(SqlSession session);

        void Complete();

        void Fail(Exception reason);
    }

    private sealed class Job<T>(Func<SqlSession, Task<T>> work, bool soft) : IJob
    {
        public bool IsSoft => soft;

        private readonly TaskCompletionSource<T> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;
        private Exception? failure;

        public Task<T> Answer => source.Task;

        public bool Run(SqlSession session)
        {
            try
            {
                result = work(session).GetAwaiter().GetResult(); // SQLite works synchronously: nothing is awaited for real
                return true;
            }
            catch (RollBackException e)
            {
                result = (T)e.Answer;
                return false;
            }
            catch (Exception e)
            {
                failure = e;
                return false;
            }
        }

        public void Complete()
        {
            if (failure is null) source.SetResult(result!);
            else source.SetException(failure);
        }

        public void Fail(Exception reason) => source.SetException(reason);
    }
}
