using System.Security.Cryptography;
using Meridian.Adapters.Sql;

namespace Meridian.Host.Run;

/// <summary>
/// A new mark at every start, in the database and in the folder. When they differ, one of them is older than the other: a database from a backup, or a
/// folder whose database went on elsewhere. The folder has a name of its own: a host's name changes with every release. A folder without a mark proves nothing: hosts give a new one with every release.
/// </summary>
public sealed class InstanceMark(SqlLedgerHead head, string folder)
{
    private string File => Path.Combine(folder, "instance");

    /// <summary>Why the two do not belong together; null: they do. Either way the next start is marked.</summary>
    public async Task<string?> CompareAsync()
    {
        var (name, mine) = System.IO.File.Exists(File) && (await System.IO.File.ReadAllTextAsync(File)).Split(' ') is [var known, var mark] ? (known, mark) : (New(), (string?)null);
        var (now, before) = await head.MarksAsync(name);
        var why = mine is null || mine == now || mine == before ? null
            : now is null ? "this folder has worked with another database before: the one it finds now is new, or was restored from a time before"
            : "the database and this folder have not been together at the last start: one of them was restored from a backup, or another copy of this folder works with the database";

        // The database first: dying in between leaves the mark of before, which still counts.
        var next = New();
        await head.MarkAsync(name, next, mine ?? now);
        await System.IO.File.WriteAllTextAsync(File + ".new", $"{name} {next}");
        System.IO.File.Move(File + ".new", File, overwrite: true);
        await head.MarkAsync(name, next, null);
        return why;
    }

    private static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
