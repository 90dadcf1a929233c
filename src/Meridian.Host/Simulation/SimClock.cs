using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>The only clock of a simulated world: engine's and machine's. It moves when the scheduler moves it.</summary>
internal sealed class SimClock(Instant start) : TimeProvider
{
    private long ms = start.ToUnixTimeMilliseconds();

    public Instant Now => Instant.FromUnixTimeMilliseconds(ms);

    public override long TimestampFrequency => 1000;

    /// <summary>It counts whole milliseconds and never stands before <paramref name="at"/>: whoever waits for an instant between two goes on.</summary>
    public void StepTo(Instant at) => ms = Math.Max(ms, (at + Duration.FromNanoseconds(999_999)).ToUnixTimeMilliseconds());

    public void Step(long milliseconds) => ms += milliseconds;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    public override long GetTimestamp() => ms;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException("a simulated part waits by the scheduler, not by a timer");
}
