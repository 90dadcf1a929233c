using Meridian.Engine.Reporting;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>What the owner has been told of.</summary>
public sealed class SqlAlertBook(SqlStore store) : IAlertBook
{
    internal const string Untold = "select id, kind, subject, detail, opened_at from incident where told_at is null and closed_at is null order by opened_at, id limit @limit";

    internal const string Told = "update incident set told_at = @now where id = @id and told_at is null";

    public Task<IReadOnlyList<UntoldIncident>> UntoldAsync(int limit) => store.ReadAsync(s => s.QueryAsync<UntoldIncident>(Untold, new { limit }));

    public Task ToldAsync(IReadOnlyList<string> incidentIds, Instant now) => store.WriteAsync(async s =>
    {
        foreach (var id in incidentIds.Order(StringComparer.Ordinal)) await s.ExecuteAsync(Told, new { id, now });
    });
}
