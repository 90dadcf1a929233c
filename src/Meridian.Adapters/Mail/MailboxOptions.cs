using Meridian.Adapters.HighLevel;

namespace Meridian.Adapters.Mail;

public enum MailSecurity { None, StartTls, Ssl }

/// <summary>One mailbox we send from.</summary>
public sealed class MailboxOptions
{
    /// <summary>The sender's address; an e-mail finds its mailbox by it.</summary>
    public string Address { get; set; } = "";

    public MailVia Via { get; set; } = MailVia.Smtp;

    public string Host { get; set; } = "";

    public int Port { get; set; } = 587;

    /// <summary>The account that signs in. Empty: by SMTP the server asks for no sign-in, over HTTPS it is the address.</summary>
    public string? User { get; set; }

    public string? Password { get; set; }

    public MailSecurity Security { get; set; } = MailSecurity.StartTls;

    public double ConnectTimeoutSeconds { get; set; } = 10;

    /// <summary>How long the server may take over each reply.</summary>
    public double CommandTimeoutSeconds { get; set; } = 30;

    /// <summary>A connection left alone for longer is opened anew; servers drop idle ones without a word.</summary>
    public double IdleSeconds { get; set; } = 45;

    /// <summary>Asks the certificate's issuer whether it was withdrawn; some hosts cannot reach the issuer.</summary>
    public bool ChecksRevocation { get; set; } = true;

    /// <summary>Signs by ourselves; null: the server does, or nobody.</summary>
    public DkimOptions? Dkim { get; set; }

    /// <summary>Signs in with tokens, here and where replies are read; null: with the password.</summary>
    public MailTokens? Tokens { get; set; }

    /// <summary>Where its replies are read; null: nobody listens.</summary>
    public ImapOptions? Imap { get; set; }

    /// <summary>Where the way over HTTPS answers; null: the vendor's own address.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>Mailgun's key, one that may also read the domain.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The domain at Mailgun; null: that of the address.</summary>
    public string? Domain { get; set; }

    /// <summary>The location whose e-mail is used; only for <see cref="MailVia.HighLevel"/>.</summary>
    public HighLevelOptions? HighLevel { get; set; }

    /// <summary>The owner knows what <see cref="MailHeaders.LostBy"/> says of HighLevel, and wants it all the same.</summary>
    public bool AcceptsMissingHeaders { get; set; }

    /// <summary>How long one request over HTTPS may take.</summary>
    public double RequestTimeoutSeconds { get; set; } = 30;

    /// <summary>The account whose mailbox it is over HTTPS.</summary>
    internal string Account => string.IsNullOrWhiteSpace(User) ? Address.Trim() : User.Trim();

    public IEnumerable<string> Problems()
    {
        foreach (var problem in Imap?.Problems(Address) ?? []) yield return problem;
        foreach (var problem in Dkim?.Problems(Address) ?? []) yield return problem;
        if (!Address.Contains('@')) yield return $"Mailbox '{Address}': the address is missing.";
        foreach (var problem in Via == MailVia.Smtp ? SmtpProblems() : HttpsProblems()) yield return problem;
    }

    private IEnumerable<string> SmtpProblems()
    {
        if (string.IsNullOrWhiteSpace(Host)) yield return $"Mailbox {Address}: Host is missing.";
        if (Port is < 1 or > 65535) yield return $"Mailbox {Address}: Port must be between 1 and 65535.";
        if (!string.IsNullOrEmpty(User) && Security == MailSecurity.None && Host is not ("localhost" or "127.0.0.1" or "::1")) yield return $"Mailbox {Address}: the password would travel in clear text; set Security to StartTls or Ssl.";
        if (ConnectTimeoutSeconds <= 0 || CommandTimeoutSeconds <= 0) yield return $"Mailbox {Address}: timeouts must be above 0.";
    }

    private IEnumerable<string> HttpsProblems()
    {
        var via = Via.ToString().ToLowerInvariant();
        if (Host.Length > 0) yield return $"Mailbox {Address}: host is '{Host}', which via {via} does not use; take host out, or set via to smtp.";
        if (BaseUrl is { IsAbsoluteUri: false }) yield return $"Mailbox {Address}: baseUrl is '{BaseUrl}', not an absolute address.";
        if (BaseUrl is { IsAbsoluteUri: true, Scheme: not "https", IsLoopback: false }) yield return $"Mailbox {Address}: baseUrl is '{BaseUrl}': the key would travel in clear text; use https.";
        if (RequestTimeoutSeconds is not (> 0 and <= 120)) yield return $"Mailbox {Address}: requestTimeoutSeconds must be above 0 and at most 120.";
        if (Dkim is not null && !MailHeaders.KeepsSignature(Via)) yield return $"Mailbox {Address}: dkim is set, but via {via} rewrites what would be signed and signs by itself; take dkim out.";
        if (Via is MailVia.Gmail or MailVia.Graph && Tokens is null) yield return $"Mailbox {Address}: via {via} signs in with tokens only; give oauth (provider, clientId, clientSecret, refreshToken{(Via == MailVia.Graph ? " or tenant" : "")}).";
        if (Via == MailVia.Gmail && Tokens is { IsApplication: true }) yield return $"Mailbox {Address}: oauth.tenant is given without refreshToken, but via gmail signs in as a user; give refreshToken, or set via to graph.";
        if (Via == MailVia.Mailgun && string.IsNullOrWhiteSpace(ApiKey)) yield return $"Mailbox {Address}: via mailgun needs apiKey.";
        if (Via != MailVia.HighLevel) yield break;
        if (HighLevel is null) yield return $"Mailbox {Address}: via highlevel needs highLevel.token and highLevel.locationId.";
        if (!AcceptsMissingHeaders)
        {
            yield return $"Mailbox {Address}: via highlevel cannot set {string.Join(", ", MailHeaders.LostBy(Via))}: mail programs show no unsubscribe button and letters do not hang together, "
                + "which costs cold e-mail its way into the inbox. Use a mailbox of its own (via smtp, gmail, graph or mailgun), or write acceptsMissingHeaders: true to have it all the same.";
        }
    }
}
