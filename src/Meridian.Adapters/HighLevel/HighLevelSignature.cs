using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// Whether a marketplace webhook is HighLevel's: Ed25519 over the raw bytes (<c>X-GHL-Signature</c>), or, only where the owner switched it on, the
/// RSA signature that went before (<c>X-WH-Signature</c>). When the newer header is there the older is never looked at.
/// </summary>
public static class HighLevelSignature
{
    public const string Header = "X-GHL-Signature";
    public const string LegacyHeader = "X-WH-Signature";

    public static bool IsGenuine(ReadOnlySpan<byte> body, string? signature, string? legacy, HighLevelOptions options)
    {
        if (!string.IsNullOrEmpty(signature)) return Decoded(signature) is { Length: 64 } given && IsEd25519(body, given, options.WebhookPublicKey);
        return options.WebhookRsaPublicKey is { Length: > 0 } key && !string.IsNullOrEmpty(legacy) && Decoded(legacy) is { } old && IsRsa(body, old, key);
    }

    /// <summary>Null: it is a key. Else what is wrong with it.</summary>
    public static string? Problem(string key)
    {
        try
        {
            return PublicKeyFactory.CreateKey(Convert.FromBase64String(key)) is Ed25519PublicKeyParameters ? null : "it is a key, but not of Ed25519";
        }
        catch (Exception e) when (e is FormatException or IOException or ArgumentException or SecurityUtilityException)
        {
            return "it is not a public key in base64";
        }
    }

    private static bool IsEd25519(ReadOnlySpan<byte> body, byte[] signature, string key)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: false, PublicKeyFactory.CreateKey(Convert.FromBase64String(key)));
        signer.BlockUpdate(body);
        return signer.VerifySignature(signature);
    }

    private static bool IsRsa(ReadOnlySpan<byte> body, byte[] signature, string pem)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return rsa.VerifyData(body, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The header was seen to say <c>N/A</c>.</summary>
    private static byte[]? Decoded(string base64)
    {
        var bytes = new byte[1024];
        return Convert.TryFromBase64String(base64.Trim(), bytes, out var length) ? bytes[..length] : null;
    }
}
