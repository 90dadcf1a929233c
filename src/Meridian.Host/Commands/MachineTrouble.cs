using Meridian.Adapters.Sql;
using Meridian.Host.Composition;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Meridian.Host.Commands;

/// <summary>What the machine or the database refused, in one sentence with what to do. Where it came from stands in the log: it may be a line of ours after all.</summary>
internal static class MachineTrouble
{
    /// <summary>Null: it is a mistake of the program, and whoever looks into it needs to see where.</summary>
    public static string? Of(Exception e, string folder) => e switch
    {
        UnauthorizedAccessException => $"{e.Message} Look who owns it and what this user may do there, or name another folder.",
        DirectoryNotFoundException or FileNotFoundException or PathTooLongException => $"{e.Message} Make the folder first, or give another name.",
        IOException => $"{e.Message} Look at that file or folder and at the room left on the disk.",
        SqliteException { SqliteErrorCode: 26 or 11 } => $"the database in {folder} cannot be read: {e.Message} It is damaged or no database of Meridian: bring it back from your backup, then `meridian resume --after-restore`.",
        SqliteException { SqliteErrorCode: 8 or 14 or 23 } => $"the database in {folder} may not be opened: {e.Message} Look who owns the folder and its files and what this user may do there.",
        SqliteException { SqliteErrorCode: 13 or 10 } => $"the database in {folder} cannot be written: {e.Message} Look at the disk and the room left on it.",
        SqliteException { SqliteErrorCode: 5 or 6 } => $"the database in {folder} is held by another program: {e.Message} Try again in a moment.",
        DatabaseUnreachableException or NpgsqlException { IsTransient: true } => $"the database went away: {e.Message} `meridian doctor database` says what to do.",
        _ => null,
    };

    /// <summary>The whole of it, with its stack trace, into the folder's log, if there is one. A disk that is full must not hide why.</summary>
    /// <returns>Where it stands; null: nowhere.</returns>
    public static string? Keep(Exception e, string folder, TimeProvider clock)
    {
        var log = Path.Combine(folder, FileLog.FileName);
        try
        {
            if (!File.Exists(log)) return null;
            using var logs = FileLog.Factory(log, clock);
            logs.CreateLogger(nameof(MachineTrouble)).LogError(e, "a verb ended");
            return log;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
