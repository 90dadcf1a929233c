namespace Meridian.Host.OptOut;

/// <summary>How long opt-outs by link took from the request to the commit, since this process started.</summary>
public sealed class OptOutLatency
{
    private const int Kept = 1000;
    private readonly Lock gate = new();
    private readonly Queue<TimeSpan> recent = new();
    private long count;

    public void Add(TimeSpan took)
    {
        lock (gate)
        {
            count++;
            recent.Enqueue(took);
            if (recent.Count > Kept) recent.Dequeue();
        }
    }

    /// <summary>Milliseconds over the last thousand; null where there was none.</summary>
    public (long Count, double? MedianMs, double? MostMs) Read()
    {
        lock (gate)
        {
            if (recent.Count == 0) return (count, null, null);
            var sorted = recent.Select(t => t.TotalMilliseconds).Order().ToList();
            return (count, Math.Round(sorted[sorted.Count / 2], 1), Math.Round(sorted[^1], 1));
        }
    }
}
