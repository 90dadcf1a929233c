using System.Collections.Concurrent;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Desks;

/// <summary>
/// Runs desks as tasks in this process. The watchdog: a desk five minutes into a turn is abandoned (its fence makes that harmless), its lease
/// has run out, and the next look starts a fresh turn, counted as a restart.
/// </summary>
public sealed class LocalTurnRunner(RollCall rollCall, Clocks clocks, int mostAtOnce = 16) : ITurnRunner, IDisposable
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim poked = new(0, 1);
    private readonly ConcurrentDictionary<(string Kind, string Key), Running> running = new();

    public void Poke()
    {
        try { poked.Release(); } catch (SemaphoreFullException) { /* a poke is waiting already */ }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            AbandonHung();
            foreach (var desk in await rollCall.DueAsync(mostAtOnce * 2))
            {
                if (running.Count >= mostAtOnce) break;
                Start(desk, stopping);
            }

            await SleepAsync(stopping);
        }

        await Task.WhenAll(running.Values.Select(r => r.Task));
    }

    public void Dispose() => poked.Dispose();

    private void Start(DeskRow desk, CancellationToken stopping)
    {
        var id = (desk.Kind, desk.Key);
        if (running.ContainsKey(id)) return;
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var mine = new Running(cancel, clocks.MachineNow);
        if (!running.TryAdd(id, mine)) return;
        mine.Task = Task.Run(async () =>
        {
            try
            {
                await rollCall.TakeTurnAsync(desk, cancel.Token);
            }
            finally
            {
                running.TryRemove(new KeyValuePair<(string, string), Running>(id, mine));
                Poke();
            }
        }, CancellationToken.None);
    }

    private void AbandonHung()
    {
        foreach (var (id, turn) in running)
        {
            if (clocks.MachineNow - turn.StartedAt < RollCall.Lease) continue;
            turn.Cancel.Cancel();
            running.TryRemove(new KeyValuePair<(string, string), Running>(id, turn));
        }
    }

    private async Task SleepAsync(CancellationToken stopping)
    {
        var sleep = LongestSleep;
        if (await rollCall.NextDueAsync() is { } next)
        {
            var until = (next - clocks.Now).ToTimeSpan();
            if (until < sleep) sleep = until > TimeSpan.FromMilliseconds(5) ? until : TimeSpan.FromMilliseconds(5);
        }

        try
        {
            using var timeout = new CancellationTokenSource(sleep, clocks.Machine);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
            await poked.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // Time to look again, or to stop.
        }
    }

    private sealed class Running(CancellationTokenSource cancel, Instant startedAt)
    {
        public CancellationTokenSource Cancel { get; } = cancel;
        public Instant StartedAt { get; } = startedAt;
        public Task Task { get; set; } = Task.CompletedTask;
    }
}
