using Meridian.Adapters.Sql;

namespace Meridian.Host.Demo;

/// <summary>A demo that cannot begin takes back what it made, so that the next try with the right options finds its folder as it was.</summary>
internal sealed class DemoStart
{
    private readonly DemoOptions options;
    private readonly bool isNew;
    private readonly IReadOnlyList<string> made;
    private readonly HashSet<string> before;

    private DemoStart(DemoOptions options)
    {
        this.options = options;
        var folder = Path.GetFullPath(options.Folder);
        isNew = !DemoFolder.IsOne(folder);
        made = [.. new[] { folder, Path.GetDirectoryName(folder)! }.Where(f => !Directory.Exists(f))];
        before = Directory.Exists(folder) ? [.. Directory.GetFileSystemEntries(folder)] : [];
    }

    /// <summary>Looks at the folder as it is before anything is made there.</summary>
    public static DemoStart Of(DemoOptions options) => new(options);

    /// <summary>Everything that may be refused is asked here; from then on the demo has begun, and nothing of it is taken back.</summary>
    /// <exception cref="UsageException">It cannot begin; the message says why.</exception>
    public async Task<(DemoFolder Folder, SqlStore Store)> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            await DemoImport.CheckAsync(options, cancellation);
            var folder = DemoFolder.Open(options);
            return (folder, await DemoStore.OpenAsync(options, folder, cancellation));
        }
        catch when (isNew)
        {
            TakeBack(Path.GetFullPath(options.Folder));
            throw;
        }
    }

    private void TakeBack(string folder)
    {
        if (!Directory.Exists(folder)) return;
        try
        {
            foreach (var entry in Directory.GetFileSystemEntries(folder).Where(e => !before.Contains(e)))
            {
                if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
                else File.Delete(entry);
            }

            foreach (var empty in made) Directory.Delete(empty);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else has put something there, or holds a file: then it stays. Why the demo was refused is what must be said.
        }
    }
}
