using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Mail;

/// <summary>
/// Hands e-mails to the servers of our mailboxes, one kept-open connection each. One permit, one message: nothing here sends twice.
/// Owner's copies go by the owner's own mailbox, or by the sender's where none is set.
/// </summary>
public sealed class SmtpMail : IMailTransport, IOwnerMail, IAsyncDisposable
{
    private readonly Dictionary<string, SmtpMailbox> mailboxes;
    private readonly SmtpMailbox? owner;
    private readonly TimeProvider engineClock;

    /// <param name="engineClock">Dates the messages; the demo's clock may run fast.</param>
    /// <param name="machine">Times connections and replies; always the machine's own.</param>
    public SmtpMail(IEnumerable<MailboxOptions> mailboxes, MailboxOptions? owner, TimeProvider engineClock, TimeProvider machine)
    {
        this.mailboxes = mailboxes.ToDictionary(options => options.Address.Trim(), options => new SmtpMailbox(options, machine), StringComparer.OrdinalIgnoreCase);
        this.owner = owner is null ? null : new SmtpMailbox(owner, machine);
        this.engineClock = engineClock;
    }

    internal bool HasOwner => owner is not null;

    public Task<SendResult> SendAsync(SendPermit permit, OutgoingEmail email, CancellationToken cancellation) =>
        HandOverAsync(mailboxes.GetValueOrDefault(email.FromAddress.Trim()), email, permit, cancellation);

    public Task<SendResult> SendToOwnerAsync(OutgoingEmail email, CancellationToken cancellation) =>
        HandOverAsync(owner ?? mailboxes.GetValueOrDefault(email.FromAddress.Trim()), email, null, cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var mailbox in mailboxes.Values) await mailbox.DisposeAsync().ConfigureAwait(false);
        if (owner is not null) await owner.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<SendResult> HandOverAsync(SmtpMailbox? mailbox, OutgoingEmail email, SendPermit? permit, CancellationToken cancellation)
    {
        if (mailbox is null) return new SendResult.NotSent(NotSentBecause.Account, $"no mailbox is set up for {email.FromAddress}");
        if (EmailMessage.FirstProblem(email) is { } problem) return new SendResult.Refused(problem);

        using var message = EmailMessage.Of(email, engineClock.GetUtcNow());
        return await mailbox.SendAsync(message, permit, cancellation).ConfigureAwait(false);
    }
}
