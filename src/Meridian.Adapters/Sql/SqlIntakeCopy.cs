using Dapper;
using Meridian.Adapters.Csv;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>
/// A throw-away SQLite database holding what a file's rows could meet: its addresses, everybody who holds one, all they hold. A dry run
/// works on it for real, so its counts are the real ones, while the live database is only read, one short statement at a time.
/// </summary>
internal sealed class SqlIntakeCopy : IAsyncDisposable
{
    internal const string LeadOfRef = "select lead_id from lead_ref where source = @source and external_id = @id";

    private readonly string folder;

    private SqlIntakeCopy(string folder, SqlStore store) => (this.folder, Store) = (folder, store);

    public SqlStore Store { get; }

    public static async Task<SqlIntakeCopy> OfAsync(SqlStore live, ImportBatch batch, IReadOnlyList<ImportRow> rows, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("meridian-dry-run-").FullName;
        var copy = new SqlIntakeCopy(folder, SqliteStore.Open(Path.Combine(folder, "copy.db")));
        try
        {
            await Migrator.MigrateAsync(copy.Store, batch.At, cancellation);
            var tables = await live.ReadAsync(s => ReadAsync(s, batch, rows, cancellation), cancellation);
            await copy.Store.WriteAsync(async s =>
            {
                foreach (var (table, found) in tables)
                    foreach (var row in found) await InsertAsync(s, table, row);
            }, cancellation);
            return copy;
        }
        catch
        {
            await copy.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<List<(string Table, List<IDictionary<string, object?>> Rows)>> ReadAsync(
        SqlSession s, ImportBatch batch, IReadOnlyList<ImportRow> rows, CancellationToken cancellation)
    {
        var leads = new SortedSet<string>(StringComparer.Ordinal);
        var addresses = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            var asked = row.Addresses.Select(a => a.Id).Where(a => !addresses.Contains(a)).ToList();
            if (asked.Count > 0) await AddAsync(asked, null);
            foreach (var (source, id) in SqlIntake.RefsOf(batch, row))
                if (await s.FirstOrDefaultAsync<string>(LeadOfRef, new { source, id }) is { } lead && !leads.Contains(lead)) await AddAsync([], lead);
        }

        async Task AddAsync(List<string> from, string? lead)
        {
            var reach = await SqlPeopleLedger.ReachAsync(s, new OptOutOrder(from, lead, "", "", null, batch.At));
            leads.UnionWith(reach.Leads);
            addresses.UnionWith(reach.Addresses);
        }

        var companies = new SortedSet<string>(rows.Select(r => r.Company?.Id).OfType<string>(), StringComparer.Ordinal);
        var people = await EachAsync(s, "select * from lead where id = @id", leads);
        companies.UnionWith(people.Select(p => p["company_id"]).OfType<string>());
        var held = await EachAsync(s, "select * from lead_address where lead_id = @id", leads);
        addresses.UnionWith(held.Select(h => (string)h["address_id"]!));
        var consents = await EachAsync(s, "select * from consent where lead_id = @id", leads);
        addresses.UnionWith(consents.Select(c => (string)c["address_id"]!));
        return
        [
            ("setting", await EachAsync(s, "select * from setting where key = @id", ["owner"])),
            ("address_key", await EachAsync(s, "select * from address_key where id = @id", addresses)),
            ("company", await EachAsync(s, "select * from company where id = @id", companies)),
            ("lead", people),
            ("lead_address", held),
            ("lead_ref", await EachAsync(s, "select * from lead_ref where lead_id = @id", leads)),
            ("consent", consents),
            ("suppression", await EachAsync(s, "select * from suppression where address_id = @id", addresses)),
        ];
    }

    private static async Task<List<IDictionary<string, object?>>> EachAsync(SqlSession s, string sql, IEnumerable<string> ids)
    {
        var all = new List<IDictionary<string, object?>>();
        foreach (var id in ids) all.AddRange((await s.QueryAsync<dynamic>(sql, new { id })).Select(r => (IDictionary<string, object?>)r));
        return all;
    }

    private static Task InsertAsync(SqlSession s, string table, IDictionary<string, object?> row)
    {
        var values = new DynamicParameters();
        foreach (var (column, value) in row) values.Add(column, value is DateTime at ? Instant.FromDateTimeUtc(DateTime.SpecifyKind(at, DateTimeKind.Utc)).ToUnixTimeMilliseconds() : value);
        return s.ExecuteAsync($"insert into {table} ({string.Join(", ", row.Keys)}) values ({string.Join(", ", row.Keys.Select(k => "@" + k))}) on conflict do nothing", values);
    }
}
