using Meridian.Domain.Touches;

namespace Meridian.Engine.Dispatch;

/// <summary>
/// The right to make exactly one wire request for one touch. It exists only after COMMIT answered, lives 10 s counted from the instant before
/// the transaction started, on the machine's own clock (never the demo's), and can be used once. Transports accept nothing else, so an
/// unfenced send does not compile.
/// </summary>
public sealed class SendPermit
{
    /// <summary>10 s: longer than any healthy hand-over, short enough to bound what may still be in flight after an opt-out.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    private readonly MachineAge age;
    private int used;

    internal SendPermit(string permitId, string touchId, Channel channel, TimeProvider machine, long startedTimestamp, DateTimeOffset startedWall)
    {
        PermitId = permitId;
        TouchId = touchId;
        Channel = channel;
        age = new MachineAge(machine, startedTimestamp, startedWall);
    }

    public string PermitId { get; }

    public string TouchId { get; }

    public Channel Channel { get; }

    /// <summary>Both clocks must agree that it lives.</summary>
    public bool IsExpired => age.IsAtLeast(Life);

    /// <summary>Nothing can leave under it any more; whoever knows that before waiting for anything need not wait.</summary>
    public bool IsSpent => IsExpired || Volatile.Read(ref used) != 0;

    /// <summary>
    /// Called by a transport as the last thing before the request leaves. False: expired or used before; nothing may be sent, and the
    /// result is <see cref="SendResult.NotSent"/> with <see cref="NotSentBecause.PermitExpired"/>.
    /// </summary>
    public bool TryUse() => !IsExpired && Interlocked.Exchange(ref used, 1) == 0;
}
