namespace Meridian.Adapters.Sql;

/// <summary>
/// Keeps a schema of ours from whoever else may reach the database. Supabase's Data API answers with the public key for every table that has no row security:
/// ours have it, with no policy, and nobody but their owner has a right to them.
/// </summary>
public static class PrivateSchema
{
    public static Task CloseAsync(SqlStore store, string schema, CancellationToken cancellation) => store.RunScriptAsync($$"""
        do $$
        declare t record; r text;
        begin
            perform pg_advisory_xact_lock(hashtext('meridian closes {{schema}}')); -- two at once would change the same rights
            for t in select tablename from pg_tables where schemaname = '{{schema}}' and not rowsecurity loop
                execute format('alter table %I.%I enable row level security', '{{schema}}', t.tablename);
            end loop;
            execute 'revoke all on schema {{schema}} from public';
            execute 'revoke all on all tables in schema {{schema}} from public';
            foreach r in array array['anon', 'authenticated'] loop
                if exists (select 1 from pg_roles where rolname = r) then
                    execute format('revoke all on schema {{schema}} from %I', r);
                    execute format('revoke all on all tables in schema {{schema}} from %I', r);
                end if;
            end loop;
        end $$
        """, cancellation);
}
