namespace Meridian.Host.Demo;

/// <summary>A clock that begins at an instant of its own and runs a number of times as fast as the machine's. Its timers run as fast.</summary>
public sealed class ScaledClock(DateTimeOffset start, double speed, TimeProvider machine) : TimeProvider
{
    private readonly long origin = machine.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + machine.GetElapsedTime(origin) * speed;

    /// <summary>The machine's: what is measured with it is not the world's time.</summary>
    public override long GetTimestamp() => machine.GetTimestamp();

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Scaled(machine.CreateTimer(callback, state, Shorter(dueTime), Shorter(period)), this);

    private TimeSpan Shorter(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds / speed));

    private sealed class Scaled(ITimer inner, ScaledClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(clock.Shorter(dueTime), clock.Shorter(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
