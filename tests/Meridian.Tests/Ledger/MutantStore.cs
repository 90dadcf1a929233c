using Meridian.Adapters.Sql;

namespace Meridian.Tests.Ledger;

/// <summary>
/// A store whose statements go through <paramref name="change"/> first: a test takes a guard out of one text and shows that the promise then
/// breaks, or runs something between two statements of a reader.
/// </summary>
public sealed class MutantStore(SqlStore inner, Func<string, string> change) : SqlStore
{
    public override SqlDialect Dialect => inner.Dialect;

    public override Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => inner.ReadAsync(s => work(s.Through(change)), cancellation);

    public override Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => inner.WriteAsync(s => work(s.Through(change)), cancellation);

    public override Task<T> WriteOnceAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => inner.WriteOnceAsync(s => work(s.Through(change)), cancellation);

    public override Task RunScriptAsync(string script, CancellationToken cancellation = default) => inner.RunScriptAsync(script, cancellation);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
