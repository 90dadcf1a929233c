using Meridian.Adapters.Sql;

namespace Meridian.Tests.OptOuts;

/// <summary>A store that calls before each statement, saying whether it is inside a writer's transaction.</summary>
internal sealed class SteppedStore(SqlStore inner, Func<bool, Task> before) : SqlStore
{
    public override SqlDialect Dialect => inner.Dialect;

    public override Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => inner.ReadAsync(s => work(s.InTurn(() => before(false))), cancellation);

    public override Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => inner.WriteAsync(s => work(s.InTurn(() => before(true))), cancellation);

    public override Task<T> WriteOnceAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancellation = default) => inner.WriteOnceAsync(s => work(s.InTurn(() => before(true))), cancellation);

    public override Task RunScriptAsync(string script, CancellationToken cancellation = default) => inner.RunScriptAsync(script, cancellation);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
