using Npgsql;

namespace Meridian.Adapters.Sql;

/// <summary>PostgreSQL's <c>create ... if not exists</c> looks first and makes then: of two who do so at once one is refused, and finds it at the next try.</summary>
public static class MadeOnce
{
    private const int MostTries = 8;

    public static async Task RunAsync(SqlStore store, string script, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await store.RunScriptAsync(script, cancellation);
                return;
            }
            catch (PostgresException e) when (IsThereNow(e.SqlState) && attempt < MostTries)
            {
                // The other one made it.
            }
        }
    }

    private static bool IsThereNow(string state) =>
        state is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.DuplicateSchema;
}
