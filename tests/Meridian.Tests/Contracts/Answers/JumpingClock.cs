namespace Meridian.Tests.Contracts.Answers;

/// <summary>Time passes only while somebody waits, and then at once: a pace that is kept costs nothing, and a loaded machine changes nothing.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private readonly Lock gate = new();
    private TimeSpan passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (gate) return passed.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate) passed += dueTime;
        return System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
