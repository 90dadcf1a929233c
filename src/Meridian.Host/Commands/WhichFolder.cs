using Meridian.Host.Composition;
using Meridian.Host.Demo;

namespace Meridian.Host.Commands;

/// <summary>What is said of a folder without a ledger: where it is likely to be, or how one is made.</summary>
internal static class WhichFolder
{
    private const int MostNamed = 5;

    public static string Instead(string folder)
    {
        var none = $"there is no Meridian data in {folder}";
        if (Below(folder) is { Count: > 0 } below) return $"{none} itself, but below it: add {string.Join(", or ", below.Take(MostNamed).Select(b => $"--data {b}"))}{(below.Count > MostNamed ? ", or another" : "")}";
        return File.Exists(Path.Combine(folder, MeridianSettings.FileName))
            ? $"{none} yet, only settings: `meridian run` or `meridian import FILE` makes it"
            : $"{none}: `meridian init` sets it up, `meridian import FILE` begins with a list of people, `meridian demo` shows an invented one; or name another folder with --data";
    }

    /// <summary>A demo lies in a folder of its own in the one it was given (demo-1, demo-live-1).</summary>
    private static List<string> Below(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateDirectories(folder).Where(b => File.Exists(OpenStore.SqliteFile(b)) || DemoFolder.IsOne(b)).Order(StringComparer.Ordinal)]
        : [];
}
