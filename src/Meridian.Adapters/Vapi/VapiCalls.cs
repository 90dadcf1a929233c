using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.Vapi;

/// <summary>
/// Places calls at Vapi. There is no idempotency key, so our touch id travels in three places (name, metadata, the assistant's metadata; the
/// customer's external id carries the lead) and a lost answer is looked for, never asked again.
/// </summary>
public sealed class VapiCalls(HttpClient http, VapiOptions options, TimeProvider machine) : ICallTransport
{
    /// <summary>Two clocks need not agree; the touch id decides, so a wide look costs nothing.</summary>
    private static readonly Duration Slack = Duration.FromMinutes(1);

    private const int PageSize = 1000;
    private const int MostPages = 5;

    private readonly Wire wire = new(http, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    public async Task<SendResult> PlaceAsync(SendPermit permit, OutgoingCall call, CancellationToken cancellation)
    {
        if (permit.TouchId != call.TouchId) throw new ArgumentException($"permit {permit.PermitId} is for touch {permit.TouchId}, not for {call.TouchId}");
        if (call.Extension is { Length: > 10 }) return new SendResult.Refused("the extension is longer than the 10 characters Vapi dials");
        if (permit.IsSpent) return new Exchange.NotPermitted().Unanswered();

        var exchange = await wire.SendAsync(HttpMethod.Post, At("/call"), Authorize, CallRequest.Of(call, options), permit, cancellation).ConfigureAwait(false);
        return exchange is Exchange.Answered answer ? VapiAnswers.ToPlacing(answer.Status, answer.Body, answer.RetryAfter) : exchange.Unanswered();
    }

    /// <summary>The control address is the whole secret: no key goes with it, and it must be Vapi's.</summary>
    public async Task<bool> HangUpAsync(string controlUrl, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(controlUrl, UriKind.Absolute, out var uri) || !IsVapis(uri)) return false;
        var order = new JsonObject { ["type"] = "end-call" };
        return await wire.SendAsync(HttpMethod.Post, uri, static _ => { }, order, null, cancellation).ConfigureAwait(false) is Exchange.Answered { Succeeded: true };
    }

    public async Task<CallStanding?> LookUpAsync(string providerRef, CancellationToken cancellation)
    {
        var exchange = await wire.GetAsync(At($"/call/{Uri.EscapeDataString(providerRef)}"), Authorize, cancellation).ConfigureAwait(false);
        return exchange is Exchange.Answered { Succeeded: true } answer && JsonReading.TryParse(answer.Body) is { } call ? CallReading.Standing(call) : null;
    }

    /// <summary>The list cannot be filtered by our id, so it is read whole for the time and caller ID, newest first, page by page.</summary>
    public async Task<Sighting> FindAsync(string touchId, string providerSenderKey, Instant from, Instant to, CancellationToken cancellation)
    {
        var begin = $"/call?phoneNumberId={Uri.EscapeDataString(providerSenderKey)}&createdAtGe={Iso(from - Slack)}&limit={PageSize}";
        var until = $"&createdAtLe={Iso(to + Slack)}";
        Instant? turnedAt = null;
        for (var page = 0; page < MostPages; page++)
        {
            var exchange = await wire.GetAsync(At(begin + until), Authorize, cancellation).ConfigureAwait(false);
            if (exchange is not Exchange.Answered { Succeeded: true } answer) return new Sighting.CannotTell(Why(exchange));
            if (JsonReading.TryParse(answer.Body) is not { ValueKind: JsonValueKind.Array } calls) return new Sighting.CannotTell("Vapi's list of calls could not be read");

            foreach (var call in calls.Items())
            {
                if (CallReading.TouchId(call) == touchId && call.At("id").Text() is { } id) return new Sighting.Found(id, call.At("monitor", "controlUrl").Text());
            }

            if (calls.GetArrayLength() < PageSize) return new Sighting.NotFound();
            // Others of the same instant may be on the next page: what was seen is seen again rather than passed over.
            if (calls.Items().Select(call => call.At("createdAt").Time()).Min() is not { } oldest || oldest == turnedAt) break;
            turnedAt = oldest;
            until = $"&createdAtLe={Iso(oldest)}";
        }

        return new Sighting.CannotTell($"Vapi lists more than {PageSize} calls for that time");
    }

    private bool IsVapis(Uri uri) =>
        (uri.Scheme == Uri.UriSchemeHttps && (uri.Host == "vapi.ai" || uri.Host.EndsWith(".vapi.ai", StringComparison.OrdinalIgnoreCase)))
        || (uri.Scheme == options.BaseUrl.Scheme && string.Equals(uri.Host, options.BaseUrl.Host, StringComparison.OrdinalIgnoreCase));

    private void Authorize(HttpRequestHeaders headers) => headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);

    private Uri At(string path) => new(options.BaseUrl.AbsoluteUri.TrimEnd('/') + path);

    private static string Iso(Instant at) => Uri.EscapeDataString(InstantPattern.ExtendedIso.Format(at));

    private static string Why(Exchange exchange) => exchange is Exchange.Answered answer
        ? $"Vapi answered {answer.Status}: {JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body)}"
        : exchange.Unanswered() switch
        {
            SendResult.NotSent notSent => notSent.Reason,
            SendResult.Unknown unknown => unknown.Reason,
            var other => other.ToString(),
        };
}
