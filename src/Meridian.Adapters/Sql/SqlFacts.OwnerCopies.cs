using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

public sealed partial class SqlFacts
{
    internal const string CopiesDue = """
        select o.touch_id, o.attempts, t.state, t.begun_at, c.to_address, c.from_address, c.subject, c.body, m.name as company_name
          from owner_copy o join touch t on t.id = o.touch_id join touch_content c on c.permit_id = t.permit_id
          join lead l on l.id = t.lead_id left join company m on m.id = l.company_id
         where o.sent_at is null and o.due_at <= @now order by o.due_at, o.touch_id limit @limit
        """;

    internal const string NextCopy = "select min(due_at) from owner_copy where sent_at is null";

    public Task<IReadOnlyList<OwnerCopyRow>> OwnerCopiesDueAsync(Instant now, int limit) => store.ReadAsync(s => s.QueryAsync<OwnerCopyRow>(CopiesDue, new { now, limit }));

    public Task<Instant?> NextOwnerCopyAsync() => store.ReadAsync(s => s.InstantAsync(NextCopy));

    public Task OwnerCopySentAsync(string touchId, Instant now) => store.WriteSoftAsync(async s =>
    {
        return await s.ExecuteAsync("update owner_copy set sent_at = @now, attempts = attempts + 1 where touch_id = @touchId and sent_at is null", new { touchId, now });
    });

    public Task OwnerCopyFailedAsync(string touchId, string error, Instant retryAt) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync("update owner_copy set attempts = attempts + 1, last_error = @error, due_at = @retryAt where touch_id = @touchId and sent_at is null", new { touchId, error, retryAt });
    });
}
