using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Mail;

/// <summary>Asks the provider of every mailbox of one way, with a read that changes nothing, whether it may send.</summary>
public sealed class MailApiCheck : IProviderCheck
{
    private readonly IReadOnlyList<IMailApi> mailboxes;

    private MailApiCheck(MailVia via, IReadOnlyList<IMailApi> mailboxes)
    {
        Provider = via.ToString().ToLowerInvariant();
        this.mailboxes = mailboxes;
    }

    public string Provider { get; }

    /// <summary>One check a way; none for SMTP, which is looked at otherwise, and for HighLevel, whose token is.</summary>
    internal static IEnumerable<MailApiCheck> Of(IEnumerable<(MailVia Via, IMailApi Api)> mailboxes) =>
        mailboxes.Where(m => m.Via != MailVia.HighLevel).GroupBy(m => m.Via).OrderBy(g => g.Key).Select(g => new MailApiCheck(g.Key, [.. g.Select(m => m.Api)]));

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        foreach (var batch in mailboxes.Chunk(8)) findings.AddRange(await Task.WhenAll(batch.Select(m => m.CheckAsync(cancellation))).ConfigureAwait(false));
        return findings;
    }

    internal static string Capability(MailboxOptions mailbox) => $"email:{mailbox.Address.Trim().ToLowerInvariant()}";

    internal static CheckFinding NoToken(MailboxOptions mailbox, SendResult.NotSent no) => no.Because == NotSentBecause.Account
        ? new CheckFinding(Capability(mailbox), false, $"{no.Reason.TrimEnd('.')}.", mailbox.Tokens is { IsApplication: true }
            ? "Copy tenant, client ID and a secret that is still good from the application's pages into the mailbox' oauth."
            : $"Allow Meridian anew as {mailbox.Account} and write the refresh token into the mailbox' oauth.refreshToken.")
        : new CheckFinding(Capability(mailbox), false, $"{no.Reason.TrimEnd('.')}.", "Look whether this machine reaches the internet; it is tried again in five minutes.");

    internal static CheckFinding Unreachable(MailboxOptions mailbox, Uri root) =>
        new(Capability(mailbox), false, $"{root.Host} could not be reached.", "Look whether this machine reaches the internet, and at the mailbox' baseUrl if it is set; it is tried again in five minutes.");

    internal static CheckFinding Answered(MailboxOptions mailbox, string who, int status, string text) =>
        new(Capability(mailbox), false, $"{who} answered {status}: {text}.", "It is tried again in five minutes; if the mailbox' baseUrl is set, look at it.");

    /// <summary>A check that passed still says what the way may cost.</summary>
    internal static string Loss(MailVia via) => MailHeaders.LostBy(via) is { Count: > 0 } lost ? $"; this way may not keep {string.Join(", ", lost)}" : "";
}
