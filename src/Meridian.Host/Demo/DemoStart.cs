namespace Meridian.Host.Demo;

/// <summary>A demo that is refused before it began takes back what it made, so that the next try with the right options finds its folder as it was.</summary>
internal sealed class DemoStart
{
    private readonly string folder;
    private readonly bool isNew;
    private readonly IReadOnlyList<string> made;
    private readonly HashSet<string> before;

    private DemoStart(string folder)
    {
        this.folder = folder;
        isNew = !DemoFolder.IsOne(folder);
        made = [.. new[] { folder, Path.GetDirectoryName(folder)! }.Where(f => !Directory.Exists(f))];
        before = Directory.Exists(folder) ? [.. Directory.GetFileSystemEntries(folder)] : [];
    }

    /// <summary>Looks at the folder as it is before anything is made there.</summary>
    public static DemoStart Of(DemoOptions options) => new(Path.GetFullPath(options.Folder));

    public async Task<T> TryAsync<T>(Func<Task<T>> run)
    {
        try
        {
            return await run();
        }
        catch (UsageException) when (isNew)
        {
            TakeBack();
            throw;
        }
    }

    private void TakeBack()
    {
        try
        {
            foreach (var entry in Directory.GetFileSystemEntries(folder).Where(e => !before.Contains(e)))
            {
                if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
                else File.Delete(entry);
            }

            foreach (var empty in made) Directory.Delete(empty);
        }
        catch (IOException)
        {
            // Somebody else has put something there, or holds a file: then it stays. Why the demo was refused is what must be said.
        }
    }
}
