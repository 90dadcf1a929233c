using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
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
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Order().LastOrDefault()
            : null;
        if (bin is null) throw new InvalidOperationException("PostgreSQL is not installed: run ./check, or apt-get install postgresql");

        var folder = Directory.CreateTempSubdirectory("meridian-pg-").FullName;
        var port = FreePort();
        var root = Environment.UserName == "root";
        if (root) Run("chown", "postgres", folder); // PostgreSQL refuses to run as root
        AsServer($"{bin}/initdb -D {folder}/data -A trust -U meridian");
        AsServer($"{bin}/pg_ctl -D {folder}/data -w -l {folder}/log -o '-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=200' start");
        stop = () =>
        {
            AsServer($"{bin}/pg_ctl -D {folder}/data -m immediate stop");
            Directory.Delete(folder, recursive: true);
        };
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop(); // a run that was broken off
        return $"Host=127.0.0.1;Port={port};Username=meridian;Database=postgres;Maximum Pool Size=40;GSS Encryption Mode=Disable;No Reset On Close=true;Max Auto Prepare=200";

        void AsServer(string command)
        {
            if (root) Run("su", "postgres", "-s", "/bin/sh", "-c", command);
            else Run("/bin/sh", "-c", command);
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        // pg_ctl's server inherits the pipes and keeps them open: output goes nowhere, the log file has it.
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = "/tmp" };
        start.ArgumentList.Clear();
        if (program is "su" or "/bin/sh") arguments[^1] += " >/dev/null 2>&1";
        foreach (var a in arguments) start.ArgumentList.Add(a);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Stops the server with the last test. At the process's exit it would be too late: the runner takes the time that takes for a thread left running.</summary>
public sealed class PostgresClusterStops : IDisposable
{
    public void Dispose() => PostgresCluster.Stop();
}
