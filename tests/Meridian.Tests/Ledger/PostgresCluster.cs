using Npgsql;

[assembly: Xunit.AssemblyFixture(typeof(Meridian.Tests.Ledger.PostgresClusterStops))]

namespace Meridian.Tests.Ledger;

/// <summary>
/// A throw-away PostgreSQL on loopback, started once per test process in a folder of its own and stopped, by its own pid, when the process ends.
/// <c>MERIDIAN_TEST_POSTGRES</c> may name another one. Missing binaries are a failure that says what to install, never a silent skip.
/// </summary>
public static class PostgresCluster
{
    private static readonly Lazy<string> Shared = new(Start);
    private static int schemas;
    private static Action? stop;

    /// <summary>Stops the server if this process started one. May be called again.</summary>
    public static void Stop() => Interlocked.Exchange(ref stop, null)?.Invoke();

    /// <summary>A connection string into a new, empty schema.</summary>
    public static async Task<string> NewSchemaAsync()
    {
        var schema = $"t{Environment.ProcessId}_{Interlocked.Increment(ref schemas)}";
        await using var connection = new NpgsqlConnection(Shared.Value);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create schema {schema}", connection);
        await command.ExecuteNonQueryAsync();
        return Shared.Value + $";Search Path={schema}";
    }

    private static string Start()
    {
        if (Environment.GetEnvironmentVariable("MERIDIAN_TEST_POSTGRES") is { Length: > 0 } given) return given;
        var server = PostgresServer.Start();
        stop = server.Dispose;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop(); // a run that was broken off
        return $"Host=127.0.0.1;Port={server.Port};Username=meridian;Database=postgres;Maximum Pool Size=40;GSS Encryption Mode=Disable;No Reset On Close=true;Max Auto Prepare=200";
    }
}

/// <summary>Stops the server with the last test. At the process's exit it would be too late: the runner takes the time that takes for a thread left running.</summary>
public sealed class PostgresClusterStops : IDisposable
{
    public void Dispose() => PostgresCluster.Stop();
}
