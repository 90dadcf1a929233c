using NodaTime;

namespace Meridian.Host.Run;

/// <summary>Where a live engine stands, for those who ask.</summary>
public sealed class LiveState(Instant startedAt, Func<Instant> lastBeat)
{
    public Instant StartedAt { get; } = startedAt;

    public bool Started { get; set; }

    public bool Draining { get; set; }

    /// <summary>Why the settings file as it is now is not in force.</summary>
    public string? SettingsProblem { get; set; }

    /// <summary>How often the loop that starts turns was itself found hung and started anew.</summary>
    public int LoopRestarts { get; set; }

    /// <summary>How long ago the loop last looked for due desks, on the machine's clock.</summary>
    public Duration BeatAge(Instant machineNow) => machineNow - lastBeat();
}
