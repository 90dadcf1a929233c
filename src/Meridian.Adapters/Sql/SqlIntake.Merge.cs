using System.Text.Json;
using Meridian.Adapters.Csv;
using Meridian.Domain.Leads;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Adapters.Sql;

internal sealed partial class SqlIntake
{
    internal const string LeadNow = """
        select company_id, first_name, last_name, title, street, city, state, postal_code, company_state, country, stated_zone, source, opted_out_at, paused_at, detached_at, created_at from lead where id = @lead
        """;

    internal const string AddressesNow = "select address_id, deliverability, detached_at from lead_address where lead_id = @lead order by address_id";

    // coalesce fills a blank and leaves what is there alone.
    internal const string FillLead = """
        update lead set company_id = coalesce(company_id, @company_id), first_name = coalesce(first_name, @first_name), last_name = coalesce(last_name, @last_name),
               title = coalesce(title, @title), street = coalesce(street, @street), city = coalesce(city, @city), state = coalesce(state, @state),
               postal_code = coalesce(postal_code, @postal_code), company_state = coalesce(company_state, @company_state), country = coalesce(country, @country),
               stated_zone = coalesce(stated_zone, @stated_zone), source = coalesce(source, @source), detached_at = null, revision = revision + 1
         where id = @lead
        """;

    private async Task<RowOutcome> MergeAsync(
        SqlSession s, ImportBatch batch, ImportRow row, string lead, string? company, bool optsOut, OptOutNews? news, List<string> warnings)
    {
        var now = batch.At;
        var known = (await s.FirstOrDefaultAsync<LeadData>(LeadNow, new { lead }))!;
        var held = (await s.QueryAsync<HeldAddress>(AddressesNow, new { lead })).ToDictionary(h => h.AddressId);
        var (before, after) = (new RowImage(), new RowImage { Reattached = known.DetachedAt is not null });

        // A place is one thing: the parts of two different addresses are never mixed.
        var merged = known.HasPlace ? Fields(row, company).Where(f => f.Name is not ("street" or "city" or "state" or "postal_code") || known.AgreesOn(row.Person)) : Fields(row, company);
        foreach (var (field, value) in merged)
        {
            if (value is null || known.Of(field) is not null) continue;
            before.Lead[field] = null;
            after.Lead[field] = value;
        }

        if (after.Lead.Count > 0 || after.Reattached)
        {
            string? New(string field) => after.Lead.GetValueOrDefault(field);
            await s.ExecuteAsync(FillLead, new
            {
                lead,
                company_id = New("company_id"),
                first_name = New("first_name"),
                last_name = New("last_name"),
                title = New("title"),
                street = New("street"),
                city = New("city"),
                state = New("state"),
                postal_code = New("postal_code"),
                company_state = New("company_state"),
                country = New("country"),
                stated_zone = New("stated_zone"),
                source = New("source"),
            });
        }

        foreach (var a in row.Addresses)
        {
            if (held.TryGetValue(a.Id, out var mine) && mine.DetachedAt is null)
            {
                if (mine.Deliverability is not null || a.Deliverability is null) continue;
                await s.ExecuteAsync(FillDeliverability, new { lead, address = a.Id, deliverability = a.Deliverability });
                before.Deliverability[a.Id] = null;
                after.Deliverability[a.Id] = a.Deliverability;
                continue;
            }

            await AttachAsync(s, batch, lead, a);
            after.Addresses.Add(a.Id);
        }

        if (after.Addresses.Count + after.Deliverability.Count > 0) await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead });
        await KeepRefsAsync(s, batch, row, lead, after);
        var consents = await TakeConsentsAsync(s, batch, row, lead, before, after, isNew: false, warnings);
        if (after.Reattached) warnings.Add("this person was contacted before an earlier import was undone; kept as one person");
        if (!optsOut && after.Lead.Count + after.Addresses.Count + after.Consents.Count > 0) await FreeOffersAsync(s, lead, consents.Opened, now);

        var changed = after.Lead.Count + after.Addresses.Count + after.Deliverability.Count + after.Consents.Count > 0 || after.Reattached || news is not null;
        var keeps = changed || after.Refs.Count > 0;
        return new RowOutcome(changed ? "updated" : "duplicate", lead, null, warnings)
        {
            Before = keeps ? JsonSerializer.Serialize(before, Json) : null,
            After = keeps ? JsonSerializer.Serialize(after, Json) : null,
            Recorded = consents.Recorded,
            Claimed = consents.Claimed,
        };
    }

    private sealed class HeldAddress
    {
        public string AddressId { get; init; } = "";
        public string? Deliverability { get; init; }
        public Instant? DetachedAt { get; init; }
    }

    private sealed class LeadData
    {
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
        public string? Source { get; init; }
        public Instant? OptedOutAt { get; init; }
        public Instant? PausedAt { get; init; }
        public Instant? DetachedAt { get; init; }
        public Instant CreatedAt { get; init; }

        public string Name => $"{FirstName} {LastName}".Trim() is { Length: > 0 } name ? name : "somebody without a name";

        public bool HasPlace => Street is not null || City is not null || State is not null || PostalCode is not null;

        public string? Of(string field) => field switch
        {
            "company_id" => CompanyId,
            "first_name" => FirstName,
            "last_name" => LastName,
            "title" => Title,
            "street" => Street,
            "city" => City,
            "state" => State,
            "postal_code" => PostalCode,
            "company_state" => CompanyState,
            "country" => Country,
            "stated_zone" => StatedZone,
            "source" => Source,
            _ => throw new ArgumentOutOfRangeException(nameof(field), field, "no such column of a lead"),
        };

        public bool AgreesOn(PersonFields p) =>
            Same(Street, p.Street) && Same(City, p.City) && Same(State, p.State) && Same(PostalCode, p.PostalCode);

        private static bool Same(string? a, string? b) => a is null || b is null || Folded.Of(a) == Folded.Of(b);
    }
}
