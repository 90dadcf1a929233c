using Meridian.Sandbox.Wire;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.X509;

namespace Meridian.Sandbox.HighLevel;

/// <summary>Brings HighLevel's news to the engine: six more tries ten minutes apart when it is not taken, signed as an app's are where there is a key.</summary>
internal sealed class WebhookPost(SandboxOptions options, TimerQueue timers, WebhookSender sender)
{
    private const int Tries = 7;
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly Dictionary<string, string> NoHeaders = [];

    /// <param name="taken">Called once the engine has taken a body it could read.</param>
    public Task BringAsync(Parcel parcel, Action taken, CancellationToken ct) => DeliverAsync(parcel, taken, 1, ct);

    private async Task DeliverAsync(Parcel parcel, Action taken, int tries, CancellationToken ct)
    {
        var status = options.HighLevelWebhook is { } url ? await PostAsync(url, parcel, ct) : null;
        if (status is >= 200 and < 300)
        {
            if (parcel.Readable) taken();
        }
        else if (tries < Tries && parcel.Paper != Paper.Forged)
        {
            timers.Schedule(Stamp.Now(options.Clock) + Between, again => DeliverAsync(parcel, taken, tries + 1, again));
        }
    }

    /// <summary>The address is the secret, or the signature is the proof.</summary>
    private Task<int?> PostAsync(Uri url, Parcel parcel, CancellationToken ct) => options.HighLevelSigningKey is { } key
        ? sender.PostAsync(url, parcel.Json, parcel.Headers(new Dictionary<string, string> { ["X-GHL-Signature"] = key.Sign(parcel.Json) }), Patience, ct)
        : sender.PostAsync(parcel.Address(url), parcel.Json, NoHeaders, Patience, ct);
}

/// <summary>A key of ours to sign with in HighLevel's place: Ed25519, from any thirty-two bytes.</summary>
public sealed class SandboxSigningKey(byte[] seed)
{
    private readonly Ed25519PrivateKeyParameters key = new(seed);

    /// <summary>What whoever listens must be told: SPKI in base64, as HighLevel publishes its own.</summary>
    public string PublicKey => Convert.ToBase64String(SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(key.GeneratePublicKey()).GetDerEncoded());

    internal string Sign(string body)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, key);
        signer.BlockUpdate(System.Text.Encoding.UTF8.GetBytes(body));
        return Convert.ToBase64String(signer.GenerateSignature());
    }
}
