namespace Meridian.Host.Demo;

/// <summary>The demo's time: stands still until told to step, and never goes back.</summary>
/// <param name="shared">Where other processes of the same demo read it; null: there are none.</param>
public sealed class SteppingClock(DateTimeOffset start, SharedInstant? shared = null) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    /// <summary>Steps to <paramref name="instant"/> if it lies ahead.</summary>
    public void StepTo(DateTimeOffset instant)
    {
        if (instant.UtcTicks > Interlocked.Read(ref ticks)) Interlocked.Exchange(ref ticks, instant.UtcTicks);
        shared?.Write(Interlocked.Read(ref ticks));
    }
}
