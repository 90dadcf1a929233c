using System.Security.Cryptography;
using System.Text.Json;
using Meridian.Adapters;
using Meridian.Adapters.Sql;
using Meridian.Host.Composition;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Host.Demo;

/// <summary>A demo's folder: what it was started with, so that starting it again resumes the same demo and nothing else.</summary>
public sealed class DemoFolder
{
    private sealed record Marker(ulong Seed, string Start, string? LeadsHash, string Database, string Faults = DemoOptions.NoFaults);

    private DemoFolder(string path) => Path = path;

    public string Path { get; }

    public string DatabaseFile => System.IO.Path.Combine(Path, "meridian.db");

    public string Journal => System.IO.Path.Combine(Path, "outcomes.journal");

    public string Log => System.IO.Path.Combine(Path, FileLog.FileName);

    public string SandboxLog => System.IO.Path.Combine(Path, "sandbox-log.jsonl");

    public bool IsResumed { get; private init; }

    /// <summary>This very start made the demo: then it alone may unmake it.</summary>
    public bool IsNew { get; private init; }

    /// <summary>What a start makes before the demo has begun.</summary>
    public IEnumerable<string> Begun => [MarkerOf(Path), System.IO.Path.Combine(Path, MeridianSettings.FileName), DatabaseFile, DatabaseFile + "-wal", DatabaseFile + "-shm"];

    /// <summary>How often the demo was started again; part of the seed of its ids, so that none is made twice.</summary>
    public ulong Resumes { get; private init; }

    /// <summary>Whether a demo lives in a folder.</summary>
    public static bool IsOne(string folder) => File.Exists(MarkerOf(folder));

    /// <exception cref="UsageException">It is a demo's folder: what is real never stands beside the invented.</exception>
    public static void RefuseIn(string folder)
    {
        if (IsOne(folder)) throw new UsageException($"{folder} is the folder of a demo, whose people and consents are invented; name another folder with --data");
    }

    /// <summary>The seed of the demo that lives in a folder.</summary>
    public static ulong SeedOf(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(MarkerOf(folder)));
        return json.RootElement.GetProperty(nameof(Marker.Seed)).GetUInt64();
    }

    /// <summary>Opens or makes the folder.</summary>
    /// <exception cref="UsageException">It holds another demo.</exception>
    public static DemoFolder Open(DemoOptions options)
    {
        RefuseOther(options);
        PrivateFolder.Make(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(options.Folder))!);
        PrivateFolder.Make(options.Folder);
        if (!IsOne(options.Folder))
        {
            PrivateFile.Replace(MarkerOf(options.Folder), JsonSerializer.Serialize(Asked(options))); // whole or not at all; nobody else is here, for DemoStart holds the lock
            return new DemoFolder(options.Folder) { IsNew = true };
        }

        // Counted before anything else happens: a start that died in its first instant must not make the same ids again.
        using (var starts = new FileStream(System.IO.Path.Combine(options.Folder, "resumed"), FileMode.Append)) starts.WriteByte((byte)'.');
        return new DemoFolder(options.Folder) { IsResumed = true, Resumes = (ulong)new FileInfo(System.IO.Path.Combine(options.Folder, "resumed")).Length };
    }

    /// <summary>Looks whether another demo lives there, or the folder is inside one; changes nothing.</summary>
    /// <exception cref="UsageException">It is so.</exception>
    public static void RefuseOther(DemoOptions options)
    {
        var above = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(options.Folder))!;
        if (IsOne(above)) throw new UsageException($"{above} is the folder of a demo itself; to go on with it, give the folder above it: --data {System.IO.Path.GetDirectoryName(above)}");
        if (!IsOne(options.Folder)) return;
        var (file, asked) = (MarkerOf(options.Folder), Asked(options));
        var found = JsonSerializer.Deserialize<Marker>(File.ReadAllText(file)) ?? throw new UsageException($"{file} cannot be read; delete the folder {options.Folder} or choose another with --data");
        if (found.Seed != asked.Seed || found.Start != asked.Start || found.Database != asked.Database || found.Faults != asked.Faults || (asked.LeadsHash is not null && found.LeadsHash != asked.LeadsHash))
            throw new UsageException($"{options.Folder} holds a demo with --seed {found.Seed} --start {found.Start} on {found.Database} --faults {found.Faults} with other leads or settings; choose another folder with --data, or delete this one");
    }

    private static Marker Asked(DemoOptions options)
    {
        var hash = options.Leads is { } leads && File.Exists(leads) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(leads))) : options.Leads;
        return new Marker(options.Seed, InstantPattern.General.Format(options.Start), hash, options.Database == "sqlite" ? "sqlite" : "postgres", options.Faults);
    }

    private static string MarkerOf(string folder) => System.IO.Path.Combine(folder, "demo.json");

    /// <summary>
    /// The port our webhooks listen on: the same after every restart, for calls that are under way report to the address they were given.
    /// Another one only if somebody else has it now.
    /// </summary>
    public LoopbackPort WebhookPort(Func<int, LoopbackPort> hold)
    {
        var file = System.IO.Path.Combine(Path, "webhook-port");
        var known = File.Exists(file) && int.TryParse(File.ReadAllText(file), out var before) ? before : 0;
        var port = hold(known);
        File.WriteAllText(file, port.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return port;
    }

    /// <summary>The last instant the outside world wrote down; null when it never did.</summary>
    public Instant? LastLogged()
    {
        if (!File.Exists(SandboxLog)) return null;
        Instant? last = null;
        foreach (var line in File.ReadLines(SandboxLog))
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                if (InstantPattern.ExtendedIso.Parse(json.RootElement.GetProperty("at").GetString()!) is { Success: true } at && !(at.Value < last)) last = at.Value;
            }
            catch (JsonException)
            {
                break; // a torn last line
            }
        }

        return last;
    }

    /// <summary>Where the demo stood when it ended or died: the latest instant either side wrote down.</summary>
    public async Task<Instant?> LastInstantAsync(SqlStore store)
    {
        Instant? ours;
        try
        {
            ours = await store.ReadAsync(s => s.InstantAsync("select max(last_turn_at) from desk"));
        }
        catch (Exception e) when (e is Microsoft.Data.Sqlite.SqliteException or Npgsql.PostgresException)
        {
            ours = null; // it died before its tables were made
        }

        var theirs = LastLogged();
        return ours is null ? theirs : theirs is null || ours > theirs ? ours : theirs;
    }
}
