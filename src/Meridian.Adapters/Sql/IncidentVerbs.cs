using Meridian.Engine;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Incidents: one open per kind and subject.</summary>
internal static class IncidentVerbs
{
    internal const string Open = """
        insert into incident (id, kind, subject, detail, opened_at) values (@id, @kind, @subject, @detail, @now)
            on conflict (kind, subject) where closed_at is null do nothing
        """;

    internal const string CountOpen = "select count(*) from incident where kind = @kind and subject = @subject and closed_at is null";

    internal const string Close = "update incident set closed_at = @now where kind = @kind and subject = @subject and closed_at is null";

    public static Task<int> OpenAsync(SqlSession s, IIds ids, string kind, string subject, string detail, Instant now) =>
        s.ExecuteAsync(Open, new { id = ids.New("inc"), kind, subject, detail, now });

    /// <summary>The same, and the owner is told at once. The last thing of a transaction: a desk is the last to be locked.</summary>
    public static async Task OpenAndTellAsync(SqlSession s, IIds ids, string kind, string subject, string detail, Instant now)
    {
        if (await OpenAsync(s, ids, kind, subject, detail, now) == 1) await DeskVerbs.WakeAsync(s, "alerts", "all", now);
    }
}
