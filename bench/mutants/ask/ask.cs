#!/usr/bin/env dotnet
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false
// Asks all tests about each mutant of a folder, one process a mutant. Stryker's own runner for this kind of test keeps a process for many mutants, and what a
// static field holds (a table of rules, a compiled pattern, the pack) is then the mutant's that happened to touch it first.
// Usage: dotnet run --file ask.cs -- mutation-report.json FOLDER-WITH-THE-MUTATED-BUILD FOLDER-OF-THE-DOMAIN
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

var (report, build, folder) = (args[0], args[1], args[2]);
var json = JsonNode.Parse(File.ReadAllText(report))!;
var prefix = $"Meridian.Domain/{folder}/";
var mutants = (from file in json["files"]!.AsObject()
               let at = file.Key.IndexOf(prefix, StringComparison.Ordinal)
               where at >= 0
               from mutant in file.Value!["mutants"]!.AsArray()
               let start = mutant["location"]!["start"]!
               orderby file.Key, Number(start, "line"), Number(start, "column")
               select (Name: $"{file.Key[(at + "Meridian.Domain/".Length)..]}:{start["line"]}", Source: file.Value["source"]!.GetValue<string>().Split('\n'), Mutant: mutant)).ToList();

// Each answer is kept as it comes: an interrupted run goes on where it ended.
var kept = Path.ChangeExtension(report, $".{folder}.answers");
var answers = new ConcurrentDictionary<string, string>((File.Exists(kept) ? File.ReadAllLines(kept) : []).Select(l => l.Split(' ')).Select(l => KeyValuePair.Create(l[0], l[1])));
Parallel.ForEach(mutants.Where(m => IsOpen(m.Mutant) && !answers.ContainsKey(Id(m.Mutant))), new ParallelOptions { MaxDegreeOfParallelism = 2 }, m =>
{
    answers[Id(m.Mutant)] = Ask(Id(m.Mutant));
    lock (mutants) File.AppendAllText(kept, $"{Id(m.Mutant)} {answers[Id(m.Mutant)]}\n");
});
foreach (var (_, _, mutant) in mutants)
    if (answers.TryGetValue(Id(mutant), out var answer)) mutant["status"] = answer;
File.WriteAllText(Path.ChangeExtension(report, $".{folder}.json"), json.ToJsonString());

foreach (var (name, source, mutant) in mutants.Where(m => Status(m.Mutant) == "Survived"))
    Console.WriteLine($"{name} #{Id(mutant)} {mutant["mutatorName"]}: {Original(source, mutant["location"]!)} => {Line(mutant["replacement"]?.GetValue<string>() ?? "")}");
var counts = mutants.CountBy(m => Status(m.Mutant)).ToDictionary();
var (dead, alive) = (counts.GetValueOrDefault("Killed") + counts.GetValueOrDefault("Timeout"), counts.GetValueOrDefault("Survived"));
var score = 100.0 * dead / Math.Max(1, dead + alive);
Console.WriteLine($"{folder}: {score:0.0} % of {dead + alive} mutants killed ({string.Join(", ", counts.OrderBy(c => c.Key).Select(c => $"{c.Value} {c.Key}"))})");
return score >= 90 ? 0 : 1;

static bool IsOpen(JsonNode mutant) => Status(mutant) is "Survived" or "Timeout" or "NoCoverage" or "RuntimeError";

static string Status(JsonNode mutant) => mutant["status"]!.GetValue<string>();

static string Id(JsonNode mutant) => mutant["id"]!.GetValue<string>();

static int Number(JsonNode node, string name) => node[name]!.GetValue<int>();

// The folder's own tests first: most mutants die there.
string Ask(string id) => Run(id, $"Meridian.Tests.Domain.{folder}") is var own && own != "Survived" ? own : Run(id, "Meridian.Tests*");

string Run(string id, string tests)
{
    var active = Path.GetTempFileName();
    File.WriteAllBytes(active, BitConverter.GetBytes(int.Parse(id, null)));
    try
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(build, "Meridian.Tests.dll"), "-noColor", "-namespace", tests]) { RedirectStandardOutput = true, WorkingDirectory = build };
        start.Environment["STRYKER_MUTANT_FILE"] = active;
        using var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        if (process.WaitForExit(TimeSpan.FromSeconds(180))) return process.ExitCode == 0 ? "Survived" : "Killed";
        process.Kill(entireProcessTree: true);
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
    var (first, last) = (Number(from, "line") - 1, Number(to, "line") - 1);
    var text = first == last ? source[first][(Number(from, "column") - 1)..(Number(to, "column") - 1)] : string.Join(' ', source[first..last]);
    return Line(text);
}

static string Line(string text)
{
    var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    return line.Length > 160 ? line[..160] + "…" : line;
}
