using System.Globalization;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Apollo;

/// <summary>
/// Phones come two to ten minutes after they were ordered: once to the address of the order, which may miss them, and for thirty days to
/// whoever asks with the order's number. Only a mobile costs, and only when it is found.
/// </summary>
internal sealed class PhoneOrders(
    Chance chance, SandboxLog log, ProviderBook book, TimerQueue timers, WebhookSender sender, WebhookRoad road, Population population, Credits credits, TimeProvider clock)
{
    private const int CreditsForAMobile = 8;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly Dictionary<string, string> NoHeaders = [];

    private readonly Lock gate = new();
    private readonly Dictionary<string, PhoneOrder> kept = book.Found("phone_order").ToDictionary(found => found.Id, found => PhoneOrder.Of(found.Id, found.Entry));
    private readonly Dictionary<string, JsonObject> keptResults = book.Found("phone_result").ToDictionary(found => found.Id, found => found.Entry);
    private readonly OrderedDictionary<string, PhoneOrder> open = [];
    private readonly OrderedDictionary<string, PhoneOrder> done = [];
    private readonly Dictionary<string, JsonObject> results = [];

    /// <summary>Null: other orders are looking for all of these people, and nothing will come for this one.</summary>
    public PhoneOrder? Prepare(string id, Uri deliverTo, IReadOnlyList<Person> people)
    {
        lock (gate)
        {
            var underWay = open.Values.SelectMany(order => order.People).ToHashSet(StringComparer.Ordinal);
            var wanted = people.Select(person => person.Id).Where(person => !underWay.Contains(person)).ToList();
            if (wanted.Count == 0 && people.Count > 0) return null;
            var now = Stamp.Now(clock);
            return new PhoneOrder(id, deliverTo, wanted, now, now + chance.Seconds(120, 600, "apollo-phones-ready", id));
        }
    }

    public void Keep(PhoneOrder order) => book.Keep("phone_order", order.Id, order.ToJson());

    public void Open(PhoneOrder order)
    {
        lock (gate) open[order.Id] = order;
        timers.Schedule(order.ReadyAt, ct => DeliverAsync(order, ct));
    }

    public Answer Result(string id)
    {
        if (!long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) return ApolloErrors.Result(400, "invalid_request_id");
        lock (gate)
        {
            if (open.ContainsKey(id)) return ApolloErrors.Pending;
            if (!results.TryGetValue(id, out var result)) return ApolloErrors.Result(404, "request_id_unknown");
            if (Stamp.Now(clock) - done[id].ReadyAt > Kept) return ApolloErrors.Result(410, "request_id_expired");
            return Answer.Ok(new JsonObject
            {
                ["request_id"] = id, ["webhook_status"] = "success", ["request_type"] = "phone", ["last_dispatched_at"] = Stamp.Text(done[id].ReadyAt), ["failure_reason"] = null,
                ["webhook_result"] = result.DeepClone(),
            });
        }
    }

    /// <summary>An order is one whose line was written; a delivery too. What only the book knows was cut off before anybody heard of it.</summary>
    public void Recall(LogLine line)
    {
        if (line is not { Provider: "apollo", Id: { } id } || !kept.TryGetValue(id, out var order)) return;
        if (line.Kind == "phone_order") open[id] = order;
        if (line.Kind != "phones" || !keptResults.TryGetValue(id, out var result)) return;
        open.Remove(id);
        (done[id], results[id]) = (order, result);
    }

    /// <summary>Everything still looked for when the last run ended. What came due meanwhile is due at once.</summary>
    public void Resume()
    {
        foreach (var order in open.Values) timers.Schedule(order.ReadyAt, ct => DeliverAsync(order, ct));
    }

    private async Task DeliverAsync(PhoneOrder order, CancellationToken ct)
    {
        var result = Find(order);
        await road.TakeAsync(
            "apollo phones", order.Id, order.ReadyAt, "", carriesWords: false, result.ToJsonString(), null,
            (parcel, later) => sender.PostAsync(parcel.Address(order.DeliverTo), parcel.Json, NoHeaders, Patience, later), ct);
    }

    /// <summary>The payload carries no number of the order: the address alone says what it is about.</summary>
    private JsonObject Find(PhoneOrder order)
    {
        lock (gate)
        {
            if (results.TryGetValue(order.Id, out var known)) return known;
            var found = order.People.Select(id => population.Find(id)!).Select(person => (Person: person, Phones: population.PhonesOf(person))).ToList();
            var mobiles = found.Count(one => one.Phones.Count > 0);
            JsonObject? result = null;
            if (!credits.TrySpend(mobiles * CreditsForAMobile, () => result = Write(order, found, mobiles)))
            {
                // Nothing is sold on credit: they are looked for, and nothing is found.
                found = [.. found.Select(one => (one.Person, (IReadOnlyList<PersonPhone>)[]))];
                result = Write(order, found, 0);
            }

            open.Remove(order.Id);
            (done[order.Id], results[order.Id]) = (order, result!);
            return result!;
        }
    }

    private JsonObject Write(PhoneOrder order, List<(Person Person, IReadOnlyList<PersonPhone> Phones)> found, int mobiles)
    {
        var result = new JsonObject
        {
            ["status"] = "success", ["total_requested_enrichments"] = found.Count, ["unique_enriched_records"] = mobiles, ["missing_records"] = found.Count - mobiles,
            ["credits_consumed"] = mobiles * CreditsForAMobile,
            ["people"] = new JsonArray([.. found.Select(one => new JsonObject
            {
                ["id"] = one.Person.Id, ["status"] = one.Phones.Count > 0 ? "success" : "not_found",
                ["phone_numbers"] = new JsonArray([.. one.Phones.Select((phone, i) => PersonJson.Phone(phone, i, Convert.ToHexStringLower(chance.Hash("apollo-number", one.Person.Id, phone.Number))[..24]))]),
            })]),
        };
        book.Keep("phone_result", order.Id, result);
        foreach (var (person, phones) in found)
        {
            log.Append(at => new LogLine(at, "apollo", "phones")
            {
                To = phones.Count > 0 ? phones[0].Number : null, Subject = person.Id, Body = PersonJson.ForTheLog(phones),
                Outcome = phones.Count > 0 ? CreditsForAMobile.ToString(CultureInfo.InvariantCulture) : "0", Id = order.Id,
            });
        }

        return result;
    }
}
