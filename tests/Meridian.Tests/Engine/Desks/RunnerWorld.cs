using System.Collections.Concurrent;
using System.Threading.Channels;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using NodaTime;

namespace Meridian.Tests.Engine.Desks;

/// <summary>A runner on a real ledger with two clocks that stand still unless a test moves them, and turns that do what the test says.</summary>
internal sealed class RunnerWorld : IAsyncDisposable
{
    public const string Kind = "sender";

    private readonly TestDatabase database = new TestDatabase.Sqlite();
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> runs = [];
    private readonly List<LocalTurnRunner> runners = [];

    private RunnerWorld()
    {
    }

    public static Instant Start => TestDatabase.Birth;

    public FakeTimeProvider Engine { get; } = new(TestDatabase.Birth.ToDateTimeOffset());

    public MachineClock Machine { get; } = new();

    public Clocks Clocks => new(Engine, Machine);

    public ScriptedTurn Turn { get; } = new();

    public WatchedDesks Desks { get; private set; } = null!;

    public SafeTurn Safe { get; private set; } = null!;

    public Said Log { get; } = new();

    public static async Task<RunnerWorld> OpenAsync(params string[] dueNow)
    {
        var world = new RunnerWorld();
        await world.database.OpenAsync();
        world.Desks = new WatchedDesks(new SqlDesks(world.database.Store));
        world.Safe = new SafeTurn(new Dictionary<string, ITurn> { [Kind] = world.Turn }, world.Clocks, new Said<SafeTurn>(world.Log));
        foreach (var key in dueNow) await world.Desks.OpenAsync(Kind, key, Start);
        return world;
    }

    public RollCall RollCall(string holder) => new(Desks, Safe, Clocks, holder);

    /// <summary>Starts a runner. Its task ends when the world is told to stop.</summary>
    public Task Run(string holder = "one", int mostAtOnce = 16)
    {
        var runner = new LocalTurnRunner(RollCall(holder), Clocks, new Said<LocalTurnRunner>(Log), mostAtOnce);
        runners.Add(runner);
        var run = Task.Run(() => runner.RunAsync(stop.Token));
        runs.Add(run);
        return run;
    }

    public void Poke() => runners.ForEach(r => r.Poke());

    /// <summary>Moves the engine's clock; whoever waits for it looks now.</summary>
    public void Later(Duration by)
    {
        Engine.Advance(by.ToTimeSpan());
        Poke();
    }

    /// <summary>Lets every sleep run out, one after the other, until <paramref name="what"/> has happened.</summary>
    public async Task PassMachineTimeUntilAsync(Task what)
    {
        while (await Task.WhenAny(what, Machine.SomebodySleepsAsync()) != what) Machine.PassTheSleep();
        await what;
    }

    public void Stop() => stop.Cancel();

    public async Task<DeskRow> DeskAsync(string key) => (await Desks.AllAsync()).Single(d => d.Key == key);

    public async ValueTask DisposeAsync()
    {
        Stop();
        Turn.ReleaseAll();
        await PassMachineTimeUntilAsync(Task.WhenAll(runs));
        stop.Dispose();
        await database.DisposeAsync();
    }
}

/// <summary>The machine's clock. It knows who sleeps on it, so that a test moves it only when somebody waits for that.</summary>
internal sealed class MachineClock() : FakeTimeProvider(TestDatabase.Birth.ToDateTimeOffset())
{
    private readonly Channel<TimeSpan> sleeps = Channel.CreateUnbounded<TimeSpan>();

    public Task SomebodySleepsAsync() => sleeps.Reader.WaitToReadAsync().AsTask();

    public void PassTheSleep()
    {
        if (sleeps.Reader.TryRead(out var sleep)) Advance(sleep);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Announced(base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period), sleeps.Writer);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Announced(ITimer inner, ChannelWriter<TimeSpan> sleeps) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = inner.Change(dueTime, period);
            if (dueTime > TimeSpan.Zero) sleeps.TryWrite(dueTime);
            return changed;
        }

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

/// <summary>Each turn announces itself and then waits for what the test gives it.</summary>
internal sealed class ScriptedTurn : ITurn
{
    private readonly ConcurrentBag<TaskCompletionSource<TurnResult>> open = [];
    private readonly Channel<Taken> taken = Channel.CreateUnbounded<Taken>();

    public string Kind => RunnerWorld.Kind;

    /// <summary>When set, turns do this instead of waiting for the test.</summary>
    public Func<string, Task<TurnResult>>? Does { get; set; }

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        if (Does is { } does) return await does(key);
        var end = new TaskCompletionSource<TurnResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        open.Add(end);
        taken.Writer.TryWrite(new Taken(key, end, cancellation));
        return await end.Task;
    }

    /// <summary>The next turn that started.</summary>
    public ValueTask<Taken> NextAsync() => taken.Reader.ReadAsync();

    public bool NothingStarted => taken.Reader.Count == 0;

    public void ReleaseAll()
    {
        Does = _ => Task.FromResult(new TurnResult(TurnResult.Asleep, "the test is over"));
        foreach (var end in open) end.TrySetResult(new TurnResult(TurnResult.Asleep, "the test is over"));
    }
}

/// <summary>A turn in progress.</summary>
internal sealed record Taken(string Key, TaskCompletionSource<TurnResult> End, CancellationToken Cancellation)
{
    public void Ends(Instant next, string did = "did") => End.SetResult(new TurnResult(next, did));

    public void Throws(Exception e) => End.SetException(e);

    /// <summary>From now on it ends when it is cancelled, as a well-behaved turn does.</summary>
    public void HeedsCancellation() => Cancellation.Register(() => End.TrySetCanceled(Cancellation));
}

/// <summary>The desk table, with faults a test orders and news of what was done.</summary>
internal sealed class WatchedDesks(IDesks inner) : IDesks
{
    private readonly Channel<string> finished = Channel.CreateUnbounded<string>();
    private readonly Channel<bool> looked = Channel.CreateUnbounded<bool>();

    /// <summary>Looks that shall fail before one succeeds.</summary>
    public int FailingLooks;

    /// <summary>Ends of turns that shall fail to be written.</summary>
    public int FailingEnds;

    /// <summary>Claims that shall fail with an exception.</summary>
    public int FailingClaims;

    public Action? BeforeClaim { get; set; }

    /// <summary>The key of the next desk whose turn was written down as ended.</summary>
    public ValueTask<string> FinishedAsync() => finished.Reader.ReadAsync();

    /// <summary>The runner has looked and goes to sleep unless poked.</summary>
    public async Task LookedAsync() => await looked.Reader.ReadAsync();

    public Task OpenAsync(string kind, string key, Instant firstTurnAt) => inner.OpenAsync(kind, key, firstTurnAt);

    public Task<IReadOnlyList<DeskRow>> DueAsync(Instant now, Instant machineNow, int limit)
    {
        Fault(ref FailingLooks);
        return inner.DueAsync(now, machineNow, limit);
    }

    public async Task<Instant?> NextDueAsync(Instant machineNow)
    {
        var next = await inner.NextDueAsync(machineNow);
        looked.Writer.TryWrite(true);
        return next;
    }

    public Task<bool> TryClaimAsync(DeskRow desk, string holder, Instant leaseUntil, Instant machineNow)
    {
        BeforeClaim?.Invoke();
        Fault(ref FailingClaims);
        return inner.TryClaimAsync(desk, holder, leaseUntil, machineNow);
    }

    public async Task FinishAsync(DeskRow desk, string holder, Instant next, Instant now, string result, bool failed)
    {
        Fault(ref FailingEnds);
        await inner.FinishAsync(desk, holder, next, now, result, failed);
        finished.Writer.TryWrite(desk.Key);
    }

    public Task WakeAsync(string kind, string key, Instant at) => inner.WakeAsync(kind, key, at);

    public Task<int> ReleaseNodeAsync(string node) => inner.ReleaseNodeAsync(node);

    public Task<int> ReleaseAllAsync() => inner.ReleaseAllAsync();

    public Task<IReadOnlyList<DeskRow>> AllAsync() => inner.AllAsync();

    private static void Fault(ref int left)
    {
        if (Volatile.Read(ref left) > 0 && Interlocked.Decrement(ref left) >= 0) throw new DatabaseUnreachableException("the database did not answer", new TimeoutException());
    }
}

/// <summary>What was logged.</summary>
internal sealed class Said
{
    private readonly ConcurrentQueue<string> lines = new();
    private readonly Channel<string> news = Channel.CreateUnbounded<string>();

    public IReadOnlyCollection<string> Lines => lines;

    /// <summary>The next line that nobody has waited for yet.</summary>
    public ValueTask<string> NextAsync() => news.Reader.ReadAsync();

    public void Add(string line)
    {
        lines.Enqueue(line);
        news.Writer.TryWrite(line);
    }
}

internal sealed class Said<T>(Said said) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => said.Add(formatter(state, exception));
}
