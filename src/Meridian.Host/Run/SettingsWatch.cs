using Meridian.Host.Composition;

namespace Meridian.Host.Run;

/// <summary>
/// Settings are reloaded without a restart: the file is looked at every two seconds of the machine's clock, and a changed one is applied only as
/// a whole. One that has problems changes nothing; the problems are kept to be shown.
/// </summary>
public sealed class SettingsWatch(string folder, TimeProvider machine, Func<MeridianSettings, Task> apply, Action<string?> told)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private DateTime seen = Stamp(folder);
    private string? lastProblem;

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Every, machine);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping)) await LookAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // We are leaving.
            return;
        }
    }

    private async Task LookAsync()
    {
        var stamp = seen;
        try
        {
            stamp = Stamp(folder);
            if (stamp == seen) return;
            await apply(MeridianSettings.Load(folder));
            Tell(null);
            seen = stamp;
        }
        catch (UsageException e)
        {
            Tell(e.Message);
            seen = stamp;
        }
        catch (Exception e)
        {
            // Not the file's fault: it is tried again at the next look.
            Tell(e.Message);
        }
    }

    private void Tell(string? problem)
    {
        if (problem is not null && problem == lastProblem) return; // said before
        lastProblem = problem;
        told(problem);
    }

    /// <summary>The latest change of the settings or of a text.</summary>
    private static DateTime Stamp(string folder)
    {
        var texts = Path.Combine(folder, "texts");
        var files = Directory.Exists(texts) ? Directory.EnumerateFiles(texts, "*.txt", SearchOption.AllDirectories) : [];
        return files.Append(Path.Combine(folder, MeridianSettings.FileName)).Max(File.GetLastWriteTimeUtc);
    }
}
