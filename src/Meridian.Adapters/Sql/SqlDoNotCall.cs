using Meridian.Engine;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>
/// Loads do-not-call lists. A list of one area code is replaced as a whole: its numbers are written under a new generation, and only when all are
/// there does that generation count, so that a load that dies half way changes nothing.
/// </summary>
public sealed class SqlDoNotCall(SqlStore store, IIds ids)
{
    private const int NumbersPerCommit = 5000;

    internal const string InsertNumber = "insert into dnc_number (generation, number) values (@generation, @number) on conflict (generation, number) do nothing";

    internal const string Swap = """
        insert into dnc_list (name, area_code, generation, as_of, numbers, file_name, imported_at) values (@name, @area, @generation, @asOf, @numbers, @file, @now)
            on conflict (name, area_code) do update set generation = excluded.generation, as_of = excluded.as_of, numbers = excluded.numbers, file_name = excluded.file_name, imported_at = excluded.imported_at
             where dnc_list.as_of <= excluded.as_of
        """;

    internal const string Counted = "select generation from dnc_list where name = @name and area_code = @area";

    internal const string Written = "select count(*) from dnc_number where generation = @generation";

    internal const string Drop = "delete from dnc_number where generation = @generation";

    internal const string AllLists = "select name, area_code, as_of, numbers, file_name, imported_at from dnc_list order by name, area_code";

    /// <param name="name"><c>national</c>, or a state's two letters.</param>
    /// <param name="byAreaCode">Numbers in E.164, by area code; an area code with none is one whose list is empty.</param>
    /// <returns>False: a newer list of one of them is loaded already, and nothing changed for it.</returns>
    public async Task<bool> LoadAsync(string name, IReadOnlyDictionary<string, IReadOnlyCollection<string>> byAreaCode, LocalDate asOf, string file, string actor, Instant now, CancellationToken cancellation = default)
    {
        var all = true;
        foreach (var (area, numbers) in byAreaCode.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var generation = ids.New("dnc");
            foreach (var part in numbers.Chunk(NumbersPerCommit))
            {
                cancellation.ThrowIfCancellationRequested();
                await store.WriteAsync(async s =>
                {
                    foreach (var number in part) await s.ExecuteAsync(InsertNumber, new { generation, number });
                }, cancellation);
            }

            all &= await store.WriteAsync(async s =>
            {
                // Another load may be under way beside this one: only the generation that this one replaces is dropped, or its own.
                if (await s.ScalarAsync<long>(Written, new { generation }) != numbers.Count) throw new InvalidOperationException($"the numbers of {name} {area} are not all there; load the file again");
                var before = await s.ScalarAsync<string>(Counted, new { name, area });
                var rows = await s.ExecuteAsync(Swap, new { name, area, generation, asOf, numbers = (long)numbers.Count, file, now });
                if (rows == 0 || before is not null) await s.ExecuteAsync(Drop, new { generation = rows == 0 ? generation : before });
                await AuditVerbs.WriteAsync(s, ids, now, actor, "do-not-call list", $"{name} {area}".Trim(), null, $"{numbers.Count} numbers as of {asOf.ToString("uuuu-MM-dd", null)}");
                return rows == 1;
            }, cancellation);
        }

        await store.WriteAsync(async s =>
        {
            await DeskVerbs.WakeAsync(s, "phones", "all", now);
            await DeskVerbs.WakeAsync(s, "tasks", "all", now);
        }, cancellation);
        return all;
    }

    public Task<IReadOnlyList<LoadedList>> AllAsync() => store.ReadAsync(s => s.QueryAsync<LoadedList>(AllLists));
}

/// <summary>A loaded list, for a person to read.</summary>
public sealed class LoadedList
{
    public string Name { get; init; } = "";

    /// <summary>Empty: every area code.</summary>
    public string AreaCode { get; init; } = "";

    public LocalDate AsOf { get; init; }

    public long Numbers { get; init; }

    public string FileName { get; init; } = "";

    public Instant ImportedAt { get; init; }
}
