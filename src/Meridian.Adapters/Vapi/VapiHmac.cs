using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Meridian.Adapters.Vapi;

/// <summary>
/// A webhook credential of kind HMAC, as Vapi's dashboard makes one; every part of it is theirs to choose, so every part is a setting here. Needed only
/// where webhooks are set up in the dashboard: those of our own calls carry our own header.
/// </summary>
public sealed class VapiHmacOptions
{
    public string Secret { get; set; } = "";

    /// <summary>The secret is base64 and signs with the bytes it stands for, as the credential's <c>secretIsBase64</c>.</summary>
    public bool SecretIsBase64 { get; set; }

    /// <summary><c>sha256</c> or <c>sha512</c>. Vapi also offers SHA-1; a new credential need not use it.</summary>
    public string Algorithm { get; set; } = "sha256";

    public string SignatureHeader { get; set; } = "x-signature";

    public string TimestampHeader { get; set; } = "x-timestamp";

    /// <summary>What is signed: <c>{body}</c>, <c>{timestamp}</c>, <c>{method}</c>, <c>{url}</c> and plain text between.</summary>
    public string PayloadFormat { get; set; } = "{timestamp}.{body}";

    /// <summary>Stands before the signature, <c>sha256=</c>.</summary>
    public string SignaturePrefix { get; set; } = "";

    /// <summary>How old a signed timestamp may be, seconds; older is a replay.</summary>
    public double ToleranceSeconds { get; set; } = 600;

    /// <summary>What signs; null: it is not the base64 it should be.</summary>
    internal byte[]? Key
    {
        get
        {
            if (!SecretIsBase64) return Encoding.UTF8.GetBytes(Secret);
            var bytes = new byte[Secret.Length];
            return Convert.TryFromBase64String(Secret, bytes, out var length) ? bytes[..length] : null;
        }
    }

    public IEnumerable<string> Problems()
    {
        if (!SecretIsBase64 && Secret.Length < 16) yield return "Vapi: hmac.secret must have at least 16 characters.";
        // The value is a secret: its length is all that is told of it.
        if (SecretIsBase64 && Key is null) yield return $"Vapi: hmac.secretIsBase64 is true and hmac.secret ({Secret.Length} characters) is not base64; copy it whole as it was given to Vapi, with its = at the end, or set secretIsBase64 to false.";
        else if (SecretIsBase64 && Key!.Length < 16) yield return $"Vapi: hmac.secret stands for {Key.Length} bytes of base64; at least 16 must be given to Vapi.";
        if (Algorithm is not ("sha256" or "sha512")) yield return $"Vapi: hmac.algorithm is '{Algorithm}'; use sha256 or sha512.";
        if (!PayloadFormat.Contains("{body}", StringComparison.Ordinal)) yield return "Vapi: hmac.payloadFormat must contain {body}, or anybody could write the body.";
        if (!PayloadFormat.Contains("{timestamp}", StringComparison.Ordinal)) yield return "Vapi: hmac.payloadFormat must contain {timestamp}, or an old message could be sent again.";
        if (ToleranceSeconds is not (>= 30 and <= 86400)) yield return "Vapi: hmac.toleranceSeconds must be 30 to 86400.";
    }
}

/// <summary>Whether a webhook is Vapi's, in each of the ways Vapi can show it.</summary>
public static class VapiWebhookAuth
{
    /// <summary>Carries the installation's secret.</summary>
    public const string Header = "X-Meridian-Secret";

    /// <param name="header">A request header by name; null or empty when it is not there.</param>
    public static bool LetsIn(Func<string, string?> header, ReadOnlySpan<byte> body, string method, string url, string secret, VapiHmacOptions? hmac, Instant now)
    {
        foreach (var name in (ReadOnlySpan<string>)[Header, "X-Vapi-Secret"])
            if (header(name) is { Length: > 0 } given && Same(given, secret)) return true;
        if (header("Authorization") is { } bearer && bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && Same(bearer[7..].Trim(), secret)) return true;
        return hmac is not null && IsSigned(header, body, method, url, hmac, now);
    }

    private static bool IsSigned(Func<string, string?> header, ReadOnlySpan<byte> body, string method, string url, VapiHmacOptions hmac, Instant now)
    {
        if (header(hmac.SignatureHeader) is not { Length: > 0 } given || header(hmac.TimestampHeader) is not { Length: > 0 } stamp) return false;
        if (!given.StartsWith(hmac.SignaturePrefix, StringComparison.Ordinal) || !long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out var time) || time > 99_999_999_999_999) return false;
        // Seconds or milliseconds: nobody says which.
        var signedAt = time > 99_999_999_999 ? Instant.FromUnixTimeMilliseconds(time) : Instant.FromUnixTimeSeconds(time);
        var age = now - signedAt;
        if (age > Duration.FromSeconds(hmac.ToleranceSeconds) || age < -Duration.FromSeconds(hmac.ToleranceSeconds)) return false;

        var payload = Payload(hmac.PayloadFormat, stamp, method, url, body);
        if (hmac.Key is not { } key) return false; // such settings are refused before anybody knocks
        var right = hmac.Algorithm switch
        {
            "sha512" => HMACSHA512.HashData(key, payload),
            _ => HMACSHA256.HashData(key, payload),
        };
        var shown = given[hmac.SignaturePrefix.Length..];
        return Same(shown.ToLowerInvariant(), Convert.ToHexStringLower(right)) || Same(shown, Convert.ToBase64String(right));
    }

    private static byte[] Payload(string format, string stamp, string method, string url, ReadOnlySpan<byte> body)
    {
        var head = format.Replace("{timestamp}", stamp, StringComparison.Ordinal).Replace("{method}", method, StringComparison.Ordinal).Replace("{url}", url, StringComparison.Ordinal);
        var at = head.IndexOf("{body}", StringComparison.Ordinal);
        return [.. Encoding.UTF8.GetBytes(head[..at]), .. body, .. Encoding.UTF8.GetBytes(head[(at + "{body}".Length)..])];
    }

    private static bool Same(string given, string secret) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
