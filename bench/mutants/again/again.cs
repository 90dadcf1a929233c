#!/usr/bin/env dotnet
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false
// Asks every mutant that Stryker believes alive, or ran out of time with, once more: all tests, a process of its own, no hurry. Stryker runs only the tests
// that touched a line while it watched, and what fills a static field touches it once; and a slow machine is no proof against a mutant.
// Usage: dotnet run again.cs -- mutation-report.json FOLDER-WITH-THE-MUTATED-BUILD
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

var (report, build) = (args[0], args[1]);
var json = JsonNode.Parse(File.ReadAllText(report))!;
var counts = new SortedDictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
var alive = new List<string>();
foreach (var (path, file) in json["files"]!.AsObject())
{
    var name = path[(path.IndexOf("Meridian.Domain/", StringComparison.Ordinal) + "Meridian.Domain/".Length)..];
    var source = file!["source"]!.GetValue<string>().Split('\n');
    foreach (var mutant in file["mutants"]!.AsArray().Select(m => m!).OrderBy(m => m["location"]!["start"]!["line"]!.GetValue<int>()))
    {
        var status = mutant["status"]!.GetValue<string>();
        if (status is "Survived" or "Timeout" or "NoCoverage" or "RuntimeError") status = Run(int.Parse(mutant["id"]!.GetValue<string>(), null));
        mutant["status"] = status;
        var folder = counts.TryGetValue(name.Split('/')[0], out var known) ? known : counts[name.Split('/')[0]] = [];
        folder[status] = folder.GetValueOrDefault(status) + 1;
        if (status is "Survived") alive.Add($"{name}:{mutant["location"]!["start"]!["line"]} #{mutant["id"]} {mutant["mutatorName"]}: {Original(source, mutant["location"]!)} => {OneLine(mutant["replacement"]?.GetValue<string>() ?? "")}");
    }
}

File.WriteAllText(Path.ChangeExtension(report, ".again.json"), json.ToJsonString());
foreach (var line in alive) Console.WriteLine(line);
var worst = 100.0;
foreach (var (folder, c) in counts)
{
    var (dead, living) = (c.GetValueOrDefault("Killed") + c.GetValueOrDefault("Timeout"), c.GetValueOrDefault("Survived"));
    if (dead + living == 0) continue;
    worst = Math.Min(worst, 100.0 * dead / (dead + living));
    Console.WriteLine($"{folder}: {100.0 * dead / (dead + living):0.0} % of {dead + living} mutants killed; {string.Join(", ", c.OrderBy(x => x.Key).Select(x => $"{x.Value} {x.Key}"))}");
}

return worst >= 90 ? 0 : 1;

string Run(int id)
{
    var active = Path.GetTempFileName();
    File.WriteAllBytes(active, BitConverter.GetBytes(id));
    try
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(build, "Meridian.Tests.dll"), "-noColor"]) { RedirectStandardOutput = true, WorkingDirectory = build };
        start.Environment["STRYKER_MUTANT_FILE"] = active;
        using var tests = Process.Start(start)!;
        var output = tests.StandardOutput.ReadToEndAsync();
        if (tests.WaitForExit(TimeSpan.FromSeconds(180))) return tests.ExitCode == 0 ? "Survived" : "Killed";
        tests.Kill(entireProcessTree: true);
        return "Timeout";
    }
    finally
    {
        File.Delete(active);
    }
}

static string Original(string[] source, JsonNode location)
{
    var (from, to) = (location["start"]!, location["end"]!);
    int Of(JsonNode n, string name) => n[name]!.GetValue<int>() - 1;
    var (first, last) = (Of(from, "line"), Of(to, "line"));
    if (first == last) return OneLine(source[first][Of(from, "column")..Of(to, "column")]);
    return OneLine(source[first][Of(from, "column")..] + " " + string.Join(' ', source[(first + 1)..last]) + " " + source[last][..Of(to, "column")]);
}

static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is { Length: > 160 } line ? line[..160] + "…" : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
