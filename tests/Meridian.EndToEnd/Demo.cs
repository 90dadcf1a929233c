using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.LogCheck;
using Xunit;

namespace Meridian.EndToEnd;

/// <summary>The program as a user starts it, in a data folder of its own.</summary>
internal sealed class Demo : IDisposable
{
    private const string FirstInstant = "2026-11-16T05:00:00Z";
    private readonly string data = Directory.CreateTempSubdirectory("meridian-demo-").FullName;
    private readonly List<string> arguments;
    private readonly string? csv;
    private readonly ulong seed;
    private readonly string start;

    public Demo(string? csv, ulong seed, int days, string start = FirstInstant, string? database = null, string? faults = null, bool humanCalls = false, bool consentPage = false, int processes = 1, int kills = 0, int freezes = 0)
    {
        (this.csv, this.seed, Days, this.start) = (csv, seed, days, start);
        arguments = ["demo", "--headless", "--seed", $"{seed}", "--json", "--data", data, "--start", start];
        if (csv is not null) arguments.AddRange(["--leads", csv]);
        if (database is not null) arguments.AddRange(["--database", database]);
        if (humanCalls) arguments.Add("--human-calls");
        if (consentPage) arguments.Add("--consent-page");
        if (processes > 1) arguments.AddRange(["--processes", $"{processes}", "--kills", $"{kills}", "--freezes", $"{freezes}"]);
        if (faults is not null) arguments.AddRange(["--faults", faults]);
    }

    /// <summary>How many days the next run goes to, counted from the start.</summary>
    public int Days { get; set; }

    public static string Root { get; } = FindRoot();

    public string Folder => Path.Combine(data, $"demo-{seed}");

    public string LogFile => Path.Combine(Folder, "sandbox-log.jsonl");

    /// <summary>A file of the user's own kind, or people invented by the program where there is none beside the checkout.</summary>
    public static string Csv(string name)
    {
        var shared = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data", name));
        Assert.True(File.Exists(shared), $"{shared} is missing: the end-to-end tests run on the owner's example exports");
        return shared;
    }

    /// <summary>Runs to its end and reads the summary.</summary>
    public JsonElement Run()
    {
        var (code, output, errors) = Program([.. arguments, "--days", $"{Days}"]);
        Assert.True(code == 0, $"exit {code}: {errors}\n{output}");
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>Runs until it ends, however.</summary>
    public (int Code, string Output, string Errors) TryRun() => Program([.. arguments, "--days", $"{Days}"]);

    /// <summary>Milliseconds from each start to the first turn.</summary>
    public IReadOnlyList<long> Starts() => [.. File.ReadLines(Path.Combine(Folder, "starts")).Select(long.Parse)];

    /// <summary>From now on its verbs look for the database here.</summary>
    public void UseDatabase(Uri url)
    {
        var file = Path.Combine(Folder, "meridian.json");
        var settings = JsonNode.Parse(File.ReadAllText(file))!;
        settings["database"] = url.ToString();
        File.WriteAllText(file, settings.ToJsonString());
    }

    /// <summary>Starts it and kills it with SIGKILL after a while, counted from its start or from its first turn. False: it had ended before.</summary>
    public bool RunAndKill(TimeSpan after, bool fromFirstTurn = false)
    {
        var starts = Path.Combine(Folder, "starts");
        var length = File.Exists(starts) ? new FileInfo(starts).Length : 0;
        using var process = Start([.. arguments, "--days", $"{Days}"]);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        while (fromFirstTurn && !(File.Exists(starts) && new FileInfo(starts).Length > length))
            if (process.WaitForExit(10)) return false;
        if (process.WaitForExit(after)) return false;
        process.Kill();
        process.WaitForExit();
        Task.WaitAll(output, errors);
        return true;
    }

    /// <summary>Another verb on this demo's folder.</summary>
    public (int Code, string Output, string Errors) Verb(params string[] verb) => Program([.. verb, "--data", Folder]);

    /// <summary>A number instead of a file: people the program invents, and writes down in its folder.</summary>
    public Report Check(bool expectNoConsent = false, bool zoneFlow = false) => LogChecker.Check(new CheckInput(
        LogFile, int.TryParse(csv, out _) ? Path.Combine(Folder, "leads.csv") : csv, Path.Combine(Root, "src/Meridian.Domain/Compliance/Pack/us-contact-rules.json"), Path.Combine(Root, "src/Meridian.Domain/Compliance/Pack/us-zip-zones.json"),
        Start: DateTimeOffset.Parse(start), Days: Days, ExpectNoConsent: expectNoConsent, ZoneFlow: zoneFlow));

    public static void Holds(Report report) => Assert.True(report.Violations.Count == 0, string.Join('\n', report.Violations.Take(20)));

    /// <summary>The log without what the promise of equal logs leaves out: our own touch ids, as they travelled.</summary>
    public IReadOnlyList<string> LinesWithoutTouch() => File.ReadLines(LogFile).Select(l => System.Text.RegularExpressions.Regex.Replace(l, "tch_[0-9a-z]+", "tch")).ToList();

    public void Dispose() => Directory.Delete(data, recursive: true);

    private static (int Code, string Output, string Errors) Program(string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }

    private static Process Start(string[] arguments)
    {
        var program = Path.Combine(Root, "artifacts/bin/Meridian.Host/release/meridian.dll");
        Assert.True(File.Exists(program), "the release build is missing: run ./check");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root };
        start.ArgumentList.Add(program);
        foreach (var a in arguments) start.ArgumentList.Add(a);
        return Process.Start(start)!;
    }

    private static string FindRoot()
    {
        for (var dir = new DirectoryInfo(AppContext.BaseDirectory); dir is not null; dir = dir.Parent)
            if (File.Exists(Path.Combine(dir.FullName, "Meridian.slnx"))) return dir.FullName;
        throw new InvalidOperationException("the tests must run inside the checkout");
    }
}
