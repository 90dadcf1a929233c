using System.Text.RegularExpressions;

namespace Meridian.Adapters.Sql;

/// <summary>The few places where the two databases differ. Everything else is one text.</summary>
public abstract partial class SqlDialect
{
    public static readonly SqlDialect Sqlite = new SqliteDialect();
    public static readonly SqlDialect Postgres = new PostgresDialect();

    public abstract string Name { get; }

    /// <summary>Puts the database's type names into a migration.</summary>
    public abstract string Types(string migration);

    /// <summary>A migration without what is meant for another database: it stands between <c>--[name]</c> and <c>--[/name]</c>.</summary>
    public string Own(string migration) => Section().Replace(migration, m => m.Groups["name"].Value == Name ? m.Groups["text"].Value : "");

    [GeneratedRegex(@"^--\[(?<name>\w+)\]\n(?<text>.*?)^--\[/\k<name>\]\n?", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Section();

    /// <summary>The statement as this database reads it.</summary>
    public virtual string Adapt(string sql) => sql;

    /// <summary>Prefix that makes the database explain a statement instead of running it.</summary>
    public abstract string Explain { get; }

    private sealed class SqliteDialect : SqlDialect
    {
        public override string Name => "sqlite";

        public override string Explain => "explain query plan ";

        public override string Types(string migration) =>
            migration.Replace("{id}", "text").Replace("{day}", "text").Replace("{instant}", "integer").Replace("bigint", "integer");
    }

    private sealed class PostgresDialect : SqlDialect
    {
        public override string Name => "postgres";

        public override string Explain => "explain (generic_plan) ";

        // Ids sort by their bytes in both databases, so that "ascending id" is one lock order.
        public override string Types(string migration) =>
            migration.Replace("{id}", "text collate \"C\"").Replace("{day}", "text collate \"C\"").Replace("{instant}", "timestamptz(3)");
    }
}
