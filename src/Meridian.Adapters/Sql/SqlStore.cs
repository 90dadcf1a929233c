using Meridian.Engine.Ledger;

namespace Meridian.Adapters.Sql;

/// <summary>A database of ours. Writes are transactions whose result exists only once COMMIT has answered.</summary>
public abstract class SqlStore : IAsyncDisposable
{
    public abstract SqlDialect Dialect { get; }

    /// <summary>Reads outside any transaction: each statement sees what was committed before it (READ COMMITTED).</summary>
    public abstract Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and commits. A deadlock or a serialization failure runs it again; it must
    /// therefore touch nothing but its session.
    /// </summary>
    /// <exception cref="CommitAnswerLostException">The COMMIT was asked and its answer never came.</exception>
    public abstract Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default);

    /// <summary>As <see cref="WriteAsync{T}"/>, but a lost race throws <see cref="LostRaceException"/> instead of running the work again.</summary>
    public abstract Task<T> WriteOnceAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default);

    /// <summary>
    /// A write that survives the death of the process but may be lost with the power, because losing it harms nobody: whose turn it is,
    /// that the owner has a copy. Everything a promise rests on goes through <see cref="WriteAsync{T}"/>.
    /// </summary>
    public virtual Task<T> WriteSoftAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => WriteAsync(work, cancellation);

    public Task WriteAsync(Func<SqlSession, Task> work, CancellationToken cancellation = default) =>
        WriteAsync(async s => { await work(s); return 0; }, cancellation);

    /// <summary>Runs a script of several statements outside the ordinary path (migrations).</summary>
    public abstract Task RunScriptAsync(string script, CancellationToken cancellation = default);

    public abstract ValueTask DisposeAsync();
}

/// <summary>The work undid itself on purpose: nothing was written. Carries the answer out of the transaction.</summary>
public sealed class RollBackException(object answer) : Exception("rolled back on purpose")
{
    public object Answer { get; } = answer;
}

/// <summary>The transaction lost a deadlock or a unique race; nothing was written.</summary>
public sealed class LostRaceException(string message, Exception inner) : StoreAwayException(message, inner);

/// <summary>COMMIT was asked and nobody knows whether it happened. Callers must look, or act as the design says.</summary>
public sealed class CommitAnswerLostException(Exception inner) : StoreAwayException("the answer to COMMIT was lost", inner);

/// <summary>The database cannot be reached; nothing was written.</summary>
public sealed class DatabaseUnreachableException(string message, Exception inner) : StoreAwayException(message, inner);
