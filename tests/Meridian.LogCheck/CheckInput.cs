namespace Meridian.LogCheck;

/// <summary>What to check and what was promised. <c>MailboxCap</c> is e-mails per mailbox and America/New_York day; <c>Days</c> counts such days.</summary>
public sealed record CheckInput(
    string LogPath,
    string CsvPath,
    string RulesPath,
    string ZipsPath,
    int Mailboxes = 8,
    int MailboxCap = 40,
    DateTimeOffset? Start = null,
    int? Days = null,
    bool ExpectNoConsent = false,
    bool ZoneFlow = false);
