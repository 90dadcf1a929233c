using System.Security.Cryptography;
using System.Text;

namespace Meridian.Sandbox.Vapi;

/// <summary>A webhook credential as Vapi's dashboard makes one; a call names it by its id in <c>server.credentialId</c>.</summary>
public abstract record SandboxCredential
{
    internal abstract IEnumerable<KeyValuePair<string, string>> Headers(string body, Uri url, string messageId, DateTimeOffset now);

    /// <summary>A token in a header, with or without the word before it.</summary>
    public sealed record Bearer(string Token) : SandboxCredential
    {
        public string HeaderName { get; init; } = "Authorization";

        public bool BearerPrefixEnabled { get; init; } = true;

        internal override IEnumerable<KeyValuePair<string, string>> Headers(string body, Uri url, string messageId, DateTimeOffset now) => [new(HeaderName, BearerPrefixEnabled ? $"Bearer {Token}" : Token)];
    }

    /// <summary>A signature over the raw bytes. Every part of it is the owner's to choose.</summary>
    public sealed record Hmac(string SecretKey) : SandboxCredential
    {
        /// <summary><c>sha256</c> or <c>sha512</c>.</summary>
        public string Algorithm { get; init; } = "sha256";

        public string SignatureHeader { get; init; } = "x-signature";

        public string TimestampHeader { get; init; } = "x-timestamp";

        public bool IncludeTimestamp { get; init; } = true;

        /// <summary>Of <c>{body}</c>, <c>{timestamp}</c>, <c>{method}</c>, <c>{url}</c> and <c>{svix-id}</c>.</summary>
        public string PayloadFormat { get; init; } = "{timestamp}.{body}";

        public string SignaturePrefix { get; init; } = "";

        /// <summary><c>hex</c> or <c>base64</c>.</summary>
        public string SignatureEncoding { get; init; } = "hex";

        /// <summary>Carries the message's id; null: no header does.</summary>
        public string? MessageIdHeader { get; init; }

        public bool SecretIsBase64 { get; init; }

        /// <summary>Nobody says which unit the timestamp has.</summary>
        public bool TimestampIsMilliseconds { get; init; }

        internal override IEnumerable<KeyValuePair<string, string>> Headers(string body, Uri url, string messageId, DateTimeOffset now)
        {
            var stamp = $"{(TimestampIsMilliseconds ? now.ToUnixTimeMilliseconds() : now.ToUnixTimeSeconds())}";
            // The body last: it may contain what looks like a token.
            var payload = PayloadFormat.Replace("{timestamp}", stamp, StringComparison.Ordinal).Replace("{method}", "POST", StringComparison.Ordinal)
                .Replace("{url}", url.AbsoluteUri, StringComparison.Ordinal).Replace("{svix-id}", messageId, StringComparison.Ordinal).Replace("{body}", body, StringComparison.Ordinal);
            var signature = Signature(SecretIsBase64 ? Convert.FromBase64String(SecretKey) : Encoding.UTF8.GetBytes(SecretKey), Encoding.UTF8.GetBytes(payload));
            yield return new(SignatureHeader, SignaturePrefix + (SignatureEncoding == "base64" ? Convert.ToBase64String(signature) : Convert.ToHexStringLower(signature)));
            if (IncludeTimestamp) yield return new(TimestampHeader, stamp);
            if (MessageIdHeader is not null) yield return new(MessageIdHeader, messageId);
        }

        private byte[] Signature(byte[] key, byte[] payload) => Algorithm switch
        {
            "sha256" => HMACSHA256.HashData(key, payload),
            "sha512" => HMACSHA512.HashData(key, payload),
            _ => throw new ArgumentException($"Algorithm is '{Algorithm}'; use sha256 or sha512: Vapi offers sha1, too, which our settings refuse"),
        };
    }
}
