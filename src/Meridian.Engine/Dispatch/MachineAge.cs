namespace Meridian.Engine.Dispatch;

/// <summary>How old something is, by both clocks of the machine: a suspended machine stops the monotonic one, a stepped wall clock moves the other.</summary>
public sealed class MachineAge(TimeProvider machine, long timestamp, DateTimeOffset wall)
{
    public static MachineAge New(TimeProvider machine) => new(machine, machine.GetTimestamp(), machine.GetUtcNow());

    /// <summary>By either clock; a wall clock that was set back as far counts, too.</summary>
    public bool IsAtLeast(TimeSpan life)
    {
        var past = machine.GetUtcNow() - wall;
        return machine.GetElapsedTime(timestamp) >= life || past >= life || past < -life;
    }
}
