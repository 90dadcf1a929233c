using Meridian.Engine.Checks;

namespace Meridian.Adapters.Sql;

/// <summary>Whether the database answers; the words of <see cref="DatabaseTrouble"/> where it does not.</summary>
public sealed class DatabaseCheck(Func<CancellationToken, Task<SqlStore?>> open, string name, string host, int port) : IProviderCheck
{
    public string Provider => "database";

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        try
        {
            await using var store = await open(cancellation).ConfigureAwait(false);
            return [new CheckFinding("database", true, store is null ? $"{name} is made at the first start" : $"{name} answers", null)];
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var (found, fix) = DatabaseTrouble.Explain(e, host, port) ?? ($"{name}: {e.Message}", "Look at the database itself.");
            return [new CheckFinding("database", false, found, fix)];
        }
    }
}
