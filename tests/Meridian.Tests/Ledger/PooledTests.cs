using Meridian.Adapters.Sql;
using Npgsql;
using Xunit;

namespace Meridian.Tests.Ledger;

/// <summary>The whole ledger behind a transaction pooler: every promise, with no session to rest on.</summary>
public sealed class LedgerBehindPgBouncer() : LedgerContract(() => new TestDatabase.Pooled());

public sealed class HearingBehindPgBouncer() : HearingContract(() => new TestDatabase.Pooled());

public sealed class PrivateSchemaTests
{
    [Fact]
    public async Task Nobody_but_its_owner_can_read_our_schema_and_every_table_has_row_security()
    {
        var direct = new NpgsqlConnectionStringBuilder(await PostgresCluster.NewSchemaAsync());
        await using var store = PostgresStore.Open(direct.ConnectionString);
        await store.RunScriptAsync($"""
            do $$ begin if not exists (select 1 from pg_roles where rolname = 'anon') then create role anon login; end if; end $$;
            grant usage on schema {direct.SearchPath} to anon;
            alter default privileges in schema {direct.SearchPath} grant select on tables to anon;
            """, TestContext.Current.CancellationToken);
        await Migrator.MigrateAsync(store, TestDatabase.Birth, TestContext.Current.CancellationToken);
        await using var stranger = PostgresStore.Open(new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Username = "anon" }.ConnectionString);
        Assert.Equal(0, await stranger.ReadAsync(s => s.ScalarAsync<long>("select count(*) from lead"), TestContext.Current.CancellationToken)); // as at Supabase: open

        await PrivateSchema.CloseAsync(store, direct.SearchPath!, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<PostgresException>(() => stranger.ReadAsync(s => s.ScalarAsync<long>("select count(*) from lead"), TestContext.Current.CancellationToken));
        Assert.Equal(0, await store.ReadAsync(s => s.ScalarAsync<long>("select count(*) from pg_tables where schemaname = @schema and not rowsecurity", new { schema = direct.SearchPath }), TestContext.Current.CancellationToken));
        Assert.True(await store.ReadAsync(s => s.ScalarAsync<long>("select count(*) from migration"), TestContext.Current.CancellationToken) > 0); // we go on as before
        await PrivateSchema.CloseAsync(store, direct.SearchPath!, TestContext.Current.CancellationToken); // again changes nothing
    }
}
