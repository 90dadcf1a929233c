using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Apollo;

/// <summary>
/// Sells records, at most ten at once, by id only. A second purchase of the same person costs again: nobody knows what the real one does, and
/// so a client that pays twice is seen.
/// </summary>
internal sealed class Shop(Chance chance, SandboxLog log, Population population, Credits credits, PhoneOrders phones, TimeProvider clock)
{
    private const int MostAtOnce = 10;
    private readonly Lock gate = new();
    private readonly HashSet<string> requestIds = [];

    public Answer BulkMatch(Parameters asked)
    {
        if (asked.Body.List("details") is not { Count: > 0 } details) return ApolloErrors.Bulk("INVALID_REQUEST", "invalid request, missing details");
        if (details.Count > MostAtOnce) return ApolloErrors.Bulk("RECORD_LIMIT_EXCEEDED", "cannot enrich more than 10 in a single request");
        var withPhones = asked.Flag("reveal_phone_number");
        var deliverTo = Uri.TryCreate(asked.Text("webhook_url"), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;
        if (withPhones && deliverTo is null) return ApolloErrors.NoWebhook;
        if (!withPhones && asked.Text("webhook_url") is not null) return ApolloErrors.Invalid("Invalid parameters");

        var matches = details.Select(detail => detail.Text("id") is { } id && population.Find(id) is { IsGone: false } person ? person : null).ToList();
        var people = matches.OfType<Person>().DistinctBy(person => person.Id).ToList();
        lock (gate)
        {
            var requestId = NextId(people);
            var order = withPhones ? phones.Prepare(requestId, deliverTo!, people) : null;
            if (!credits.TrySpend(people.Count, () => Write(people, requestId, withPhones, order))) return ApolloErrors.OutOfCredits(clock.GetUtcNow());
            if (order is not null) phones.Open(order);
            return Answer.Ok(Sold(details.Count, matches, people.Count, requestId, withPhones, order));
        }
    }

    public void Recall(LogLine line)
    {
        if (line is { Provider: "apollo", Id: { } id }) requestIds.Add(id);
    }

    private void Write(List<Person> people, string requestId, bool withPhones, PhoneOrder? order)
    {
        // The book first: an order in the log whose address nobody kept could never be delivered after a restart.
        if (order is not null) phones.Keep(order);
        foreach (var person in people)
        {
            log.Append(at => new LogLine(at, "apollo", withPhones ? "phone_order" : "enrich")
            {
                To = person.IsStub ? null : person.Email, Subject = person.Id, Body = PersonJson.ForTheLog(person, credits: 1), Outcome = "1", Id = requestId,
            });
        }
    }

    private static JsonObject Sold(int requested, List<Person?> matches, int found, string requestId, bool withPhones, PhoneOrder? order)
    {
        var json = new JsonObject
        {
            ["status"] = "success", ["error_code"] = null, ["error_message"] = null, ["total_requested_enrichments"] = requested, ["unique_enriched_records"] = found,
            ["missing_records"] = matches.Count(match => match is null), ["credits_consumed"] = JsonNode.Parse($"{found}.0"),
            ["matches"] = new JsonArray([.. matches.Select(match => match is null ? null : PersonJson.Record(match))]), ["request_id"] = Long(requestId),
        };
        if (!withPhones) return json;
        json["phone_enrichment"] = order is null
            ? new JsonObject { ["request_id"] = requestId, ["status"] = "skipped", ["message"] = "A phone enrichment request for these people is already in progress." }
            : new JsonObject { ["request_id"] = requestId, ["status"] = "pending", ["message"] = "Phone numbers will be sent to the provided webhook URL." };
        return json;
    }

    /// <summary>Sixty-four bits with a sign, mostly too large for a double, and never one that was given before.</summary>
    private string NextId(List<Person> people)
    {
        for (var n = 1; ; n++)
        {
            var number = BinaryPrimitives.ReadInt64BigEndian(chance.Hash("apollo-request", string.Join(',', people.Select(p => p.Id)), n.ToString(CultureInfo.InvariantCulture)));
            if (number.ToString(CultureInfo.InvariantCulture) is var id && requestIds.Add(id)) return id;
        }
    }

    private static JsonNode Long(string id) => JsonValue.Create(long.Parse(id, CultureInfo.InvariantCulture));
}
