using System.CommandLine;
using System.Diagnostics;
using Meridian.Host.Simulation;
using NodaTime;

namespace Meridian.Host.Commands;

/// <summary><c>simulate</c>: storms over invented worlds, seed by seed; every promise is checked against what the fake providers saw.</summary>
public static class SimulateCommand
{
    private const int MostShown = 20;

    public static Command Create()
    {
        var seeds = new Option<int>("--seeds") { Description = "how many worlds", DefaultValueFactory = _ => 100 };
        var seed = new Option<ulong?>("--seed") { Description = "one world by its number, told step by step with --verbose" };
        var days = new Option<int>("--days") { Description = "days in each world: storm first, calm after", DefaultValueFactory = _ => 2 };
        var minutes = new Option<int?>("--minutes") { Description = "instead of --days", Hidden = true };
        var faults = new Option<string>("--faults") { Description = $"all, none, or some of {SimFaultsText.Words}", DefaultValueFactory = _ => "all" };
        var verbose = new Option<bool>("--verbose") { Description = "with --seed: every step, on standard error" };
        var json = CommonOptions.Json();
        var command = new Command("simulate", "Runs the real engine through storms in invented worlds and checks every promise; nothing is contacted.") { seeds, seed, days, minutes, faults, verbose, json };
        command.SetAction((parsed, cancellation) =>
        {
            var which = SimFaultsText.Read(parsed.GetValue(faults)!);
            var length = parsed.GetValue(days) is > 0 and <= 60 and var d ? Duration.FromDays(d) : throw new UsageException($"--days is {parsed.GetValue(days)}: give 1 to 60");
            if (parsed.GetValue(minutes) is > 0 and var m) length = Duration.FromMinutes(m);
            var count = parsed.GetValue(seeds) is > 0 and <= 1_000_000 and var n ? n : throw new UsageException($"--seeds is {parsed.GetValue(seeds)}: give 1 to 1000000");
            var watch = Stopwatch.StartNew();
            var results = parsed.GetValue(seed) is { } one
                ? [new SimRun(new SimOptions(one, length, which, Listener: parsed.GetValue(verbose) ? Console.Error.WriteLine : null)).Run()]
                : ManySeeds.Run(Enumerable.Range(1, count).Select(i => (ulong)i), s => new SimOptions(s, length, which), cancellation);
            var summary = SimSummary.Of(results, watch.Elapsed);
            if (parsed.GetValue(json)) CommonOptions.Print(summary);
            else Show(summary, results);
            return Task.FromResult(summary.Violations == 0 ? ExitCodes.Ok : ExitCodes.FoundProblem);
        });
        return command;
    }

    private static void Show(SimSummary s, IReadOnlyList<SimResult> results)
    {
        foreach (var bad in results.Where(r => r.Violations.Count > 0).Take(MostShown))
            foreach (var v in bad.Violations.Take(5)) Console.WriteLine($"seed {bad.Seed}: {v.Law}: {v.What}");
        Console.WriteLine($"{s.Seeds} worlds, {s.SimulatedYears:0.00} years, {s.Steps} steps, {s.Touches} touches, {s.Dialled} calls by people, {s.Faults} faults: {s.Violations} violations in {s.WallSeconds:0.0} s");
        if (s.UnderWay > 0) Console.WriteLine($"{s.UnderWay} requests were under way when the person's opt-out committed; the latest reached its provider {s.UnderWaySecondsMax:0.0} s after it");
        if (s.FailingSeeds.Count > 0) Console.WriteLine($"Again, step by step: meridian simulate --seed {s.FailingSeeds[0]} --verbose");
    }
}
