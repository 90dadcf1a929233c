using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>
/// Decides by a seed who goes on. Everything in the world runs on one thread and stops at every port (a statement, a transaction, a request, a
/// pause); here one of all that may go on is chosen, and the clock moves a little. When nobody may, it jumps to the first who will.
/// </summary>
internal sealed class Scheduler(SimClock clock, SimChance chance)
{
    private const long LongestStepMs = 6;

    private readonly List<Waiting> waiting = [];
    private readonly Dictionary<int, Instant> frozen = [];
    private readonly int thread = Environment.CurrentManagedThreadId;

    public long Steps { get; private set; }

    /// <summary>A print of everything that was chosen and when: equal traces, equal runs.</summary>
    public ulong Trace { get; private set; } = 14695981039346656037UL;

    /// <summary>What is happening, for who wants to read along.</summary>
    public Action<string>? Listener { get; init; }

    public SimChance Chance => chance;

    public Instant Now => clock.Now;

    /// <summary>Waits to be chosen.</summary>
    /// <param name="process">Whose step it is: it dies and freezes with its process.</param>
    public Task TurnAsync(int process, string what) => WaitAsync(process, what, clock.Now, false);

    public Task DelayAsync(int process, string what, Duration delay) => WaitAsync(process, what, clock.Now + delay, false);

    /// <summary>Waits until then, or until somebody pokes the idle.</summary>
    public Task IdleAsync(int process, Instant until) => WaitAsync(process, "idle", until, true);

    /// <param name="process">Null: everybody who is idle.</param>
    public void Poke(int? process = null)
    {
        foreach (var w in waiting)
            if (w.IsIdle && w.ReadyAt > clock.Now && (process is null || w.Process == process)) w.ReadyAt = clock.Now;
    }

    /// <summary>Tells whoever reads along.</summary>
    public void Say(string what) => Listener?.Invoke($"{clock.Now} {what}");

    /// <summary>A process dies: whatever it was doing is never gone on with, and no finally runs.</summary>
    public void Kill(int process) => waiting.RemoveAll(w => w.Process == process);

    /// <summary>A process stands still (a suspended machine): it goes on later as if nothing had been.</summary>
    public void Freeze(int process, Instant until) => frozen[process] = until;

    /// <summary>Lets one go on. False: nobody is left who ever will, or the end is reached.</summary>
    public bool Step(Instant end)
    {
        if (Environment.CurrentManagedThreadId != thread) throw new InvalidOperationException("something left the simulator's thread");
        if (waiting.Count == 0) return false;
        var ready = waiting.Count(w => ReadyAt(w) <= clock.Now);
        if (ready == 0)
        {
            var first = waiting.Min(ReadyAt);
            if (first >= end)
            {
                clock.StepTo(end);
                return false;
            }

            clock.StepTo(first);
            ready = waiting.Count(w => ReadyAt(w) <= clock.Now);
        }

        var pick = chance.Next(ready);
        var at = 0;
        while (ReadyAt(waiting[at]) > clock.Now || pick-- > 0) at++;
        var chosen = waiting[at];
        waiting.RemoveAt(at);
        Steps++;
        clock.Step(1 + (long)(chance.Bits() % LongestStepMs));
        Note(chosen);
        chosen.Source.SetResult();
        return true;
    }

    private void Note(Waiting chosen)
    {
        Mix((ulong)clock.Now.ToUnixTimeMilliseconds());
        Mix((ulong)(chosen.Process + 10));
        foreach (var c in chosen.What) Mix(c);
        Listener?.Invoke($"{clock.Now} process {chosen.Process}: {chosen.What}");
    }

    private void Mix(ulong value) => Trace = (Trace ^ value) * 1099511628211UL;

    private Instant ReadyAt(Waiting w) => frozen.TryGetValue(w.Process, out var until) && until > w.ReadyAt ? until : w.ReadyAt;

    private Task WaitAsync(int process, string what, Instant readyAt, bool idle)
    {
        var w = new Waiting { Process = process, What = what, ReadyAt = readyAt, IsIdle = idle };
        waiting.Add(w);
        return w.Source.Task;
    }

    private sealed class Waiting
    {
        public required int Process { get; init; }
        public required string What { get; init; }
        public required Instant ReadyAt { get; set; }
        public required bool IsIdle { get; init; }
        public TaskCompletionSource Source { get; } = new();
    }
}
