using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Meridian.Tests.Ledger;

public partial class SqlTextTests
{
    private static IEnumerable<(string Name, string Sql)> Constants() =>
        from type in typeof(SqlStore).Assembly.GetTypes()
        where type.Namespace == "Meridian.Adapters.Sql"
        from field in type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
        where field.IsLiteral && field.FieldType == typeof(string)
        let sql = (string)field.GetRawConstantValue()!
        where Statement().IsMatch(sql) && !sql.Contains("create ")
        select ($"{type.Name}.{field.Name}", sql);

    [Fact]
    public async Task Every_statement_is_one_that_SQLite_understands()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        var names = Constants().ToList();
        Assert.True(names.Count > 60);
        foreach (var (name, sql) in names)
        {
            var args = new DynamicParameters();
            foreach (Match m in Parameter().Matches(sql)) args.Add(m.Groups[1].Value, null);
            try
            {
                await world.Store.ReadAsync(s => s.QueryAsync<dynamic>("explain query plan " + sql, args));
            }
            catch (SqliteException e)
            {
                Assert.Fail($"{name}: {e.Message}");
            }
        }
    }

    [Fact]
    public async Task Every_statement_is_one_that_PostgreSQL_understands()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Postgres());
        foreach (var (name, sql) in Constants())
        {
            var order = new List<string>();
            var numbered = Parameter().Replace(sql, m =>
            {
                if (!order.Contains(m.Groups[1].Value)) order.Add(m.Groups[1].Value);
                return $"${order.IndexOf(m.Groups[1].Value) + 1}";
            });
            try
            {
                await world.Store.RunScriptAsync($"prepare p as {numbered}; deallocate p");
            }
            catch (PostgresException e) when (e.SqlState is "42P18" or "42P08")
            {
                // A bare parameter's type is known only when it is sent; the contract tests run these with values.
            }
            catch (PostgresException e)
            {
                Assert.Fail($"{name}: {e.MessageText}");
            }
        }
    }

    [Fact]
    public async Task The_words_in_CHECK_constraints_are_the_enums()
    {
        await using var sqlite = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        await using var postgres = await LedgerWorld.OpenAsync(new TestDatabase.Postgres());
        await Same<Channel>("touch", "channel");
        await Same<TouchState>("touch", "state");
        await Same<ParkedReason>("touch", "parked_reason");
        await Same<SkippedReason>("touch", "skipped_reason");
        await Same<FailedBecause>("touch", "failed_because");
        await Same<Disposition>("touch", "disposition");
        await Same<EnrollmentState>("enrollment", "state");
        await Same<ConsentStatus>("consent", "status");
        await Same<Meridian.Engine.Confirmations.ConfirmationState>("opt_out_confirmation", "state");
        await Same<Meridian.Engine.Crm.CrmItem>("crm_shown", "item");

        async Task Same<T>(string table, string column) where T : struct, Enum
        {
            var own = Enum.GetValues<T>().Select(Words.Of).Order().ToList();
            Assert.Equal(own, WordsAfter($"check ({column} in (", "))", await sqlite.TextAsync("select sql from sqlite_schema where type = 'table' and name = @table", new { table })));
            Assert.Equal(own, WordsAfter($"CHECK (({column} = ANY (", "])", await postgres.TextAsync(
                "select string_agg(pg_get_constraintdef(oid), ' ') from pg_constraint where contype = 'c' and conrelid = @table::regclass", new { table })));
        }

        static IEnumerable<string> WordsAfter(string begins, string ends, string? ddl)
        {
            var check = ddl!.IndexOf(begins, StringComparison.Ordinal);
            Assert.True(check >= 0, $"{begins} is not in {ddl}");
            return Word().Matches(ddl[check..ddl.IndexOf(ends, check, StringComparison.Ordinal)]).Select(m => m.Groups[1].Value).Order();
        }
    }

    [GeneratedRegex(@"^\s*(select|insert|update|delete|with)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Statement();

    [GeneratedRegex("@([A-Za-z_]+)")]
    private static partial Regex Parameter();

    [GeneratedRegex("'([a-z_]+)'")]
    private static partial Regex Word();
}
