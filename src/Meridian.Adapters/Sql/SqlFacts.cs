using System.Text.Json;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Leads;
using Meridian.Domain.Pacing;
using Meridian.Domain.Senders;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>What the judge reads: every verb reads the revision first, the facts that hang on it after.</summary>
public sealed partial class SqlFacts(SqlStore store, IIds ids) : IFacts, IOwner
{
    internal const string SenderRow = """
        select id, channel, pool_id, address, display_name, provider_key, zone, gap_seconds, hourly_cap, daily_cap, warm_since, revision, policy_version,
               last_begin_at, next_slot_at, paused_at, pause_reason
          from sender where id = @sender
        """;

    internal const string BegunToday = "select begun from sender_day where sender_id = @sender and day = @day";

    internal const string BegunLastHour = "select begun_at from touch where sender_id = @sender and begun_at > @since order by begun_at";

    internal const string LeadRow = """
        select id, company_id, first_name, last_name, title, street, city, state, postal_code, company_state, country, stated_zone, revision, opted_out_at, paused_at, created_at
          from lead where id = @lead
        """;

    internal const string LeadAddresses = """
        select la.lead_id, la.address_id, la.kind, la.role, la.extension, coalesce(a.deliverability, la.deliverability) as deliverability,
               a.suppressed_at, a.suppressed_reason, a.held_at, a.next_call_at, a.next_text_at, a.line_type, a.line_business, a.line_looked_up_at,
               case when a.line_business = 'yes' then (
                   select min(d.name) from dnc_list d join dnc_number n on n.generation = d.generation
                    where n.number = a.id and (d.area_code = '' or d.area_code = substr(a.id, 3, 3))) end as listed_on
          from lead_address la join address_key a on a.id = la.address_id
         where la.lead_id = @lead and la.detached_at is null order by la.address_id
        """;

    internal const string LeadConsents = """
        select id, lead_id, address_id, channel, status, seller, text_version, evidence, given_on, expires_at, attested_by, missing
          from consent where lead_id = @lead order by created_at desc, id
        """;

    private const string TouchColumns = """
        id, lead_id, enrollment_id, campaign_id, channel, step_id, round, attempt, state, parked_reason, skipped_reason, address_id, pool_id, window_key, zone_group,
        priority, planned_at, due_at, expires_at, sender_id, permit_id, begun_at, deadline, closed_at, provider_ref, failed_because, disposition, error
        """;

    internal const string LeadTouches = $"select {TouchColumns} from touch where lead_id = @lead order by id";

    internal const string HumanCalls = "select id, begun_at, closed_at from call_task where lead_id = @lead and begun_at is not null order by begun_at";

    internal const string TouchRowSql = $"select {TouchColumns} from touch where id = @touch";

    internal const string CompanyDays = "select day, begun from company_day where company_id = @company order by day desc limit 2";

    internal const string CompanyRow = "select name, next_call_at, stopped_at from company where id = @company";

    public Task<SenderFacts?> SenderAsync(string senderId, Instant now) => store.ReadAsync(async s =>
    {
        var row = await s.FirstOrDefaultAsync<SenderRowData>(SenderRow, new { sender = senderId });
        if (row is null) return null;
        var sender = row.ToSender();
        var today = Pace.DayOf(now, sender.Zone);
        var begun = await s.ScalarAsync<long?>(BegunToday, new { sender = senderId, day = today }) ?? 0;
        var hour = await s.QueryAsync<Instant>(BegunLastHour, new { sender = senderId, since = now - Duration.FromHours(1) });
        return new SenderFacts(sender, today, begun, hour);
    });

    public Task<LeadFacts?> LeadAsync(string leadId) => store.ReadAsync(async s =>
    {
        var row = await s.FirstOrDefaultAsync<LeadRowData>(LeadRow, new { lead = leadId });
        if (row is null) return null;
        var company = row.CompanyId is null ? null : await s.FirstOrDefaultAsync<CompanyRowData>(CompanyRow, new { company = row.CompanyId });
        var addresses = await s.QueryAsync<AddressRowData>(LeadAddresses, new { lead = leadId });
        var consents = await s.QueryAsync<ConsentRowData>(LeadConsents, new { lead = leadId });
        var touches = await s.QueryAsync<TouchRowData>(LeadTouches, new { lead = leadId });
        return new LeadFacts(
            row.ToLead(company?.Name), addresses.Select(a => a.ToAddress()).ToList(), consents.Select(c => c.ToConsent()).ToList(),
            touches.Select(t => t.ToTouch()).ToList(), company?.NextCallAt, company?.StoppedAt)
        {
            CompanyDays = row.CompanyId is null ? new Dictionary<LocalDate, long>() : (await s.QueryAsync<CompanyDayRow>(CompanyDays, new { company = row.CompanyId })).ToDictionary(d => d.Day, d => d.Begun),
            HumanCalls = (await s.QueryAsync<HumanCallRow>(HumanCalls, new { lead = leadId })).Select(c => c.ToPast()).ToList(),
        };
    });

    public Task<Touch?> TouchAsync(string touchId) => store.ReadAsync(async s =>
        (await s.FirstOrDefaultAsync<TouchRowData>(TouchRowSql, new { touch = touchId }))?.ToTouch());

    public async Task<OwnerSettings> SettingsAsync()
    {
        var json = await store.ReadAsync(s => s.ScalarAsync<string>("select value from setting where key = 'owner'"));
        return json is null ? new OwnerSettings() : JsonSerializer.Deserialize<OwnerSettings>(json)!;
    }

    private sealed class SenderRowData
    {
        public string Id { get; init; } = "";
        public string Channel { get; init; } = "";
        public string PoolId { get; init; } = "";
        public string Address { get; init; } = "";
        public string? DisplayName { get; init; }
        public string? ProviderKey { get; init; }
        public string Zone { get; init; } = "";
        public long GapSeconds { get; init; }
        public long HourlyCap { get; init; }
        public long DailyCap { get; init; }
        public LocalDate? WarmSince { get; init; }
        public long Revision { get; init; }
        public string PolicyVersion { get; init; } = "";
        public Instant? LastBeginAt { get; init; }
        public Instant NextSlotAt { get; init; }
        public Instant? PausedAt { get; init; }
        public string? PauseReason { get; init; }

        public Sender ToSender() => new(
            Id, Words.Read<Channel>(Channel), PoolId, Address, DisplayName, ProviderKey, Zone, (int)GapSeconds, (int)HourlyCap, (int)DailyCap, WarmSince, Revision, PolicyVersion,
            LastBeginAt, NextSlotAt, PausedAt, PauseReason);
    }

    private sealed class LeadRowData
    {
        public string Id { get; init; } = "";
        public string? CompanyId { get; init; }
        public string? FirstName { get; init; }
        public string? LastName { get; init; }
        public string? Title { get; init; }
        public string? Street { get; init; }
        public string? City { get; init; }
        public string? State { get; init; }
        public string? PostalCode { get; init; }
        public string? CompanyState { get; init; }
        public string? Country { get; init; }
        public string? StatedZone { get; init; }
        public long Revision { get; init; }
        public Instant? OptedOutAt { get; init; }
        public Instant? PausedAt { get; init; }
        public Instant CreatedAt { get; init; }

        public Lead ToLead(string? companyName) => new(
            Id, CompanyId, companyName, FirstName, LastName, Title, Street, City, State, PostalCode, CompanyState, Country, StatedZone, Revision, OptedOutAt, PausedAt, CreatedAt);
    }

    private sealed class HumanCallRow
    {
        /// <summary>Whoever dials says within the hour what came of it, or has forgotten to.</summary>
        private static readonly Duration Longest = Duration.FromHours(1);

        public string Id { get; init; } = "";
        public Instant BegunAt { get; init; }
        public Instant? ClosedAt { get; init; }

        public PastContact ToPast() => new(Id, Channel.Call, BegunAt, ClosedAt is null, BegunAt + Longest);
    }

    private sealed class CompanyDayRow
    {
        public LocalDate Day { get; init; }
        public long Begun { get; init; }
    }

    private sealed class CompanyRowData
    {
        public string Name { get; init; } = "";
        public Instant? NextCallAt { get; init; }
        public Instant? StoppedAt { get; init; }
    }

    private sealed class AddressRowData
    {
        public string LeadId { get; init; } = "";
        public string AddressId { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Role { get; init; } = "";
        public string? Extension { get; init; }
        public string? Deliverability { get; init; }
        public Instant? SuppressedAt { get; init; }
        public string? SuppressedReason { get; init; }
        public Instant? HeldAt { get; init; }
        public Instant? NextCallAt { get; init; }
        public Instant? NextTextAt { get; init; }
        public string? LineType { get; init; }
        public string? LineBusiness { get; init; }
        public Instant? LineLookedUpAt { get; init; }
        public string? ListedOn { get; init; }

        public LeadAddress ToAddress() => new(
            LeadId, AddressId, Words.Read<AddressKind>(Kind), Words.Read<AddressRole>(Role), Extension, Deliverability, SuppressedAt, SuppressedReason, HeldAt, NextCallAt, NextTextAt)
        {
            Line = LineType is { } type && LineLookedUpAt is { } at ? new LineLookup(Enum.Parse<LineType>(type), LineBusiness is null ? null : LineBusiness == "yes", at) : null,
            ListedOn = ListedOn,
        };
    }

    private sealed class ConsentRowData
    {
        public string Id { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string AddressId { get; init; } = "";
        public string Channel { get; init; } = "";
        public string Status { get; init; } = "";
        public string? Seller { get; init; }
        public string? TextVersion { get; init; }
        public string? Evidence { get; init; }
        public LocalDate? GivenOn { get; init; }
        public Instant? ExpiresAt { get; init; }
        public string? AttestedBy { get; init; }
        public string? Missing { get; init; }

        public Consent ToConsent() => new(
            Id, LeadId, AddressId, Words.Read<Channel>(Channel), Words.Read<ConsentStatus>(Status), Seller, TextVersion, Evidence, GivenOn, ExpiresAt, AttestedBy, Missing);
    }

    private sealed class TouchRowData
    {
        public string Id { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string EnrollmentId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public string Channel { get; init; } = "";
        public string StepId { get; init; } = "";
        public long Round { get; init; }
        public long Attempt { get; init; }
        public string State { get; init; } = "";
        public string? ParkedReason { get; init; }
        public string? SkippedReason { get; init; }
        public string? AddressId { get; init; }
        public string PoolId { get; init; } = "";
        public string WindowKey { get; init; } = "";
        public string ZoneGroup { get; init; } = "";
        public long Priority { get; init; }
        public Instant PlannedAt { get; init; }
        public Instant DueAt { get; init; }
        public Instant ExpiresAt { get; init; }
        public string? SenderId { get; init; }
        public string? PermitId { get; init; }
        public Instant? BegunAt { get; init; }
        public Instant? Deadline { get; init; }
        public Instant? ClosedAt { get; init; }
        public string? ProviderRef { get; init; }
        public string? FailedBecause { get; init; }
        public string? Disposition { get; init; }
        public string? Error { get; init; }

        public Touch ToTouch() => new(
            Id, LeadId, EnrollmentId, CampaignId, Words.Read<Channel>(Channel), StepId, (int)Round, (int)Attempt, Words.Read<TouchState>(State),
            Words.ReadOrNull<ParkedReason>(ParkedReason), Words.ReadOrNull<SkippedReason>(SkippedReason), AddressId, PoolId, WindowKey, ZoneGroup, (int)Priority,
            PlannedAt, DueAt, ExpiresAt, SenderId, PermitId, BegunAt, Deadline, ClosedAt, ProviderRef, Words.ReadOrNull<FailedBecause>(FailedBecause),
            Words.ReadOrNull<Disposition>(Disposition), Error);
    }
}
