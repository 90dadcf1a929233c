using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Facts about people and senders, in the ledger's lock order.</summary>
public sealed partial class SqlPeopleLedger(SqlStore store, IIds ids) : IPeopleLedger
{
    internal const string BumpLead = "update lead set revision = revision + 1 where id = @lead";

    internal const string OffersOf = "select id from touch where lead_id = @lead and state = 'planned' order by id";

    internal const string SkipOffer = """
        update touch set state = 'skipped', skipped_reason = @reason, parked_reason = null, closed_at = @now where id = @touch and state = 'planned'
        """;

    internal const string ActiveEnrollmentsOf = "select id from enrollment where lead_id = @lead and state = 'active' order by id";

    internal const string StopEnrollment = """
        update enrollment set state = 'stopped', stop_reason = @reason, ended_at = @now, plan_at = null, wakes = wakes + 1 where id = @enrollment and state = 'active'
        """;

    internal const string ColleaguesOf = "select o.id from lead l join lead o on o.company_id = l.company_id where l.id = @lead and o.id <> l.id order by o.id";

    internal const string LastSentOf = """
        select id from touch where lead_id = @lead and state in ('sent', 'unconfirmed') and disposition is null and channel = @channel order by begun_at desc limit 1
        """;

    internal const string SetDisposition = "update touch set disposition = @disposition where id = @touch and disposition is null";

    public Task StopAsync(string leadId, string reason, Reaction? reaction, Instant now) => store.WriteAsync(async s =>
    {
        var colleagues = reaction is { Disposition: Disposition.Replied } && await StopsCompaniesAsync(s) ? await s.QueryAsync<string>(ColleaguesOf, new { lead = leadId }) : [];
        foreach (var lead in colleagues.Append(leadId).Order(StringComparer.Ordinal)) await s.ExecuteAsync(BumpLead, new { lead });
        await StopWalksAsync(s, leadId, reason, SkippedReason.Stopped, now);
        foreach (var lead in colleagues) await StopWalksAsync(s, lead, "somebody else at their company replied", SkippedReason.Stopped, now);
        if (reaction is not null && await s.FirstOrDefaultAsync<string>(LastSentOf, new { lead = leadId, channel = Words.Of(reaction.Channel) }) is { } touch)
            await s.ExecuteAsync(SetDisposition, new { touch, disposition = Words.Of(reaction.Disposition) });
    });

    private static async Task<bool> StopsCompaniesAsync(SqlSession s) =>
        await s.ScalarAsync<string>("select value from setting where key = 'owner'") is { } json && System.Text.Json.JsonSerializer.Deserialize<OwnerSettings>(json)!.StopCompanyOnReply;

    /// <summary>The caller holds the lead row.</summary>
    internal static async Task StopWalksAsync(SqlSession s, string leadId, string reason, SkippedReason skipped, Instant now)
    {
        foreach (var enrollment in await s.QueryAsync<string>(ActiveEnrollmentsOf, new { lead = leadId })) await s.ExecuteAsync(StopEnrollment, new { enrollment, reason, now });
        foreach (var touch in await s.QueryAsync<string>(OffersOf, new { lead = leadId })) await s.ExecuteAsync(SkipOffer, new { touch, reason = Words.Of(skipped), now });
        await s.ExecuteAsync(SqlCallTasks.WithdrawOf, new { lead = leadId, now, why = reason });
    }

    internal const string Detach = "update lead_address set detached_at = @now where lead_id = @lead and address_id = @address and detached_at is null";

    public Task TakeAwayNumberAsync(string addressId, string reason, string source, string evidence, string actor, Instant now) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync(Suppress, new { address = addressId, kind = "phone", now, reason });
        foreach (var lead in await s.QueryAsync<string>(OwnersOf, new { address = addressId }))
        {
            await s.ExecuteAsync(BumpLead, new { lead });
            await s.ExecuteAsync(Detach, new { lead, address = addressId, now });
        }

        await s.ExecuteAsync(KeepSuppression, new { id = ids.New("sup"), address = addressId, now, reason, source, evidence });
        await AuditVerbs.WriteAsync(s, ids, now, actor, "wrong number", addressId, null, reason);
    });

    public Task MarkUndeliverableAsync(string addressId, string detail, Instant now, string? touchId = null) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync("update address_key set deliverability = 'Invalid', writes = writes + 1 where id = @address", new { address = addressId });
        foreach (var lead in await HoldersAsync(s, addressId)) await s.ExecuteAsync(BumpLead, new { lead });
        if (touchId is not null) await s.ExecuteAsync(SetDisposition, new { touch = touchId, disposition = Words.Of(Disposition.Bounced) });
    });

    public Task PauseSenderAsync(string senderId, string reason, Instant now) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync("update sender set paused_at = coalesce(paused_at, @now), pause_reason = coalesce(pause_reason, @reason), revision = revision + 1 where id = @sender", new { sender = senderId, now, reason });
        await IncidentVerbs.OpenAndTellAsync(s, ids, "sender-paused", senderId, reason, now);
    });

    public Task GiveBackGapsAsync(string touchId, Instant now) => store.WriteAsync(async s =>
    {
        var t = await s.FirstOrDefaultAsync<Gaps>("""
            select t.address_id, t.address_free_at, t.company_free_at, l.company_id, t.channel, t.lead_id from touch t join lead l on l.id = t.lead_id where t.id = @touch
            """, new { touch = touchId });
        if (t is null) return;
        if (t.AddressFreeAt is { } mine && t.Channel == "call") await s.ExecuteAsync("update address_key set next_call_at = null, writes = writes + 1 where id = @a and next_call_at = @mine", new { a = t.AddressId, mine });
        if (t.AddressFreeAt is { } text && t.Channel == "text") await s.ExecuteAsync("update address_key set next_text_at = null, writes = writes + 1 where id = @a and next_text_at = @mine", new { a = t.AddressId, mine = text });
        if (t.CompanyFreeAt is { } company) await s.ExecuteAsync("update company set next_call_at = null where id = @c and next_call_at = @mine", new { c = t.CompanyId, mine = company });
        await s.ExecuteAsync(BumpLead, new { lead = t.LeadId });
    });

    public Task OpenIncidentAsync(string kind, string subject, string detail, Instant now) =>
        store.WriteAsync(async s => { await IncidentVerbs.OpenAndTellAsync(s, ids, kind, subject, detail, now); });

    public async Task CloseIncidentAsync(string kind, string subject, Instant now)
    {
        // Nearly always there is none: a look costs no write.
        if (await store.ReadAsync(s => s.ScalarAsync<long>(IncidentVerbs.CountOpen, new { kind, subject })) == 0) return;
        await store.WriteAsync(async s => { await s.ExecuteAsync(IncidentVerbs.Close, new { kind, subject, now }); });
    }

    internal static Task<IReadOnlyList<string>> HoldersAsync(SqlSession s, string addressId) =>
        s.QueryAsync<string>("select lead_id from lead_address where address_id = @address and detached_at is null order by lead_id", new { address = addressId });

    private sealed class Gaps
    {
        public string? AddressId { get; init; }
        public Instant? AddressFreeAt { get; init; }
        public Instant? CompanyFreeAt { get; init; }
        public string? CompanyId { get; init; }
        public string Channel { get; init; } = "";
        public string LeadId { get; init; } = "";
    }
}
