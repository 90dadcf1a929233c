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
        var stamp = Stamp(folder);
        if (stamp == seen) return;
        try
        {
            await apply(MeridianSettings.Load(folder));
            told(null);
            seen = stamp;
        }
        catch (UsageException e)
        {
            told(e.Message);
            seen = stamp;
        }
        catch (Exception e)
        {
            // Not the file's fault: it is tried again at the next look.
            told(e.Message);
        }
    }

    /// <summary>The latest change of the settings or of a text.</summary>
    private static DateTime Stamp(string folder)
    {
        var texts = Path.Combine(folder, "texts");
        var files = Directory.Exists(texts) ? Directory.EnumerateFiles(texts, "*.txt", SearchOption.AllDirectories) : [];
        return files.Append(Path.Combine(folder, MeridianSettings.FileName)).Max(File.GetLastWriteTimeUtc);
    }
}
