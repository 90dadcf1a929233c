using Meridian.Adapters;
using Meridian.Adapters.Sql;
using Meridian.Host.Run;

namespace Meridian.Host.Demo;

/// <summary>
/// A demo that cannot begin takes back what it made and nothing else, so that the next try with the right options finds its folder as it was. Whoever else
/// begins there meanwhile is kept out by the lock, and only the start that made the demo may unmake it.
/// </summary>
internal static class DemoStart
{
    /// <summary>Everything that may be refused is asked here; from then on the demo has begun, and nothing of it is taken back.</summary>
    /// <returns>The lock is held for as long as the demo runs.</returns>
    /// <exception cref="UsageException">It cannot begin; the message says why.</exception>
    public static async Task<(DemoFolder Folder, SqlStore Store, FolderLock Alone)> OpenAsync(DemoOptions options, CancellationToken cancellation)
    {
        await DemoImport.CheckAsync(options, cancellation); // seconds, for a large file: nothing is made and nothing is looked at before
        DemoFolder.RefuseOther(options);
        var folder = Path.GetFullPath(options.Folder);
        var above = Path.GetDirectoryName(folder)!;
        string[] made = [.. new[] { folder, above }.Where(f => !Directory.Exists(f))];
        PrivateFolder.Make(above);
        PrivateFolder.Make(folder);
        var locked = Path.Combine(folder, FolderLock.FileName);
        var isLockNew = !File.Exists(locked);
        var alone = FolderLock.Take(folder);
        try
        {
            var before = Directory.GetFiles(folder).ToHashSet(StringComparer.Ordinal);
            if (isLockNew) before.Remove(locked);
            var demo = DemoFolder.Open(options);
            try
            {
                return (demo, await DemoStore.OpenAsync(options, demo, cancellation), alone);
            }
            catch when (demo.IsNew)
            {
                TakeBack(demo.Begun.Select(Path.GetFullPath).Append(locked).Where(f => !before.Contains(f)), made);
                throw;
            }
        }
        catch
        {
            alone.Dispose();
            throw;
        }
    }

    private static void TakeBack(IEnumerable<string> files, IEnumerable<string> folders)
    {
        try
        {
            foreach (var file in files) File.Delete(file);
            foreach (var empty in folders) Directory.Delete(empty);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else has put something there, or holds a file: then it stays. Why the demo was refused is what must be said.
        }
    }
}
