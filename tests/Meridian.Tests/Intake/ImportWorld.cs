using System.Text;
using Dapper;
using Meridian.Adapters.Csv;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Intake;
using Microsoft.Extensions.Time.Testing;
using NodaTime;

namespace Meridian.Tests.Intake;

/// <summary>A migrated database, a folder for files, a clock.</summary>
internal sealed class ImportWorld : IAsyncDisposable
{
    private readonly Func<ValueTask> cleanUp;

    private ImportWorld(SqlStore store, string folder, Func<ValueTask> cleanUp)
    {
        (Store, Folder, this.cleanUp) = (store, folder, cleanUp);
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero));
        Ids = new SeededIds(7, Time);
        Import = new CsvImport(store, Ids, new Clocks(Time, Time));
        People = new SqlPeopleLedger(store, Ids);
    }

    public SqlStore Store { get; }
    public string Folder { get; }
    public FakeTimeProvider Time { get; }
    public SeededIds Ids { get; }
    public CsvImport Import { get; }
    public SqlPeopleLedger People { get; }
    public Instant Now => Instant.FromDateTimeOffset(Time.GetUtcNow());

    public ValueTask DisposeAsync() => cleanUp();

    public static async Task<ImportWorld> OpenAsync(Func<string, Task<(SqlStore Store, Func<ValueTask> Drop)>> open)
    {
        var folder = Directory.CreateTempSubdirectory("meridian-import-").FullName;
        var (store, drop) = await open(folder);
        var world = new ImportWorld(store, folder, async () =>
        {
            await store.DisposeAsync();
            await drop();
            Directory.Delete(folder, recursive: true);
        });
        await Migrator.MigrateAsync(store, world.Now);
        return world;
    }

    public string File(string name, string text, Encoding? encoding = null) => File(name, [.. (encoding ?? new UTF8Encoding(false)).GetPreamble(), .. (encoding ?? new UTF8Encoding(false)).GetBytes(text)]);

    public string File(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public async Task<ImportReport> TakeAsync(string text, string? attestedBy = null, string name = "people.csv")
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        return await Import.ImportAsync(File(name, text), attestedBy, dryRun: false);
    }

    public Task<IReadOnlyList<T>> RowsAsync<T>(string sql, object? args = null) => Store.ReadAsync(s => s.QueryAsync<T>(sql, args));

    public async Task<long> CountAsync(string from, object? args = null) => (await RowsAsync<long>($"select count(*) from {from}", args))[0];

    public async Task<string?> OneAsync(string sql, object? args = null) => (await RowsAsync<string>(sql, args)).SingleOrDefault();

    public Task RunAsync(string sql, object? args = null) => Store.WriteAsync(async s => { await s.ExecuteAsync(sql, args); });

    /// <summary>An enrolled lead with a planned offer on each channel; calls and texts parked for want of a legal basis.</summary>
    public async Task EnrolAsync(string lead)
    {
        await RunAsync("insert into sequence (id, version, name, steps) values ('seq', 1, 'sop', '[]') on conflict do nothing");
        await RunAsync("insert into campaign (id, name, sequence_id, sequence_version, zone, daily_cap, created_at) values ('cam', 'c', 'seq', 1, 'America/New_York', 10, @now) on conflict do nothing", new { now = Now });
        await RunAsync("insert into enrollment (id, lead_id, campaign_id, round, sequence_id, sequence_version, state, enrolled_at) values (@id, @lead, 'cam', 1, 'seq', 1, 'active', @now)", new { id = "enr_" + lead, lead, now = Now });
        foreach (var (channel, parked) in new[] { ("email", null), ("call", "no_legal_basis"), ("text", "no_legal_basis") })
        {
            await RunAsync(
                """
                insert into touch (id, lead_id, enrollment_id, campaign_id, channel, step_id, round, attempt, state, parked_reason, pool_id, window_key, zone_group, priority, planned_at, due_at, expires_at)
                values (@id, @lead, @enrollment, 'cam', @channel, @channel, 1, 1, 'planned', @parked, @pool, 'always', 'always', 2, @now, @now, @expires)
                """,
                new { id = $"tch_{channel}_{lead}", lead, enrollment = "enr_" + lead, channel, parked, pool = $"pool_{channel}", now = Now, expires = Now + Duration.FromDays(30) });
        }
    }

    public Task BeginAsync(string touch) => RunAsync(
        "update touch set state = 'sent', parked_reason = null, begun_at = @now, closed_at = @now, permit_id = 'prm_1', sender_id = 'snd_1' where id = @touch", new { touch, now = Now });

    /// <summary>Everything an import may write, for comparing two moments.</summary>
    public async Task<string> PictureAsync()
    {
        var lines = new List<string>();
        foreach (var sql in new[]
                 {
                     "select company_id, first_name, last_name, title, street, city, state, postal_code, company_state, country, stated_zone, source, opted_out_at is null as open_ from lead order by 2, 3, 1, 4",
                     "select address_id, role, extension, deliverability from lead_address where detached_at is null order by 1, 2, 3",
                     "select address_id, channel, status, seller, text_version, evidence, given_on, missing from consent where status <> 'withdrawn' order by 1, 2, 3, 6",
                     "select source, external_id from lead_ref order by 1, 2",
                     "select id, suppressed_at is null as open_ from address_key order by id",
                 })
        {
            lines.Add("-- " + sql);
            foreach (var row in await Store.ReadAsync(s => s.QueryAsync<dynamic>(sql)))
                lines.Add(string.Join(" | ", ((IDictionary<string, object?>)row).Values.Select(v => v?.ToString() ?? "-")));
        }

        return string.Join('\n', lines);
    }
}
