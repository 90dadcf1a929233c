using Meridian.Engine.Checks;

namespace Meridian.Host.Doctor;

/// <summary>Whether other users of this machine can read the data folder. Its rights are the owner's to choose: they are told, not changed. Windows has rights of another kind.</summary>
public sealed class FolderCheck(string folder) : IProviderCheck
{
    private const int MostNamed = 5;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>What has people or keys in it; the texts, for one, have not.</summary>
    private static readonly string[] Private = ["meridian.db*", "meridian.json*", "*.journal*", "*.log", "*.jsonl", "*.csv"];

    public string Provider => "folder";

    public Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<CheckFinding>>(
        OperatingSystem.IsWindows() || !Directory.Exists(folder) ? [] : [Look()]);

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private CheckFinding Look()
    {
        const string what = "private";
        var lets = File.GetUnixFileMode(folder) & (Group | Others);
        if (lets == 0) return new CheckFinding(what, true, $"only its owner looks into {folder}", null);
        var read = PeoplesFiles().Where(f => IsReadBy(f, lets)).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal).ToList();
        if (read.Count == 0) return new CheckFinding(what, true, $"other users of this machine see what is in {folder}, but can read nothing private there", $"chmod 700 {folder} keeps them out.");
        return new CheckFinding(what, false, $"other users of this machine can read people's data in {folder}: {string.Join(", ", read.Take(MostNamed))}{(read.Count > MostNamed ? $" and {read.Count - MostNamed} more" : "")}", $"chmod -R go-rwx {folder}");
    }

    private IEnumerable<string> PeoplesFiles()
    {
        var evidence = Path.Combine(folder, "evidence");
        var options = new EnumerationOptions();
        return Private.SelectMany(p => Directory.EnumerateFiles(folder, p, options)).Concat(Directory.Exists(evidence) ? Directory.EnumerateFiles(evidence, "*", options) : []);
    }

    /// <summary>The folder lets a class of users through, and the file lets the same class read.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static bool IsReadBy(string file, UnixFileMode lets)
    {
        var rights = File.GetUnixFileMode(file);
        return (lets.HasFlag(UnixFileMode.GroupExecute) && rights.HasFlag(UnixFileMode.GroupRead)) || (lets.HasFlag(UnixFileMode.OtherExecute) && rights.HasFlag(UnixFileMode.OtherRead));
    }
}
