using System.Security.Cryptography;
using System.Text;
using Meridian.Adapters.Apollo;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Engine.Prospecting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Host.Webhooks;

/// <summary>
/// Raw signal first: a webhook is stored under its unique event id before it is understood, and acknowledged only after that commit. What
/// cannot be stored is answered so that the provider tries again.
/// </summary>
public static class WebhookEndpoints
{
    private const int MostBytes = 1_000_000;

    public static void Map(IEndpointRouteBuilder routes, ISignals signals, IReadOnlyDictionary<string, ISignalReader> readers, string secret, Clocks clocks, Action poke)
    {
        // Vapi sends our secret back in a header.
        routes.MapPost("/webhooks/vapi", async (HttpContext http) =>
            Same(http.Request.Headers["X-Meridian-Secret"].ToString(), secret)
                ? await StoreAsync(http, readers["vapi"], VapiRedaction.Redact, StatusCodes.Status503ServiceUnavailable)
                : Results.Unauthorized());

        // HighLevel's workflow webhooks carry no signature; the secret is the path. It loses events on anything but 429.
        routes.MapPost("/webhooks/highlevel/{given}", async (HttpContext http, string given) =>
            Same(given, secret)
                ? await StoreAsync(http, readers["highlevel"], raw => raw, StatusCodes.Status429TooManyRequests)
                : Results.NotFound());

        // Apollo's deliveries are unsigned: each order has an address of its own.
        routes.MapPost("/webhooks/apollo/{order}/{signature}", async (HttpContext http, string order, string signature) =>
            PhoneDeliveries.IsOurs(order, signature, secret)
                ? await StoreAsync(http, readers["apollo"], raw => ApolloSignals.Wrap(order, raw), StatusCodes.Status503ServiceUnavailable)
                : Results.NotFound());

        async Task<IResult> StoreAsync(HttpContext http, ISignalReader reader, Func<string, string> keep, int busy)
        {
            var raw = await ReadAsync(http.Request);
            if (raw is null) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
            try
            {
                var kept = keep(raw);
                await signals.StoreAsync(reader.Provider, reader.Describe(kept), kept, clocks.Now);
            }
            catch (Exception) when (!http.RequestAborted.IsCancellationRequested)
            {
                return Results.StatusCode(busy);
            }

            poke();
            return Results.Json(new { });
        }
    }

    private static async Task<string?> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var buffer = new char[MostBytes + 1];
        var read = await reader.ReadBlockAsync(buffer);
        return read > MostBytes ? null : new string(buffer, 0, read);
    }

    private static bool Same(string given, string secret) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
