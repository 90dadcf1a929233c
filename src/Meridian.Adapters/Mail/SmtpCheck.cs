using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Mail;

/// <summary>Opens a mailbox's server, signs in and says goodbye. Sends nothing.</summary>
public sealed class SmtpCheck(IReadOnlyList<MailboxOptions> mailboxes, TimeProvider machine) : IProviderCheck
{
    public string Provider => "smtp";

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        foreach (var batch in mailboxes.Chunk(8)) findings.AddRange(await Task.WhenAll(batch.Select(m => CheckAsync(m, cancellation))).ConfigureAwait(false));
        return findings;
    }

    private async Task<CheckFinding> CheckAsync(MailboxOptions mailbox, CancellationToken cancellation)
    {
        var capability = $"email:{mailbox.Address.Trim().ToLowerInvariant()}";
        using var conversation = new SmtpConversation(mailbox, machine);
        var failure = await conversation.OpenAsync(cancellation).ConfigureAwait(false);
        if (failure is null)
        {
            await conversation.QuitAsync().ConfigureAwait(false);
            return new CheckFinding(capability, true, $"{mailbox.Host}:{mailbox.Port} let {mailbox.Address} in", null);
        }

        return failure switch
        {
            SendResult.NotSent { Because: NotSentBecause.Account } no => new CheckFinding(capability, false, $"{no.Reason.TrimEnd('.')}.", $"Look at user, password and security of the mailbox {mailbox.Address}; many providers want an app password here."),
            SendResult.NotSent no => new CheckFinding(capability, false, $"{no.Reason.TrimEnd('.')}.", $"Look at host and port of the mailbox {mailbox.Address}. Some hosts block outgoing mail on 25, 465, 587 and 2525 (Railway below its Pro plan does): there set the mailbox' via to gmail, graph or mailgun, which go over HTTPS."),
            SendResult.Refused no => new CheckFinding(capability, false, $"{no.Reason.TrimEnd('.')}.", $"The server {mailbox.Host} does not talk to us; its text says why."),
            _ => new CheckFinding(capability, false, $"{failure}.", "It is tried again in five minutes."),
        };
    }
}
