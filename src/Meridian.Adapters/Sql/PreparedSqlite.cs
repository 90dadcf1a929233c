using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Meridian.Adapters.Sql;

/// <summary>
/// A connection that has each statement parsed once. The library forgets a parsed statement with its command, and Dapper makes a command for each question;
/// parsing was a third of all the work on a ledger in memory. Used by one thread at a time, as any connection to SQLite.
/// </summary>
public sealed class PreparedSqlite(string connectionString) : SqliteConnection(connectionString)
{
    /// <summary>Beyond the statements of the program; texts made for one question are not kept.</summary>
    private const int Most = 1000;

    private const int Longest = 8000;

    private readonly Dictionary<string, SqliteCommand> kept = new(StringComparer.Ordinal);

    protected override DbCommand CreateDbCommand() => new Command(this);

    /// <summary>One that was parsed before and is not in use, or a new one.</summary>
    private SqliteCommand Take(string text)
    {
        if (kept.Remove(text, out var parsed)) return parsed;
        var command = CreateCommand();
        command.CommandText = text;
        return command;
    }

    private void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (command.CommandText.Length > Longest || kept.Count >= Most || !IsOne(command.CommandText) || !kept.TryAdd(command.CommandText, command)) command.Dispose();
    }

    /// <summary>A script is not kept: its later statements are only understood when the earlier ones have run.</summary>
    private static bool IsOne(string text) => text.AsSpan().TrimEnd().TrimEnd(';').IndexOf(';') < 0;

    /// <summary>A command whose inner one, the parsed, is known with its text.</summary>
    private sealed class Command(PreparedSqlite connection) : DbCommand
    {
        private SqliteCommand? inner;
        private DbTransaction? transaction;

        private SqliteCommand Inner => inner ??= connection.Take("");

        [AllowNull]
        public override string CommandText
        {
            get => inner?.CommandText ?? "";
            set
            {
                // A list among the parameters is written out into the text after they are there: a text for this one question.
                if (inner is { Parameters.Count: > 0 }) inner.CommandText = value;
                else
                {
                    if (inner is not null) connection.GiveBack(inner);
                    inner = connection.Take(value ?? "");
                    inner.CommandTimeout = connection.DefaultTimeout;
                }
            }
        }

        public override int CommandTimeout { get => Inner.CommandTimeout; set => Inner.CommandTimeout = value; }

        public override CommandType CommandType { get => CommandType.Text; set => Inner.CommandType = value; }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get => connection; set => throw new NotSupportedException("a command belongs to the connection that made it"); }

        protected override DbParameterCollection DbParameterCollection => Inner.Parameters;

        protected override DbTransaction? DbTransaction { get => transaction; set => transaction = value; }

        public override void Cancel() => Inner.Cancel();

        public override int ExecuteNonQuery() => Ready().ExecuteNonQuery();

        public override object? ExecuteScalar() => Ready().ExecuteScalar();

        public override void Prepare() => Inner.Prepare();

        protected override DbParameter CreateDbParameter() => new SqliteParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Ready().ExecuteReader(behavior);

        protected override void Dispose(bool disposing)
        {
            if (disposing && inner is { } used) connection.GiveBack(used);
            inner = null;
            base.Dispose(disposing);
        }

        /// <summary>Parsed to its end here, for a question that stops at its first row would be parsed again.</summary>
        private SqliteCommand Ready()
        {
            Inner.Transaction = (SqliteTransaction?)transaction;
            if (IsOne(Inner.CommandText)) Inner.Prepare();
            return Inner;
        }
    }
}
