using Meridian.Engine.Checks;

namespace Meridian.Host.Doctor;

/// <summary>
/// Whether other users of this machine can read the data folder. Its rights are the owner's to choose: they are told, not changed, and a group is somebody
/// the owner may mean. Windows has rights of another kind.
/// </summary>
public sealed class FolderCheck(string folder) : IProviderCheck
{
    private const int MostNamed = 5;
    private const UnixFileMode Through = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>What has people or keys in it; the texts, for one, have not.</summary>
    private static readonly string[] Private = ["meridian.db*", "meridian.json*", "*.journal*", "*.log", "*.jsonl", "*.csv"];

    public string Provider => "folder";

    public Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<CheckFinding>>(
        OperatingSystem.IsWindows() || !Directory.Exists(folder) ? [] : [Look()]);

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private CheckFinding Look()
    {
        const string what = "private";
        var lets = LetThrough(new DirectoryInfo(Path.GetFullPath(folder)));
        if (lets == 0) return new CheckFinding(what, true, $"only its owner looks into {folder}", null);
        var files = PeoplesFiles().Select(f => (Name: Path.GetRelativePath(folder, f), Readers: ReadersOf(f, lets))).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        if (files.Where(f => f.Readers.HasFlag(UnixFileMode.OtherRead)).Select(f => f.Name).ToList() is { Count: > 0 } open)
            return new CheckFinding(what, false, $"other users of this machine can read people's data in {folder}: {Named(open)}", $"chmod -R go-rwx {folder}");
        if (files.Where(f => f.Readers.HasFlag(UnixFileMode.GroupRead)).Select(f => f.Name).ToList() is { Count: > 0 } shared)
            return new CheckFinding(what, true, $"the group of {folder} can read people's data there: {Named(shared)}", $"If that is not meant: chmod -R go-rwx {folder}");
        return new CheckFinding(what, true, $"other users of this machine see what is in {folder}, but can read nothing private there", $"chmod 700 {folder} keeps them out.");
    }

    private static string Named(List<string> files) => $"{string.Join(", ", files.Take(MostNamed))}{(files.Count > MostNamed ? $" and {files.Count - MostNamed} more" : "")}";

    private IEnumerable<string> PeoplesFiles()
    {
        var options = new EnumerationOptions();
        var inner = new[] { "evidence", "tokens" }.Select(f => Path.Combine(folder, f)).Where(Directory.Exists);
        return Private.SelectMany(p => Directory.EnumerateFiles(folder, p, options)).Concat(inner.SelectMany(f => Directory.EnumerateFiles(f, "*", options)));
    }

    /// <summary>Who gets into the folder: whom it lets through itself, and everything above it as well. The groups up there may be others.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static UnixFileMode LetThrough(DirectoryInfo folder)
    {
        var lets = folder.UnixFileMode & Through;
        for (var above = folder.Parent; above is not null && lets != 0; above = above.Parent)
        {
            if (!above.UnixFileMode.HasFlag(UnixFileMode.OtherExecute)) lets &= above.UnixFileMode.HasFlag(UnixFileMode.GroupExecute) ? UnixFileMode.GroupExecute : 0;
        }

        return lets;
    }

    /// <summary>Of those who get into the folder, who reads this file: the folder it lies in, if it is another, must let them through, too.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static UnixFileMode ReadersOf(string file, UnixFileMode lets)
    {
        lets &= new FileInfo(file).Directory!.UnixFileMode;
        var rights = File.GetUnixFileMode(file);
        return (lets.HasFlag(UnixFileMode.GroupExecute) ? rights & UnixFileMode.GroupRead : 0) | (lets.HasFlag(UnixFileMode.OtherExecute) ? rights & UnixFileMode.OtherRead : 0);
    }
}
