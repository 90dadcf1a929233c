using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Meridian.Adapters.Sql;
using Npgsql;

[assembly: Xunit.AssemblyFixture(typeof(Meridian.Tests.Ledger.PgBouncerStops))]

namespace Meridian.Tests.Ledger;

/// <summary>Ends it with the last test.</summary>
public sealed class PgBouncerStops : IDisposable
{
    public void Dispose() => PgBouncer.Stop();
}

/// <summary>A real PgBouncer in transaction mode before the throw-away PostgreSQL, as Supabase's port 6543 is one. Started once, ended by its own pid.</summary>
public static class PgBouncer
{
    private static readonly Lazy<int> Shared = new(Start);
    private static Process? process;

    public static async Task<SqlStore> NewStoreAsync()
    {
        var direct = new NpgsqlConnectionStringBuilder(await PostgresCluster.NewSchemaAsync());
        var schema = direct.SearchPath!;
        // What PostgresUrl chooses for a transaction pooler: nothing prepared, no search path with the connection.
        var pooled = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Shared.Value, Username = direct.Username, Database = direct.Database, GssEncryptionMode = GssEncryptionMode.Disable, NoResetOnClose = true, MaxPoolSize = 20 };
        return PostgresStore.Open(pooled.ConnectionString, schema, transactionPooled: true);
    }

    private static int Start()
    {
        const string program = "/usr/sbin/pgbouncer";
        if (!File.Exists(program)) throw new InvalidOperationException("PgBouncer is not installed: run ./check, or apt-get install pgbouncer");
        var server = new NpgsqlConnectionStringBuilder(PostgresCluster.NewSchemaAsync().GetAwaiter().GetResult());
        var folder = Directory.CreateTempSubdirectory("meridian-pgbouncer-").FullName;
        var port = ServerPort.Free();
        File.WriteAllText(Path.Combine(folder, "pgbouncer.ini"), $"""
            [databases]
            postgres = host=127.0.0.1 port={server.Port} dbname=postgres user={server.Username}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 8
            max_client_conn = 200
            """);
        var root = Environment.UserName == "root";
        var start = root ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, Path.Combine(folder, "pgbouncer.ini")]) : new ProcessStartInfo(program, [Path.Combine(folder, "pgbouncer.ini")]);
        if (root) Process.Start("chown", ["-R", "postgres", folder])!.WaitForExit(); // it refuses to run as root
        start.RedirectStandardError = start.RedirectStandardOutput = true;
        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
        for (var i = 0; i < 4800; i++)
        {
            using var probe = new TcpClient();
            try
            {
                probe.Connect(IPAddress.Loopback, port);
                return port;
            }
            catch (SocketException)
            {
                Thread.Sleep(25);
            }
        }

        throw new InvalidOperationException("PgBouncer did not open its port");
    }

    public static void Stop()
    {
        if (Interlocked.Exchange(ref process, null) is { HasExited: false } running) running.Kill();
    }
}
