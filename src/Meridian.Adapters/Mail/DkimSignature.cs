using MimeKit;
using MimeKit.Cryptography;

namespace Meridian.Adapters.Mail;

/// <summary>A key of our own to sign with, where the mailbox' server does not sign by itself.</summary>
public sealed class DkimOptions
{
    /// <summary>The key's name: its public half stands at <c>{selector}._domainkey.{domain}</c>.</summary>
    public string Selector { get; set; } = "";

    /// <summary>The private key, PEM.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Empty: the domain of the mailbox.</summary>
    public string? Domain { get; set; }

    public IEnumerable<string> Problems(string address)
    {
        if (string.IsNullOrWhiteSpace(Selector)) yield return $"Mailbox {address}: dkim.selector is missing.";
        if (!File.Exists(KeyFile)) yield return $"Mailbox {address}: dkim.keyFile is '{KeyFile}', and there is no such file.";
    }
}

/// <summary>
/// Signs a message (RFC 6376), both ways to unsubscribe among what is signed, as RFC 8058 asks. Relaxed: relays fold headers and trim lines.
/// </summary>
internal sealed class DkimSignature(DkimOptions options, string address)
{
    private static readonly HeaderId[] Signed =
    [
        HeaderId.From, HeaderId.To, HeaderId.Subject, HeaderId.Date, HeaderId.MessageId, HeaderId.InReplyTo, HeaderId.References, HeaderId.MimeVersion, HeaderId.ContentType,
        HeaderId.ListUnsubscribe, HeaderId.ListUnsubscribePost,
    ];

    private readonly DkimSigner signer = new(options.KeyFile, string.IsNullOrWhiteSpace(options.Domain) ? address[(address.LastIndexOf('@') + 1)..] : options.Domain, options.Selector, DkimSignatureAlgorithm.RsaSha256)
    {
        HeaderCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
        BodyCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
    };

    public void Sign(MimeMessage message)
    {
        message.Prepare(EncodingConstraint.SevenBit); // a relay that speaks only seven bits would break the signature
        signer.Sign(message, [.. Signed.Where(message.Headers.Contains)]);
    }
}
