namespace Meridian.LogCheck;

/// <summary>What to check and what was promised. Without a <c>CsvPath</c> the people are those whom the log says were bought. <c>MailboxCap</c> is e-mails per mailbox and America/New_York day; <c>Days</c> counts such days. <c>InFlightSeconds</c>: how long a request begun before a stop may still be on its way, on the log's clock. <c>ArrivalSlackSeconds</c>: how much closer two arrivals may lie than two departures, on a clock that runs fast.</summary>
public sealed record CheckInput(
    string LogPath,
    string? CsvPath,
    string RulesPath,
    string ZipsPath,
    int Mailboxes = 8,
    int MailboxCap = 40,
    DateTimeOffset? Start = null,
    int? Days = null,
    bool ExpectNoConsent = false,
    bool ZoneFlow = false,
    double InFlightSeconds = 10,
    double ArrivalSlackSeconds = 0);
