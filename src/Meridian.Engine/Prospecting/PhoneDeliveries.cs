using System.Security.Cryptography;
using System.Text;

namespace Meridian.Engine.Prospecting;

/// <summary>
/// Where a source delivers an order's phones: <c>{public address}/webhooks/{source}/{order}/{signature}</c>. Deliveries carry no signature of their
/// own, so the address is the secret, and another one for each order.
/// </summary>
public static class PhoneDeliveries
{
    public static Uri? AddressOf(string source, string orderId, string? publicUrl, string secret) =>
        string.IsNullOrEmpty(publicUrl) ? null : new Uri($"{publicUrl.TrimEnd('/')}/webhooks/{source}/{orderId}/{SignatureOf(orderId, secret)}");

    public static bool IsOurs(string orderId, string signature, string secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(SignatureOf(orderId, secret)));

    private static string SignatureOf(string orderId, string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"phones|{orderId}")).AsSpan(0, 16));
}
