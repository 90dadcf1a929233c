using System.Security.Cryptography;
using System.Text;

namespace Meridian.Engine.Dispatch;

/// <summary>
/// The person's own way out: <c>{public address}/u/{token}</c>. The token names the person and is signed with the install's secret, so nobody can
/// guess another's, and it goes on working after a restore.
/// </summary>
public static class OptOutLinks
{
    private const int SignatureBytes = 16;

    /// <summary>Null: nothing reaches us from outside, so there is no link.</summary>
    public static string? For(string leadId, string? publicUrl, string? secret) =>
        string.IsNullOrEmpty(publicUrl) || string.IsNullOrEmpty(secret) ? null : $"{publicUrl.TrimEnd('/')}/u/{Token(leadId, secret)}";

    /// <summary>The person a token names; null when it was not made by us.</summary>
    public static string? LeadOf(string token, string secret)
    {
        if (token.LastIndexOf('.') is not (> 0 and var dot)) return null;
        var lead = token[..dot];
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(Token(lead, secret))) ? lead : null;
    }

    private static string Token(string leadId, string secret) =>
        $"{leadId}.{Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"opt-out|{leadId}")).AsSpan(0, SignatureBytes))}";
}
