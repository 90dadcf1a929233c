using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine;
using Meridian.Engine.Inbound;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.Vapi;

/// <summary>
/// Reads Vapi's own record of who called our caller IDs: a webhook may be lost, and nobody looks a call up that we did not make. What is found is written as
/// the report the webhook would have been, under its event id.
/// </summary>
/// <remarks>Contract: GET /call (vendor's OpenAPI of August 2026): a bare array, filtered by number and time of making, a page of 1000 at most and no next page; newest first (users).</remarks>
public sealed class VapiCallsToUs(HttpClient http, VapiOptions options, IReadOnlyCollection<string> phoneNumberIds, Clocks clocks) : IInboundPoll
{
    /// <summary>A call brings its whole transcript along.</summary>
    private const int PageSize = 100;

    /// <summary>Beyond this many pages something is wrong with the paging, not with the people.</summary>
    private const int MostPages = 50;

    /// <summary>The report is written in the seconds after the end; whoever looks in between sees a part of it.</summary>
    private static readonly Duration Written = Duration.FromMinutes(1);

    /// <summary>A call that shows no words for so long has none, or they come later.</summary>
    private static readonly Duration WordsAwaited = Duration.FromMinutes(10);

    private readonly Wire wire = new(http, clocks.Machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    public string Provider => "vapi";

    public string Key => "vapi-called-us";

    /// <summary>A call is listed by its beginning and heard at its end: the longest a call of ours lasts is an hour, and its words take a little.</summary>
    public Duration Overlap => Duration.FromMinutes(90);

    /// <summary>As with letters: calls may have been made before anybody listened.</summary>
    public Duration FirstLook => Duration.FromDays(3);

    public async Task<PollAnswer> FetchAsync(Instant since, CancellationToken cancellation)
    {
        var found = new List<string>();
        foreach (var id in phoneNumberIds.Order(StringComparer.Ordinal))
            if (await ReadAsync(id, since, found, cancellation).ConfigureAwait(false) is { } why) return new PollAnswer.NotFetched(why);
        return new PollAnswer.Fetched(found);
    }

    /// <returns>Why it could not be read to the end; null when it was.</returns>
    private async Task<string?> ReadAsync(string phoneNumberId, Instant since, List<string> found, CancellationToken cancellation)
    {
        var begin = $"/call?phoneNumberId={Uri.EscapeDataString(phoneNumberId)}&createdAtGe={Iso(since)}&limit={PageSize}";
        var until = "";
        var seen = new HashSet<string>();
        Instant? turnedAt = null;
        for (var page = 0; page < MostPages; page++)
        {
            var exchange = await wire.GetAsync(new Uri(options.BaseUrl.AbsoluteUri.TrimEnd('/') + begin + until), Authorize, cancellation).ConfigureAwait(false);
            if (exchange is not Exchange.Answered answer) return $"Vapi was not reached: {exchange.Why}";
            var said = JsonReading.TryParse(answer.Body);
            if (!answer.Succeeded) return $"Vapi answered {answer.Status}: {JsonReading.ErrorText(said, answer.Body)}";
            if (said is not { ValueKind: JsonValueKind.Array } calls) return "Vapi's list of calls could not be read";

            foreach (var call in calls.Items())
                if (seen.Add(call.At("id").Text() ?? call.GetRawText()) && AsReport(call) is { } report) found.Add(report);
            if (calls.GetArrayLength() < PageSize) return null;
            // Others of the same instant may be on the next page: what was seen is seen again rather than passed over.
            if (calls.Items().Select(call => call.At("createdAt").Time()).Min() is not { } oldest || oldest == turnedAt) break;
            turnedAt = oldest;
            until = $"&createdAtLe={Iso(oldest)}";
        }

        return "Vapi's list of calls does not end";
    }

    /// <summary>
    /// Null for a call of ours, for one that is not over, and for one whose words are not there yet: told without them, they would be known by its event id and
    /// never heard. When none come, that somebody called is told under an id of its own, and the words are still new.
    /// </summary>
    private string? AsReport(JsonElement call)
    {
        if (!VapiSignals.IsInbound(call) || CallReading.Standing(call)?.Ended is not { } ended) return null;
        var hasWords = CallReading.HasWords(call);
        if ((ended.EndedAt ?? call.At("createdAt").Time() ?? Instant.MinValue) + (hasWords ? Written : WordsAwaited) > clocks.Now) return null;
        var message = new JsonObject { ["type"] = VapiSignals.Report, ["endedReason"] = ended.EndedReason };
        if (!hasWords) message["status"] = "without-words";
        message["call"] = JsonNode.Parse(call.GetRawText());
        return VapiRedaction.Redact(new JsonObject { ["message"] = message }.ToJsonString());
    }

    private void Authorize(HttpRequestHeaders headers) => headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);

    private static string Iso(Instant at) => Uri.EscapeDataString(InstantPattern.ExtendedIso.Format(at));
}
