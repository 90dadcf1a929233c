using NodaTime;

namespace Meridian.Adapters.Sql;

public sealed partial class SqlTouchLedger
{
    private const int Chunk = 200;

    internal const string Overdue = "select id, lead_id, enrollment_id, campaign_id, channel from touch where state = 'sending' and deadline <= @now order by deadline limit @limit";

    internal const string MarkUnconfirmed = """
        update touch set state = 'unconfirmed', error = coalesce(error, 'no outcome by its deadline') where id = @touch and state = 'sending' and deadline <= @now
        """;

    internal const string PastHorizon = """
        select id, lead_id, enrollment_id, campaign_id, channel from touch
         where begun_at is not null and closed_at is null and state = 'unconfirmed'
           and ((channel = 'call' and begun_at <= @call_horizon) or (channel <> 'call' and begun_at <= @horizon))
         order by begun_at limit @limit
        """;

    internal const string CloseAsMade = "update touch set closed_at = @now where id = @touch and state = 'unconfirmed' and closed_at is null";

    internal const string Expired = "select id, lead_id, enrollment_id, campaign_id, channel from touch where state = 'planned' and expires_at <= @now order by expires_at limit @limit";

    internal const string BumpLeadAnyway = "update lead set revision = revision + 1 where id = @lead";

    internal const string SkipExpiredOffer = """
        update touch set state = 'skipped', skipped_reason = 'expired', parked_reason = null, closed_at = @now where id = @touch and state = 'planned' and expires_at <= @now
        """;

    /// <summary>After this long nobody will find out any more: it counts as made.</summary>
    public static readonly Duration CallHorizon = Duration.FromHours(1);

    /// <inheritdoc cref="CallHorizon"/>
    public static readonly Duration Horizon = Duration.FromHours(24);

    public async Task<int> MarkOverdueUnconfirmedAsync(Instant now)
    {
        var rows = await store.ReadAsync(s => s.QueryAsync<Due>(Overdue, new { now, limit = Chunk }));
        return rows.Count == 0 ? 0 : await store.WriteAsync(async s =>
        {
            int count = 0, copies = 0;
            foreach (var row in rows.OrderBy(r => r.Id, StringComparer.Ordinal))
            {
                if (await s.ExecuteAsync(MarkUnconfirmed, new { touch = row.Id, now }) == 0) continue;
                count++;
                if (row.Channel == "email") copies += await s.ExecuteAsync(WantOwnerCopy, new { touch = row.Id, now });
            }

            if (copies > 0) await DeskVerbs.WakeAsync(s, "owner-copy", "all", now);
            return count;
        });
    }

    public async Task<int> CloseUnconfirmedAsync(Instant now)
    {
        var rows = await store.ReadAsync(s => s.QueryAsync<Due>(PastHorizon, new { call_horizon = now - CallHorizon, horizon = now - Horizon, limit = Chunk }));
        var count = 0;
        foreach (var row in rows)
        {
            count += await store.WriteAsync(async s =>
            {
                await s.ExecuteAsync(WakeEnrollment, new { enrollment = row.EnrollmentId, now });
                if (await s.ExecuteAsync(CloseAsMade, new { touch = row.Id, now }) == 0) return 0;
                await IncidentVerbs.OpenAsync(s, ids, "unconfirmed-touch", row.Id, $"nobody could tell what became of this {row.Channel}; it counts as made", now);
                await DeskVerbs.WakeAsync(s, "campaign", row.CampaignId, now);
                return 1;
            });
        }

        return count;
    }

    public async Task<int> SkipExpiredAsync(Instant now)
    {
        var rows = await store.ReadAsync(s => s.QueryAsync<Due>(Expired, new { now, limit = Chunk }));
        var count = 0;
        foreach (var row in rows)
        {
            count += await store.WriteAsync(async s =>
            {
                await s.ExecuteAsync(BumpLeadAnyway, new { lead = row.LeadId });
                await s.ExecuteAsync(WakeEnrollment, new { enrollment = row.EnrollmentId, now });
                var skipped = await s.ExecuteAsync(SkipExpiredOffer, new { touch = row.Id, now });
                await DeskVerbs.WakeAsync(s, "campaign", row.CampaignId, now);
                return skipped;
            });
        }

        return count;
    }

    private sealed class Due
    {
        public string Id { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string EnrollmentId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public string Channel { get; init; } = "";
    }
}
