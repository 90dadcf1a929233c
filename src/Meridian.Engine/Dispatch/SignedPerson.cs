using System.Security.Cryptography;
using System.Text;

namespace Meridian.Engine.Dispatch;

/// <summary>
/// A token that names a person for one purpose and is signed with the install's secret: nobody can guess another's, one made for another purpose is no
/// good, and it goes on working after a restore.
/// </summary>
internal static class SignedPerson
{
    private const int SignatureBytes = 16;

    public static string Token(string purpose, string leadId, string secret) =>
        $"{leadId}.{Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{purpose}|{leadId}")).AsSpan(0, SignatureBytes))}";

    /// <summary>The person a token names; null when it was not made by us for this.</summary>
    public static string? LeadOf(string purpose, string token, string secret)
    {
        if (token.LastIndexOf('.') is not (> 0 and var dot)) return null;
        var lead = token[..dot];
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(Token(purpose, lead, secret))) ? lead : null;
    }

    /// <summary>Null: nothing reaches us from outside, so there is no link.</summary>
    public static string? Link(string path, string purpose, string leadId, string? publicUrl, string? secret) =>
        string.IsNullOrEmpty(publicUrl) || string.IsNullOrEmpty(secret) ? null : $"{publicUrl.TrimEnd('/')}/{path}/{Token(purpose, leadId, secret)}";
}
