using Meridian.Adapters.Sql;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>A person sees that it failed, and tries again until it worked.</summary>
internal static class SimPatience
{
    private const int Outdoors = -1;

    public static async Task UntilItWorksAsync(this Scheduler scheduler, Func<Task> verb)
    {
        while (true)
        {
            try
            {
                await verb();
                return;
            }
            catch (Exception e) when (e is DatabaseUnreachableException or CommitAnswerLostException)
            {
                await scheduler.DelayAsync(Outdoors, "tries again", Duration.FromSeconds(10));
            }
        }
    }
}
