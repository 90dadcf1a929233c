using Meridian.Adapters.Sql;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>Somebody in a simulated world, as they really are.</summary>
/// <param name="Zones">Where their address and their number say they are: a touch must be inside the hours of both.</param>
/// <param name="LineZone">Their number's.</param>
/// <param name="IsInCrm">The owner's CRM knows them and may be asked for a do-not-disturb.</param>
/// <param name="Consents">They gave written consent to calls and texts before; every seventh of them lapses during the day.</param>
internal sealed record SimPerson(string Id, string Company, string Phone, string Email, IReadOnlyList<string> Zones, string LineZone, bool Consents, bool IsInCrm);

/// <summary>A dozen people: every zone of the country, colleagues at one company, one number two people share, one whose number and address disagree.</summary>
internal static class SimPeople
{
    private static readonly (string State, string Zip, string AreaCode, string Zone)[] Places =
    [
        ("NY", "10001", "212", "America/New_York"), ("FL", "32801", "407", "America/New_York"), ("IL", "60601", "312", "America/Chicago"), ("TX", "78701", "512", "America/Chicago"),
        ("CO", "80202", "303", "America/Denver"), ("AZ", "85701", "520", "America/Phoenix"), ("CA", "93721", "559", "America/Los_Angeles"), ("WA", "99201", "509", "America/Los_Angeles"),
        ("AK", "99501", "907", "America/Anchorage"), ("HI", "96720", "808", "Pacific/Honolulu"),
    ];

    public static async Task<IReadOnlyList<SimPerson>> MakeAsync(SqlStore store, SimChance chance, int count, double consenting, Instant now)
    {
        var people = new List<SimPerson>();
        for (var i = 0; i < count; i++)
        {
            var home = chance.Of(Places);
            var line = chance.Happens(0.15) ? chance.Of(Places) : home;
            var colleague = i > 0 && chance.Happens(0.25) ? people[chance.Next(i)] : null;
            var shares = i > 1 && chance.Happens(0.15) ? people[chance.Next(i)] : null;
            var zones = shares is null ? new[] { home.Zone, line.Zone } : [home.Zone, shares.LineZone];
            var person = new SimPerson($"led_{i:00}", colleague?.Company ?? $"cmp_{i:00}", shares?.Phone ?? $"+1{line.AreaCode}55501{i:00}", $"p{i:00}@people.example", zones.Distinct().ToList(), zones[1], chance.Happens(consenting), i % 3 > 0);
            people.Add(person);
            var lapses = chance.Happens(0.15);
            await store.WriteAsync(async s =>
            {
                await s.ExecuteAsync("insert into company (id, natural_key, name, created_at) values (@c, @c, @c, @now) on conflict (id) do nothing", new { c = person.Company, now });
                await s.ExecuteAsync("insert into lead (id, company_id, first_name, state, postal_code, country, created_at) values (@id, @company, 'Ann', @state, @zip, 'US', @now)", new { id = person.Id, company = person.Company, state = home.State, zip = home.Zip, now });
                foreach (var (address, kind, role) in new[] { (person.Phone, "phone", "mobile"), (person.Email, "email", "email") })
                {
                    await s.ExecuteAsync("insert into address_key (id, kind) values (@address, @kind) on conflict (id) do nothing", new { address, kind });
                    await s.ExecuteAsync("insert into lead_address (lead_id, address_id, kind, role, attached_at) values (@id, @address, @kind, @role, @now)", new { id = person.Id, address, kind, role, now });
                }

                if (person.IsInCrm) await s.ExecuteAsync("insert into lead_ref (source, external_id, lead_id) values ('highlevel', @id, @id)", new { id = person.Id });
                if (!person.Consents) return;
                Instant? ends = lapses ? now + Duration.FromMinutes(chance.Between(240, 900)) : null;
                foreach (var channel in new[] { "call", "text" })
                    await s.ExecuteAsync("""
                        insert into consent (id, lead_id, address_id, channel, status, seller, text_version, evidence, given_on, expires_at, attested_by, created_at)
                        values (@consent, @id, @phone, @channel, 'recorded', @seller, '1', 'simulated', '2026-01-01', @ends, 'sam', @now)
                        """, new { consent = $"con_{i:00}_{channel}", id = person.Id, phone = person.Phone, channel, seller = SimWorld.Owner.SellerName, ends, now });
            });
        }

        return people;
    }
}
