using System.Diagnostics;

namespace Meridian.Tests.Ledger;

/// <summary>A PostgreSQL of one's own on loopback, in a folder of its own: it may be stopped without a word and started again.</summary>
public sealed class PostgresServer : IDisposable
{
    private readonly string bin;
    private readonly string folder = Directory.CreateTempSubdirectory("meridian-pg-").FullName;
    private readonly bool root = Environment.UserName == "root";
    private bool runs;

    private PostgresServer(string bin) => this.bin = bin;

    public int Port { get; } = ServerPort.Free();

    public string Url => $"postgres://meridian@127.0.0.1:{Port}/postgres";

    public static PostgresServer Start()
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Order().LastOrDefault()
            : null;
        if (bin is null) throw new InvalidOperationException("PostgreSQL is not installed: run ./check, or apt-get install postgresql");

        var server = new PostgresServer(bin);
        if (server.root) Run("chown", "postgres", server.folder); // PostgreSQL refuses to run as root
        server.AsServer($"{bin}/initdb --no-sync -D {server.folder}/data -A trust -U meridian");
        server.StartAgain();
        return server;
    }

    /// <summary>Does nothing while it runs. What it wrote it does not also wait for the disk with: it is the server that is killed here, never the system under it.</summary>
    public void StartAgain()
    {
        if (runs) return;
        AsServer($"{bin}/pg_ctl -D {folder}/data -w -l {folder}/log -o '-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=200 -c fsync=off' start");
        runs = true;
    }

    /// <summary>As a power cut: nothing is finished, and its log is replayed at the next start.</summary>
    public void Kill()
    {
        if (!runs) return;
        runs = false;
        AsServer($"{bin}/pg_ctl -D {folder}/data -m immediate stop");
    }

    public void Dispose()
    {
        Kill();
        Directory.Delete(folder, recursive: true);
    }

    private void AsServer(string command)
    {
        if (root) Run("su", "postgres", "-s", "/bin/sh", "-c", command);
        else Run("/bin/sh", "-c", command);
    }

    private static void Run(string program, params string[] arguments)
    {
        // pg_ctl's server inherits the pipes and keeps them open: output goes nowhere, the log file has it.
        var start = new ProcessStartInfo(program) { WorkingDirectory = "/tmp" };
        if (program is "su" or "/bin/sh") arguments[^1] += " >/dev/null 2>&1";
        foreach (var a in arguments) start.ArgumentList.Add(a);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
