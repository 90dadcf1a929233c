using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>Many worlds, one thread each, as many at once as there are cores.</summary>
internal static class ManySeeds
{
    public static IReadOnlyList<SimResult> Run(IEnumerable<ulong> seeds, Func<ulong, SimOptions> options, CancellationToken cancellation)
    {
        var queue = new Queue<ulong>(seeds);
        var results = new List<SimResult>();
        var gate = new Lock();
        Exception? trouble = null;
        var threads = Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount)).Select(_ => new Thread(Work) { IsBackground = true }).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return trouble is not null ? throw new InvalidOperationException("a world could not be simulated", trouble) : [.. results.OrderBy(r => r.Seed)];

        void Work()
        {
            while (!cancellation.IsCancellationRequested)
            {
                ulong seed;
                lock (gate)
                {
                    if (trouble is not null || !queue.TryDequeue(out seed)) return;
                }

                try
                {
                    var result = new SimRun(options(seed)).Run();
                    lock (gate) results.Add(result);
                }
                catch (Exception e)
                {
                    lock (gate) trouble = new InvalidOperationException($"seed {seed}: {e.Message}", e);
                }
            }
        }
    }
}

/// <summary>A run in numbers.</summary>
/// <param name="UnderWay">Requests that were under way to a provider when the person's opt-out committed.</param>
/// <param name="UnderWaySecondsMax">The latest of them reached the provider so long after it.</param>
internal sealed record SimSummary(int Seeds, double SimulatedYears, long Steps, long Touches, long Dialled, long Faults, int Violations, IReadOnlyList<ulong> FailingSeeds, int UnderWay, double UnderWaySecondsMax, double WallSeconds)
{
    public static SimSummary Of(IReadOnlyList<SimResult> results, TimeSpan wall) => new(
        results.Count, Math.Round(results.Sum(r => r.Simulated.TotalDays) / 365.25, 3), results.Sum(r => r.Steps), results.Sum(r => (long)r.Touches), results.Sum(r => (long)r.Dialled), results.Sum(r => r.Faults), results.Sum(r => r.Violations.Count),
        results.Where(r => r.Violations.Count > 0).Select(r => r.Seed).ToList(), results.Sum(r => r.UnderWay.Count),
        Math.Round(results.SelectMany(r => r.UnderWay).DefaultIfEmpty(Duration.Zero).Max().TotalSeconds, 3), Math.Round(wall.TotalSeconds, 1));
}
