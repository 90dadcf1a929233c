namespace Meridian.Sandbox;

/// <summary>One thing that will happen unless it is cancelled first.</summary>
internal sealed class PendingEvent(DateTimeOffset at, long sequence, Func<CancellationToken, Task> fire)
{
    private volatile bool cancelled;

    public DateTimeOffset At => at;
    public long Sequence => sequence;
    public Func<CancellationToken, Task> Fire => fire;
    public bool Cancelled => cancelled;

    public void Cancel() => cancelled = true;
}
