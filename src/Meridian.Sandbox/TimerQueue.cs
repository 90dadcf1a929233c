namespace Meridian.Sandbox;

/// <summary>What is still to happen, fired one at a time in the order (instant, sequence) when the owner of the clock asks.</summary>
internal sealed class TimerQueue(TimeProvider clock) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim oneRun = new(1, 1);
    private readonly PriorityQueue<PendingEvent, (DateTimeOffset At, long Sequence)> pending = new();
    private long sequence;

    public DateTimeOffset? Next
    {
        get
        {
            lock (gate) return Peek()?.At;
        }
    }

    public PendingEvent Schedule(DateTimeOffset at, Func<CancellationToken, Task> fire)
    {
        lock (gate)
        {
            var item = new PendingEvent(at, sequence++, fire);
            pending.Enqueue(item, (item.At, item.Sequence));
            return item;
        }
    }

    public async Task<int> RunDueAsync(CancellationToken ct)
    {
        await oneRun.WaitAsync(ct);
        try
        {
            var fired = 0;
            while (TakeDue() is { } due)
            {
                try
                {
                    ct.ThrowIfCancellationRequested();
                    await due.Fire(ct);
                }
                catch (OperationCanceledException) when (ct.IsCancellationRequested)
                {
                    // Not proven to have happened: it keeps its place in the order.
                    lock (gate) pending.Enqueue(due, (due.At, due.Sequence));
                    throw;
                }
                fired++;
            }
            return fired;
        }
        finally
        {
            oneRun.Release();
        }
    }

    public void Dispose() => oneRun.Dispose();

    private PendingEvent? TakeDue()
    {
        lock (gate) return Peek() is { } next && next.At <= clock.GetUtcNow() ? pending.Dequeue() : null;
    }

    private PendingEvent? Peek()
    {
        while (pending.TryPeek(out var next, out _))
        {
            if (!next.Cancelled) return next;
            pending.Dequeue();
        }
        return null;
    }
}
