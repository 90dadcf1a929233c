using System.Collections.Concurrent;
using System.Threading.Channels;
using Meridian.Engine.Ledger;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Meridian.Engine.Desks;

/// <summary>
/// Runs desks as tasks in this process. The watchdog: a turn whose lease has run out is abandoned (its fence makes that harmless), and the next
/// look starts a fresh turn, counted as a restart. A database that does not answer is logged and asked again after a rest; nothing ends this but
/// being told to stop.
/// </summary>
public sealed partial class LocalTurnRunner(RollCall rollCall, Clocks clocks, ILogger<LocalTurnRunner> log, int mostAtOnce = 16) : ITurnRunner
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestEngineSleep = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RestAfterTrouble = TimeSpan.FromSeconds(5);

    /// <summary>When it last looked for due desks, on the machine's clock.</summary>
    public Instant LastLook { get; private set; } = clocks.MachineNow;

    // Room for one poke: a second one before the look says nothing new.
    private readonly Channel<bool> poked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<(string Kind, string Key), Running> running = new();
    private int troubled; // 1: a look, a claim or an end failed since the last rest

    public void Poke() => poked.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            LastLook = clocks.MachineNow;
            try
            {
                AbandonHung();
                await StartDueAsync(stopping);
                await SleepAsync(await UntilNextAsync(), stopping);
            }
            catch (Exception e)
            {
                Interlocked.Exchange(ref troubled, 1);
                rollCall.CountError();
                LogNoLook(log, e.Message, e);
            }

            // No poke ends this rest, or we would hammer a database that is in trouble.
            if (Interlocked.Exchange(ref troubled, 0) == 1) await RestAsync(RestAfterTrouble, stopping);
        }

        await EndedAsync();
    }

    private async Task StartDueAsync(CancellationToken stopping)
    {
        foreach (var desk in await rollCall.DueAsync(mostAtOnce * 2))
        {
            if (running.Count >= mostAtOnce || stopping.IsCancellationRequested) break;
            Start(desk, stopping);
        }
    }

    private void Start(DeskRow desk, CancellationToken stopping)
    {
        var id = (desk.Kind, desk.Key);
        var mine = new Running(clocks.MachineNow + RollCall.Lease, stopping);
        if (!running.TryAdd(id, mine))
        {
            mine.End();
            return;
        }

        mine.Task = Task.Run(async () =>
        {
            try
            {
                await rollCall.TakeTurnAsync(desk, mine.LeaseUntil, mine.Cancelled);
            }
            catch (Exception e)
            {
                // The turn itself is safe; what failed is claiming or finishing. Its lease brings the desk back.
                Interlocked.Exchange(ref troubled, 1);
                rollCall.CountError();
                LogRecovered(log, desk.Kind.ToUpperInvariant(), desk.Key, e.Message, e);
            }
            finally
            {
                mine.End();
                if (running.TryRemove(new KeyValuePair<(string, string), Running>(id, mine))) Poke();
            }
        }, CancellationToken.None);
    }

    private void AbandonHung()
    {
        foreach (var (id, turn) in running)
        {
            if (clocks.MachineNow < turn.LeaseUntil || !running.TryRemove(new KeyValuePair<(string, string), Running>(id, turn))) continue;
            LogAbandoned(log, id.Kind.ToUpperInvariant(), id.Key);
            turn.Abandon();
        }
    }

    /// <summary>How long nothing can be due. Turns that end, and whoever frees work, poke.</summary>
    private async Task<TimeSpan> UntilNextAsync()
    {
        if (running.Count >= mostAtOnce || await rollCall.NextDueAsync() is not { } next) return LongestSleep;
        var until = (next - clocks.Now).ToTimeSpan();
        return until < ShortestSleep ? ShortestSleep : until < LongestEngineSleep ? until : LongestEngineSleep;
    }

    /// <summary>The next turn is due by the engine's clock, which may run faster than the machine's; to look again every second is the machine's affair.</summary>
    private async Task SleepAsync(TimeSpan pause, CancellationToken stopping)
    {
        using var due = new CancellationTokenSource(pause, clocks.Engine);
        using var second = new CancellationTokenSource(LongestSleep, clocks.Machine);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, second.Token, stopping);
        try
        {
            await poked.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // Time to look again, or to stop.
        }
    }

    private async Task RestAsync(TimeSpan pause, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(pause, clocks.Machine, stopping);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    /// <summary>Waits for the turns in progress, but for none longer than its lease.</summary>
    private async Task EndedAsync()
    {
        while (!running.IsEmpty)
        {
            AbandonHung();
            try
            {
                await Task.WhenAll(running.Values.Select(r => r.Task)).WaitAsync(LongestSleep, clocks.Machine);
            }
            catch (TimeoutException)
            {
                // Not yet: look whether one of them hangs.
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "[DESKS] ERROR (auto-recovered): {Problem} (looking again soon)")]
    private static partial void LogNoLook(ILogger log, string problem, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "[{Desk}] ERROR (auto-recovered): {Problem} ({Key})")]
    private static partial void LogRecovered(ILogger log, string desk, string key, string problem, Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "[{Desk}] ERROR (auto-recovered): a turn did not end within its lease and was given up; a fresh one starts ({Key})")]
    private static partial void LogAbandoned(ILogger log, string desk, string key);

    /// <summary>A turn in progress and the way to give it up.</summary>
    private sealed class Running
    {
        private readonly CancellationTokenSource cancel;
        private readonly Lock gate = new();
        private bool ended;

        public Running(Instant leaseUntil, CancellationToken stopping)
        {
            LeaseUntil = leaseUntil;
            cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            Cancelled = cancel.Token;
        }

        public Instant LeaseUntil { get; }

        public CancellationToken Cancelled { get; }

        public Task Task { get; set; } = Task.CompletedTask;

        /// <summary>Asks it to end. What its cancellation runs is its own business: not on our thread, and its exceptions are not ours.</summary>
        public void Abandon()
        {
            lock (gate)
            {
                if (!ended) cancel.CancelAsync().ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }

        public void End()
        {
            lock (gate)
            {
                ended = true;
                cancel.Dispose();
            }
        }
    }
}
