using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Inbound;

namespace Meridian.Adapters.Apollo;

/// <summary>
/// Apollo's deliveries of phones. They are unsigned and name no order (fact sheet, "Phone delivery"), so what is stored is the delivery in an
/// envelope that names the order its secret address was made for.
/// </summary>
public sealed class ApolloSignals : ISignalReader
{
    public string Provider => "apollo";

    /// <summary>What is stored of a delivery: the order, and the body as it came.</summary>
    public static string Wrap(string orderId, string body) => JsonSerializer.Serialize(new { order = orderId, body });

    public SignalEnvelope Describe(string raw)
    {
        var (order, body) = Unwrap(raw);
        var print = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body ?? raw)).AsSpan(0, 8));
        return new SignalEnvelope($"phones:{order}:{print}", "phones", null, null, [], Holds: false);
    }

    public SignalMeaning Read(string raw)
    {
        var (order, body) = Unwrap(raw);
        if (order is null || body is null || JsonReading.TryParse(body) is not { } payload) return new SignalMeaning.Unreadable("it is not JSON");
        return PhoneReading.Delivery(payload) is { } phones
            ? new SignalMeaning.PhonesDelivered(order, phones, PhoneReading.Credits(payload) ?? 0)
            : new SignalMeaning.Unreadable("it names no people");
    }

    private static (string? Order, string? Body) Unwrap(string raw) => JsonReading.TryParse(raw) is { } json ? (json.At("order").Text(), json.At("body").Text()) : (null, null);
}
