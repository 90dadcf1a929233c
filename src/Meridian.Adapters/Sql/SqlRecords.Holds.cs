using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Legal holds: while one lives, nothing about the person is erased or dropped.</summary>
public sealed partial class SqlRecords
{
    internal const string PlaceHold = """
        insert into legal_hold (id, lead_id, matter, placed_by, placed_at) values (@id, @lead, @matter, @actor, @now) on conflict (lead_id) where lifted_at is null do nothing
        """;

    internal const string LiftHold = "update legal_hold set lifted_by = @actor, lifted_at = @now where lead_id = @lead and lifted_at is null";

    internal const string LiveHolds = "select lead_id, matter, placed_by, placed_at from legal_hold where lifted_at is null order by placed_at, id";

    /// <summary>False: one lives already.</summary>
    public Task<bool> PlaceHoldAsync(string leadId, string matter, string actor, Instant now) => store.WriteAsync(async s =>
    {
        // The person's row first: an erasure that is under way ends before, or sees the hold.
        await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead = leadId });
        if (await s.ExecuteAsync(PlaceHold, new { id = ids.New("hld"), lead = leadId, matter, actor, now }) == 0) return false;
        await AuditVerbs.WriteAsync(s, ids, now, actor, "legal hold", leadId, null, matter);
        return true;
    });

    /// <summary>False: there is none.</summary>
    public Task<bool> LiftHoldAsync(string leadId, string actor, Instant now) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead = leadId });
        if (await s.ExecuteAsync(LiftHold, new { lead = leadId, actor, now }) == 0) return false;
        await AuditVerbs.WriteAsync(s, ids, now, actor, "legal hold lifted", leadId, null, null);
        return true;
    });

    public Task<IReadOnlyList<LegalHold>> HoldsAsync() => store.ReadAsync<IReadOnlyList<LegalHold>>(async s =>
        (await s.QueryAsync<HoldRow>(LiveHolds)).Select(h => new LegalHold(h.LeadId, h.Matter, h.PlacedBy, h.PlacedAt)).ToList());

    private sealed class HoldRow
    {
        public string LeadId { get; init; } = "";
        public string Matter { get; init; } = "";
        public string PlacedBy { get; init; } = "";
        public Instant PlacedAt { get; init; }
    }
}

/// <summary>A hold that lives.</summary>
public sealed record LegalHold(string LeadId, string Matter, string PlacedBy, Instant PlacedAt);
