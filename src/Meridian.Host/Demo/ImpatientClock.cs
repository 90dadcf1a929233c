namespace Meridian.Host.Demo;

/// <summary>Whoever waits by it has waited already. A practice world is stepped or runs many times as fast as the machine: what a provider asks there to rest cannot be slept by the machine's clock.</summary>
public sealed class ImpatientClock : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero) Interlocked.Add(ref ticks, dueTime.Ticks);
        if (dueTime != Timeout.InfiniteTimeSpan) callback(state);
        return new Rung();
    }

    private sealed class Rung : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
