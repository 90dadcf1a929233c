using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine;
using Meridian.Engine.Prospecting;

namespace Meridian.Adapters.Apollo;

/// <summary>
/// Finds people at Apollo. Nothing there is idempotent: a paid request goes on the wire once, and one without an answer counts as bought.
/// Filters travel in the body, the flags that decide about money in the query, because that is where each was seen to be obeyed.
/// </summary>
public sealed class ApolloProspects(HttpClient http, ApolloOptions options, Clocks clocks) : IProspectSource
{
    private const int MostAtOnce = 10;

    /// <summary>More people than a narrowed search can have: Apollo did not understand a filter and shows everybody.</summary>
    private const long Everybody = 10_000_000;

    private readonly Wire wire = new(http, clocks.Machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    public string Name => "apollo";

    /// <summary>Apollo shows 500 pages of a search.</summary>
    public const int LastPage = SearchRequest.MostPages;

    public int MostPages => LastPage;

    public async Task<SearchReply> SearchAsync(SearchFilter filter, int page, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(page, 1);
        if (page > SearchRequest.MostPages) return SearchReply.No(SourceTrouble.Invalid, $"Apollo shows no page after {SearchRequest.MostPages}; narrow the search");

        var (answer, refusal) = await PostAsync("mixed_people/api_search", SearchRequest.Of(filter, page), paid: false, cancellation).ConfigureAwait(false);
        if (refusal is not null) return new SearchReply([], 0, refusal);
        if (answer.At("people") is not { ValueKind: JsonValueKind.Array } people || answer.At("total_entries").Number() is not { } total)
            return new SearchReply([], 0, ApolloRefusals.Unreadable(paid: false, "page of people"));
        if (total > Everybody) return SearchReply.No(SourceTrouble.Invalid, $"Apollo finds {total:0} people, which is everybody it has: it ignored the filters");
        return new SearchReply([.. people.Items().Select(PersonReading.Found).OfType<FoundProspect>()], (long)total);
    }

    public async Task<EnrichReply> EnrichAsync(IReadOnlyList<string> externalIds, CancellationToken cancellation)
    {
        var (answer, refusal) = await BuyAsync("reveal_personal_emails=false&reveal_phone_number=false", externalIds, cancellation).ConfigureAwait(false);
        if (refusal is not null) return new EnrichReply([], 0, refusal);
        var matches = answer.At("matches");
        return new EnrichReply(PersonReading.Matches(matches, externalIds), Charged(answer));
    }

    public async Task<PhoneOrderReply> OrderPhonesAsync(IReadOnlyList<string> externalIds, Uri deliverTo, CancellationToken cancellation)
    {
        if (!deliverTo.IsAbsoluteUri) throw new ArgumentException($"phones cannot be delivered to {deliverTo}: it is not an absolute address", nameof(deliverTo));
        var flags = $"reveal_personal_emails=false&reveal_phone_number=true&webhook_url={Uri.EscapeDataString(deliverTo.AbsoluteUri)}";
        var (answer, refusal) = await BuyAsync(flags, externalIds, cancellation).ConfigureAwait(false);
        if (refusal is not null) return new PhoneOrderReply(null, false, 0, refusal);

        var order = answer.At("phone_enrichment");
        var id = PhoneReading.RequestId(order.At("request_id")) ?? PhoneReading.RequestId(answer.At("request_id"));
        if (order.At("status").Text() == "skipped") return new PhoneOrderReply(id, AlreadyUnderWay: true, Charged(answer));
        return id is not null
            ? new PhoneOrderReply(id, AlreadyUnderWay: false, Charged(answer))
            : new PhoneOrderReply(null, false, Charged(answer), ApolloRefusals.Unreadable(paid: true, "number of the phone order"));
    }

    public async Task<PhonesReply> CollectPhonesAsync(string requestId, CancellationToken cancellation)
    {
        var exchange = await wire.GetAsync(options.At($"webhook_result/{Uri.EscapeDataString(requestId)}"), Authorize, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return Nothing(ApolloRefusals.Of(exchange, paid: false, clocks.Now));
        var json = JsonReading.TryParse(answer.Body) ?? default;
        if (json.At("error_code").Text() == "result_pending") return new PhonesReply([], Pending: true, 0);
        // Which of Apollo's computers answered "not found", and about what, is only known when it says so.
        if (answer.Status == 404 && json.At("error_code").IsMissing()) return Nothing(new SourceRefusal(SourceTrouble.Unavailable, "Apollo answered 404 without saying why"));
        if (!answer.Succeeded) return Nothing(ApolloRefusals.Of(answer, paid: false, clocks.Now));

        var result = json.At("webhook_result");
        if (result.ValueKind == JsonValueKind.String) result = JsonReading.TryParse(result.Text()) ?? default;
        return json.At("webhook_status").Text() switch
        {
            "in_progress" => new PhonesReply([], Pending: true, 0),
            "failed" => Nothing(new SourceRefusal(SourceTrouble.Invalid, $"Apollo gave up the order: {json.At("failure_reason").Text() ?? "it does not say why"}")),
            _ when PhoneReading.Delivery(result) is { } phones => new PhonesReply(phones, Pending: false, PhoneReading.Credits(result) ?? 0),
            _ => Nothing(ApolloRefusals.Unreadable(paid: false, "result of the phone order")),
        };
    }

    /// <summary>Asked for by id only: a name and a company may buy an empty record.</summary>
    private async Task<(JsonElement Answer, SourceRefusal? Refusal)> BuyAsync(string flags, IReadOnlyList<string> externalIds, CancellationToken cancellation)
    {
        if (externalIds.Count is < 1 or > MostAtOnce) throw new ArgumentException($"Apollo sells 1 to {MostAtOnce} people at once, not {externalIds.Count}", nameof(externalIds));
        var body = new JsonObject { ["details"] = new JsonArray([.. externalIds.Select(id => new JsonObject { ["id"] = id })]) };
        var (answer, refusal) = await PostAsync($"people/bulk_match?{flags}", body, paid: true, cancellation).ConfigureAwait(false);
        if (refusal is not null || answer.At("matches").ValueKind == JsonValueKind.Array) return (answer, refusal);
        return (answer, ApolloRefusals.IsOutOfCredits(answer, null)
            ? new SourceRefusal(SourceTrouble.OutOfCredits, $"Apollo answered: {ApolloRefusals.Said(answer, null)}")
            : ApolloRefusals.Unreadable(paid: true, "list of people bought"));
    }

    private async Task<(JsonElement Answer, SourceRefusal? Refusal)> PostAsync(string path, JsonObject body, bool paid, CancellationToken cancellation)
    {
        var exchange = await wire.SendAsync(HttpMethod.Post, options.At(path), Authorize, body, null, cancellation).ConfigureAwait(false);
        return exchange is Exchange.Answered { Succeeded: true } answer && JsonReading.TryParse(answer.Body) is { ValueKind: JsonValueKind.Object } json
            ? (json, null)
            : (default, ApolloRefusals.Of(exchange, paid, clocks.Now));
    }

    /// <summary>Should Apollo not say, it is one credit for everybody it returned.</summary>
    private static decimal Charged(JsonElement answer) =>
        PhoneReading.Credits(answer) ?? answer.At("matches").Items().Count(match => match.ValueKind == JsonValueKind.Object);

    private static PhonesReply Nothing(SourceRefusal refusal) => new([], Pending: false, 0, refusal);

    private void Authorize(HttpRequestHeaders headers) => ApolloKey.Show(headers, options);
}
