using Meridian.Adapters.Sql;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Meridian.Host.Commands;

/// <summary>What the machine or the database refused, in one sentence with what to do; no stack trace, for no line of ours is wrong.</summary>
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
}
