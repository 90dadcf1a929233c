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
    public void The_words_in_CHECK_constraints_are_the_enums()
    {
        var ddl = string.Concat(Migrator.All(SqlDialect.Sqlite).Select(m => m.Sql));
        Same<Channel>("touch", "channel");
        Same<TouchState>("touch", "state");
        Same<ParkedReason>("touch", "parked_reason");
        Same<SkippedReason>("touch", "skipped_reason");
        Same<FailedBecause>("touch", "failed_because");
        Same<Disposition>("touch", "disposition");
        Same<EnrollmentState>("enrollment", "state");
        Same<ConsentStatus>("consent", "status");
        Same<Meridian.Engine.Confirmations.ConfirmationState>("opt_out_confirmation", "state");
        Same<Meridian.Engine.Crm.CrmItem>("crm_shown", "item");

        void Same<T>(string table, string column) where T : struct, Enum
        {
            var start = ddl.IndexOf($"create table {table} (", StringComparison.Ordinal);
            var check = ddl.IndexOf($"check ({column} in (", start, StringComparison.Ordinal);
            var words = Word().Matches(ddl[check..ddl.IndexOf("))", check, StringComparison.Ordinal)]).Select(m => m.Groups[1].Value);
            Assert.Equal(Enum.GetValues<T>().Select(Words.Of).Order(), words.Order());
        }
    }

    [GeneratedRegex(@"^\s*(select|insert|update|delete|with)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Statement();

    [GeneratedRegex("@([A-Za-z_]+)")]
    private static partial Regex Parameter();

    [GeneratedRegex("'([a-z_]+)'")]
    private static partial Regex Word();
}
