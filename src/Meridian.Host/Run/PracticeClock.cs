using Meridian.Host.Composition;
using Meridian.Host.Demo;

namespace Meridian.Host.Run;

/// <summary>The clock of the settings: the machine's own, unless the whole outside world is a sandbox.</summary>
internal static class PracticeClock
{
    public static TimeProvider Of(PracticeSettings? practice, TimeProvider machine) =>
        practice is null ? machine : new ScaledClock(practice.World + (machine.GetUtcNow() - practice.Machine) * practice.Speed, practice.Speed, machine);
}
