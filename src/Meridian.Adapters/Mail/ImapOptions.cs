namespace Meridian.Adapters.Mail;

/// <summary>Where a mailbox is read. Without it the mailbox only sends, and nobody hears its replies.</summary>
public sealed class ImapOptions
{
    public string Host { get; set; } = "";

    public int Port { get; set; } = 993;

    public MailSecurity Security { get; set; } = MailSecurity.Ssl;

    /// <summary>The login name; empty: the mailbox's address.</summary>
    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>The mailbox' own; set from there.</summary>
    public MailTokens? Tokens { get; set; }

    /// <summary>The scope its token is asked for; null: that of the first allowance.</summary>
    public string? TokenScope { get; set; }

    public double ConnectTimeoutSeconds { get; set; } = 10;

    /// <summary>How long the server may take over each command.</summary>
    public double CommandTimeoutSeconds { get; set; } = 30;

    public bool ChecksRevocation { get; set; } = true;

    public IEnumerable<string> Problems(string address)
    {
        if (string.IsNullOrWhiteSpace(Host)) yield return $"Mailbox {address}: the IMAP host is missing.";
        if (Port is < 1 or > 65535) yield return $"Mailbox {address}: the IMAP port must be between 1 and 65535.";
        if (Security == MailSecurity.None && Host is not ("localhost" or "127.0.0.1" or "::1")) yield return $"Mailbox {address}: the IMAP password would travel in clear text; set Security to StartTls or Ssl.";
        if (ConnectTimeoutSeconds <= 0 || CommandTimeoutSeconds <= 0) yield return $"Mailbox {address}: IMAP timeouts must be above 0.";
    }
}
