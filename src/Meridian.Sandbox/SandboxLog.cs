namespace Meridian.Sandbox;

/// <summary>What the providers saw, written before they answer. The instant is taken inside the lock, so the lines are in the order of their instants.</summary>
internal sealed class SandboxLog : IDisposable
{
    private readonly Lock gate = new();
    private readonly JsonLines lines;
    private readonly TimeProvider clock;

    public SandboxLog(string folder, TimeProvider clock)
    {
        this.clock = clock;
        lines = JsonLines.Open(Path.Combine(folder, "sandbox-log.jsonl"));
        Found = [.. lines.Found.Select(LogLine.Parse)];
    }

    /// <summary>What an earlier run left behind.</summary>
    public IReadOnlyList<LogLine> Found { get; }

    public LogLine Append(Func<DateTimeOffset, LogLine> write)
    {
        lock (gate)
        {
            var line = write(Stamp.Now(clock));
            lines.Append(line.ToJson());
            return line;
        }
    }

    public void Dispose() => lines.Dispose();
}
