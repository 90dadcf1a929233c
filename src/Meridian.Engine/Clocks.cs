using NodaTime;

namespace Meridian.Engine;

/// <summary>
/// The two clocks. <see cref="Engine"/> is the world's time (the demo steps it); <see cref="Machine"/> always ticks for real and measures
/// permits, leases and network timeouts.
/// </summary>
public sealed record Clocks(TimeProvider Engine, TimeProvider Machine)
{
    public Instant Now => Instant.FromDateTimeOffset(Engine.GetUtcNow());

    public Instant MachineNow => Instant.FromDateTimeOffset(Machine.GetUtcNow());
}
