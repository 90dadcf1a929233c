namespace Meridian.Adapters.Mail;

public enum MailSecurity { None, StartTls, Ssl }

/// <summary>One mailbox we send from.</summary>
public sealed class MailboxOptions
{
    /// <summary>The sender's address; an e-mail finds its mailbox by it.</summary>
    public string Address { get; set; } = "";

    public string Host { get; set; } = "";

    public int Port { get; set; } = 587;

    /// <summary>Empty: the server asks for no sign-in.</summary>
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

    public IEnumerable<string> Problems()
    {
        foreach (var problem in Imap?.Problems(Address) ?? []) yield return problem;
        foreach (var problem in Dkim?.Problems(Address) ?? []) yield return problem;
        if (!Address.Contains('@')) yield return $"Mailbox '{Address}': the address is missing.";
        if (string.IsNullOrWhiteSpace(Host)) yield return $"Mailbox {Address}: Host is missing.";
        if (Port is < 1 or > 65535) yield return $"Mailbox {Address}: Port must be between 1 and 65535.";
        if (!string.IsNullOrEmpty(User) && Security == MailSecurity.None && Host is not ("localhost" or "127.0.0.1" or "::1")) yield return $"Mailbox {Address}: the password would travel in clear text; set Security to StartTls or Ssl.";
        if (ConnectTimeoutSeconds <= 0 || CommandTimeoutSeconds <= 0) yield return $"Mailbox {Address}: timeouts must be above 0.";
    }
}
