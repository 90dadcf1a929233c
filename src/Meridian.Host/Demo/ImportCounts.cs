using Meridian.Adapters.Sql;

namespace Meridian.Host.Demo;

/// <summary>What the imports of a database brought in all.</summary>
public sealed record ImportCounts(long Rows, long Leads)
{
    public static Task<ImportCounts> ReadAsync(SqlStore store) => store.ReadAsync(async s => new ImportCounts(
        await s.ScalarAsync<long?>("select cast(sum(row_count) as bigint) from import_batch where finished_at is not null") ?? 0,
        await s.ScalarAsync<long>("select count(*) from lead where detached_at is null")));

    /// <summary>An import that a crash cut off has no end; it is imported again, and what it had brought is found there.</summary>
    public static Task<bool> HasFinishedAsync(SqlStore store) => store.ReadAsync(async s => await s.ScalarAsync<long>("select count(*) from import_batch where finished_at is not null") > 0);
}
