using Meridian.Engine;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>What people did, as it was before and after.</summary>
internal static class AuditVerbs
{
    internal const string Write = "insert into audit (id, at, actor, verb, subject, before, after) values (@id, @now, @actor, @verb, @subject, @before, @after)";

    public static Task WriteAsync(SqlSession s, IIds ids, Instant now, string actor, string verb, string subject, string? before, string? after) =>
        s.ExecuteAsync(Write, new { id = ids.New("aud"), now, actor, verb, subject, before, after });
}
