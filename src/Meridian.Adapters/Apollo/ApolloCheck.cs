using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Engine.Prospecting;

namespace Meridian.Adapters.Apollo;

/// <summary>
/// Looks at what the key may do, for nothing. Searching is proved by a search for one person, because a key's scope is per endpoint; enriching
/// cannot be tried without paying, so the profile must know the key and show credits.
/// </summary>
public sealed class ApolloCheck(HttpClient http, ApolloOptions options, Clocks clocks) : IProviderCheck
{
    private static readonly SearchFilter Anybody = new([], [], [], [], null, PerPage: 1);

    private readonly Wire wire = new(http, clocks.Machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    public string Provider => "apollo";

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        if (string.Join(' ', options.Problems()) is { Length: > 0 } problems)
            return [.. new[] { "search", "enrich" }.Select(capability => new CheckFinding(capability, false, problems, "Complete the Apollo settings."))];
        return [await SearchAsync(cancellation).ConfigureAwait(false), await EnrichAsync(cancellation).ConfigureAwait(false)];
    }

    private async Task<CheckFinding> SearchAsync(CancellationToken cancellation)
    {
        var body = SearchRequest.Of(Anybody, page: 1);
        var exchange = await wire.SendAsync(HttpMethod.Post, options.At("mixed_people/api_search"), Authorize, body, null, cancellation).ConfigureAwait(false);
        return Readable(exchange) is { } page && page.At("people").ValueKind == JsonValueKind.Array
            ? new CheckFinding("search", true, "Apollo answers a people search with this key.", null)
            : Failed("search", ApolloRefusals.Of(exchange, paid: false, clocks.Now));
    }

    private async Task<CheckFinding> EnrichAsync(CancellationToken cancellation)
    {
        var exchange = await wire.GetAsync(options.At("users/api_profile?include_credit_usage=true"), Authorize, cancellation).ConfigureAwait(false);
        if (Readable(exchange) is not { } profile || profile.At("id").IsMissing()) return Failed("enrich", ApolloRefusals.Of(exchange, paid: false, clocks.Now));
        return CreditsLeft(profile) switch
        {
            null => new CheckFinding("enrich", true, "Apollo knows the key; it does not say how many credits are left.", null),
            <= 0 => Failed("enrich", new SourceRefusal(SourceTrouble.OutOfCredits, "Apollo knows the key, but no credits are left.")),
            { } left => new CheckFinding("enrich", true, string.Create(CultureInfo.InvariantCulture, $"Apollo knows the key; {left:0.##} credits are left."), null),
        };
    }

    private static JsonElement? Readable(Exchange exchange) =>
        exchange is Exchange.Answered { Succeeded: true } answer && JsonReading.TryParse(answer.Body) is { ValueKind: JsonValueKind.Object } json ? json : null;

    private static double? CreditsLeft(JsonElement profile) =>
        profile.At("num_credits_remaining").Number()
        ?? (profile.At("effective_num_lead_credits").Number() is { } most && profile.At("num_lead_credits_used").Number() is { } used ? most - used : null);

    private static CheckFinding Failed(string capability, SourceRefusal refusal) => new(capability, false, refusal.Reason, refusal.Trouble switch
    {
        SourceTrouble.Account => "Make an API key in Apollo under Settings, Integrations, API, with access to people search and people enrichment; the plan must include the API.",
        SourceTrouble.OutOfCredits => "Buy credits in Apollo, or wait for the next billing cycle.",
        SourceTrouble.RateLimited => "Apollo's rate limit is used up; check again later.",
        SourceTrouble.Invalid => "Apollo refuses the request itself: check that BaseUrl is Apollo's API.",
        _ => "Apollo did not answer as it should: look at the network, and at apollo.baseUrl if it is set; it is tried again in five minutes.",
    });

    private void Authorize(HttpRequestHeaders headers) => ApolloKey.Show(headers, options);
}
