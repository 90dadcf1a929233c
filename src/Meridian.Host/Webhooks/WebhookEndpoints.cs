using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Adapters.Apollo;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Engine.Prospecting;
using Meridian.Engine.Voice;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Host.Webhooks;

/// <summary>
/// Raw signal first: a webhook is stored under its unique event id before it is understood, and acknowledged only after that commit. What cannot be
/// stored is answered 429, never 500: HighLevel repeats nothing else, and the others repeat that, too.
/// </summary>
public sealed class WebhookEndpoints
{
    private const int MostBytes = 1_000_000;

    private readonly ISignals signals;
    private readonly IReadOnlyDictionary<string, ISignalReader> readers;
    private readonly WebhookGates gates;
    private readonly Clocks clocks;
    private readonly Action poke;

    private WebhookEndpoints(ISignals signals, IReadOnlyDictionary<string, ISignalReader> readers, WebhookGates gates, Clocks clocks, Action poke)
    {
        this.signals = signals;
        this.readers = readers;
        this.gates = gates;
        this.clocks = clocks;
        this.poke = poke;
    }

    public static void Map(IEndpointRouteBuilder routes, ISignals signals, IReadOnlyDictionary<string, ISignalReader> readers, WebhookGates gates, Clocks clocks, Action poke)
    {
        var endpoints = new WebhookEndpoints(signals, readers, gates, clocks, poke);
        routes.MapPost("/webhooks/vapi", (Delegate)endpoints.VapiAsync);

        // A marketplace app signs what it sends.
        routes.MapPost("/webhooks/highlevel", (Delegate)endpoints.SignedAsync);

        // HighLevel's workflow webhooks carry no signature; the secret is the path.
        routes.MapPost("/webhooks/highlevel/{given}", async (HttpContext http, string given) =>
            Same(given, gates.Secret) ? await endpoints.StoreAsync(http, "highlevel", raw => raw) : Results.NotFound());

        // Apollo's deliveries are unsigned: each order has an address of its own.
        routes.MapPost("/webhooks/apollo/{order}/{signature}", async (HttpContext http, string order, string signature) =>
            PhoneDeliveries.IsOurs(order, signature, gates.Secret) ? await endpoints.StoreAsync(http, "apollo", raw => ApolloSignals.Wrap(order, raw)) : Results.NotFound());
    }

    private async Task<IResult> VapiAsync(HttpContext http)
    {
        if (await BodyAsync(http.Request) is not { } body) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        var request = http.Request;
        if (!VapiWebhookAuth.LetsIn(name => request.Headers[name], body, request.Method, $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}", gates.Secret, gates.Vapi()?.Hmac, clocks.MachineNow))
            return Results.Unauthorized();
        var raw = Encoding.UTF8.GetString(body);
        var (refusal, fresh) = await KeepAsync(http, "vapi", VapiRedaction.Redact(raw));
        if (refusal is not null) return refusal;

        if (ToolCallReading.Of(raw) is { Count: > 0 } tools) return Results.Json(await AnswerAsync(tools, fresh, http.RequestAborted));
        if (VapiSignals.IsIncomingCall(raw)) return Results.Json(await WhoAnswersAsync());
        return Results.Json(new { });
    }

    private async Task<IResult> SignedAsync(HttpContext http)
    {
        if (await BodyAsync(http.Request) is not { } body) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        if (gates.HighLevel() is not { } highLevel || !HighLevelSignature.IsGenuine(body, http.Request.Headers[HighLevelSignature.Header], http.Request.Headers[HighLevelSignature.LegacyHeader], highLevel)) return Results.Unauthorized();
        var raw = Encoding.UTF8.GetString(body);
        // An app's events come from every location that installed it.
        if (!HighLevelSignals.IsOf(raw, highLevel.LocationId)) return Results.Json(new { });
        return (await KeepAsync(http, "highlevel", raw)).Refusal ?? Results.Json(new { });
    }

    private async Task<IResult> StoreAsync(HttpContext http, string provider, Func<string, string> keep)
    {
        if (await BodyAsync(http.Request) is not { } body) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        return (await KeepAsync(http, provider, keep(Encoding.UTF8.GetString(body)))).Refusal ?? Results.Json(new { });
    }

    /// <summary>No refusal: it is in the database, or was before.</summary>
    private async Task<(IResult? Refusal, bool Fresh)> KeepAsync(HttpContext http, string provider, string raw)
    {
        try
        {
            var envelope = readers[provider].Describe(raw);
            if (!envelope.IsKept) return (null, false);
            var fresh = await signals.StoreAsync(provider, envelope, raw, clocks.Now);
            poke();
            return (null, fresh);
        }
        catch (Exception) when (!http.RequestAborted.IsCancellationRequested)
        {
            return (Results.StatusCode(StatusCodes.Status429TooManyRequests), false);
        }
    }

    private async Task<JsonObject> AnswerAsync(IReadOnlyList<VoiceToolCall> tools, bool fresh, CancellationToken cancellation)
    {
        var said = new List<(string, string, string)>();
        foreach (var tool in tools)
        {
            string answer;
            try
            {
                answer = gates.Tools is { } voice ? await voice.AnswerAsync(tool, fresh, cancellation) : "It is noted.";
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                answer = "That did not work. Say that a person will be in touch."; // whoever is on the line hears no stack trace
            }

            said.Add((tool.Id, tool.Name, answer));
        }

        return VapiReplies.Results(said);
    }

    private async Task<JsonObject> WhoAnswersAsync()
    {
        if (gates.Vapi() is not { } vapi) return VapiReplies.NobodyAnswers();
        var owner = await gates.Owner();
        return VapiReplies.Answering(vapi, owner.SellerName, WarmTransfer.To(owner, clocks.Now), owner.MaxCallSeconds);
    }

    /// <summary>Null: it is too long.</summary>
    private static async Task<byte[]?> BodyAsync(HttpRequest request)
    {
        var buffer = new byte[Math.Min(MostBytes, Math.Max(0, request.ContentLength ?? 4096)) + 1];
        var read = 0;
        while (true)
        {
            if (read == buffer.Length)
            {
                if (read > MostBytes) return null;
                Array.Resize(ref buffer, (int)Math.Min(2L * buffer.Length, MostBytes + 1));
            }

            var more = await request.Body.ReadAsync(buffer.AsMemory(read));
            if (more == 0) return buffer[..read];
            read += more;
        }
    }

    private static bool Same(string given, string secret) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
