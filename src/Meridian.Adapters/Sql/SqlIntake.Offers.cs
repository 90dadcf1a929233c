using Meridian.Domain.Leads;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Adapters.Sql;

// What is planned for a person follows what is known about them, in the same transaction.
internal sealed partial class SqlIntake
{
    internal const string OffersNow = "select id, channel, pool_id, window_key, parked_reason from touch where lead_id = @lead and state = 'planned' order by id";

    internal const string NumbersNow = """
        select la.address_id, la.role, la.extension,
               (select count(*) from consent c where c.lead_id = la.lead_id and c.address_id = la.address_id and c.channel = 'call' and c.status = 'recorded' and (c.expires_at is null or c.expires_at > @now)) as for_calls,
               (select count(*) from consent c where c.lead_id = la.lead_id and c.address_id = la.address_id and c.channel = 'text' and c.status = 'recorded' and (c.expires_at is null or c.expires_at > @now)) as for_texts
          from lead_address la where la.lead_id = @lead and la.kind = 'phone' and la.role <> 'company' and la.detached_at is null order by la.address_id
        """;

    internal const string Rekey = "update touch set window_key = @key, zone_group = @zone where id = @touch and state = 'planned'";

    internal const string Unpark = """
        update touch set parked_reason = null, due_at = case when due_at < @now then @now else due_at end where id = @touch and state = 'planned' and parked_reason = @reason
        """;

    /// <summary>
    /// Gives the offers of a person the window that the evidence now allows, and frees those that waited for what was just written. The caller
    /// holds the lead and has bumped it. A guess that turns out wrong is judged again before anything begins.
    /// </summary>
    internal static async Task FreeOffersAsync(SqlSession s, string lead, IReadOnlyCollection<string> opened, Instant now)
    {
        var offers = await s.QueryAsync<OfferNow>(OffersNow, new { lead });
        if (offers.Count == 0) return;
        var person = (await s.FirstOrDefaultAsync<LeadData>(LeadNow, new { lead }))!;
        var numbers = await s.QueryAsync<NumberNow>(NumbersNow, new { lead, now });
        var pools = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var offer in offers)
        {
            var (key, zone) = WindowFor(Words.Read<Channel>(offer.Channel), person, numbers, now);
            var moved = key != offer.WindowKey && await s.ExecuteAsync(Rekey, new { touch = offer.Id, key, zone }) == 1;
            var waitedForThis = offer.ParkedReason is "zone_unknown" or "no_common_hour" or "missing_variable" || (offer.ParkedReason is "no_legal_basis" && (opened.Contains(offer.Channel) || (moved && Consented(offer.Channel, numbers))));
            var freed = waitedForThis && await s.ExecuteAsync(Unpark, new { touch = offer.Id, now, reason = offer.ParkedReason }) == 1;
            if (freed || (moved && offer.ParkedReason is null)) pools.Add(offer.PoolId);
        }

        foreach (var pool in pools) await SqlTouchLedger.WakeSendersAsync(s, pool, now);
    }

    /// <summary>Somebody who consented and yet has no basis waits for a state's paper, or in a state that bars it: another state is another law.</summary>
    private static bool Consented(string channel, IReadOnlyList<NumberNow> numbers) => numbers.Any(n => (channel == "call" ? n.ForCalls : n.ForTexts) > 0);

    private static (string Key, string Zone) WindowFor(Channel channel, LeadData person, IReadOnlyList<NumberNow> numbers, Instant now)
    {
        if (channel == Channel.Email) return (WindowKey.Always, WindowKey.Always);
        // The number the judge will take: same order.
        var number = numbers
            .OrderBy(n => channel == Channel.Text && n.Extension is not null ? 1 : 0)
            .ThenBy(n => (channel == Channel.Call ? n.ForCalls : n.ForTexts) > 0 ? 0 : 1)
            .ThenBy(n => n.Role switch { "mobile" => 0, "direct" => 1, _ => 2 })
            .FirstOrDefault();
        var evidence = ZoneEvidence.Of(person.Street, person.PostalCode, person.State, person.CompanyState, number?.AddressId.Substring(2, 3), person.StatedZone);
        return (WindowKey.For(channel, evidence.Zones, evidence.States), ZoneGroup.Of(evidence.Zones, now));
    }

    internal sealed class OfferNow
    {
        public string Id { get; init; } = "";
        public string Channel { get; init; } = "";
        public string PoolId { get; init; } = "";
        public string WindowKey { get; init; } = "";
        public string? ParkedReason { get; init; }
    }

    private sealed class NumberNow
    {
        public string AddressId { get; init; } = "";
        public string Role { get; init; } = "";
        public string? Extension { get; init; }
        public long ForCalls { get; init; }
        public long ForTexts { get; init; }
    }
}
