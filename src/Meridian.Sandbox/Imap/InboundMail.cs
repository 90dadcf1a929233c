using Meridian.Sandbox.MailApis;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Smtp;

namespace Meridian.Sandbox.Imap;

/// <summary>
/// What comes back by mail. A message of ours goes into its mailbox's Sent, and what its reader does about it lands in an INBOX minutes or hours
/// later. The log hears of it when Meridian does: before the FETCH that carries it is answered, and once.
/// </summary>
internal sealed class InboundMail
{
    private readonly SandboxOptions options;
    private readonly Chance chance;
    private readonly SandboxLog log;
    private readonly MailStore store;
    private readonly TimerQueue timers;
    private readonly OptOuts optOuts;
    private readonly Signing signing;
    private readonly MailgunNews mailgun;
    private readonly string owner;
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> nth = [];
    private readonly HashSet<string> told;
    private readonly HashSet<string> arrived;

    public InboundMail(SandboxOptions options, Chance chance, SandboxLog log, MailStore store, TimerQueue timers, OptOuts optOuts, Signing signing, MailgunNews mailgun)
    {
        (this.options, this.chance, this.log, this.store, this.timers, this.optOuts, this.signing, this.mailgun) = (options, chance, log, store, timers, optOuts, signing, mailgun);
        owner = options.OwnerEmail.Trim().ToLowerInvariant();
        told = [.. log.Found.Where(l => l.Provider == "smtp" && l.Id is not null).Select(l => l.Id!)];
        arrived = [.. store.All(MailStore.Inbox).Concat(store.All(MailStore.Junk)).Concat(store.All(MailStore.HighLevelInbox)).Concat(store.All(MailStore.MailgunEvents)).Where(m => m.Said is not null).Select(m => m.Said!.Id)];
        // Whoever had not answered when the last run ended still does, late if need be.
        foreach (var sent in store.All(MailStore.Sent).Concat(store.All(MailStore.Mailgun)).Concat(store.All(MailStore.HighLevelSent)).OrderBy(m => m.At)) React(sent);
    }

    /// <summary>A message of ours was accepted.</summary>
    public void Sent(string mailbox, byte[] message, bool keepsCopy, string folder = MailStore.Sent)
    {
        var mail = new StoredMail(mailbox, folder, Stamp.Now(options.Clock), message, null);
        if (keepsCopy) store.Add(mail);
        React(mail);
    }

    /// <summary>Called before a body leaves: from now on Meridian knows.</summary>
    public void Tell(StoredMail mail)
    {
        if (mail.Said is not { } said) return;
        lock (gate)
        {
            if (!told.Add(said.Id)) return;
            log.Append(at => new LogLine(at, "smtp", said.Kind)
            {
                From = said.From, To = said.To, Subject = said.Subject, Body = said.Body, Outcome = said.Outcome ?? "told", SaidAt = mail.At, Id = said.Id,
            });
        }

        if (said.Kind == "optout") optOuts.Add(said.From);
    }

    private void React(StoredMail sent)
    {
        var ours = MailMessage.Parse(sent.Raw);
        if (ours.To is not { } recipient || recipient == owner) return;
        signing.Read(recipient, ours.Text, sent.At);
        int which;
        lock (gate) which = nth[recipient] = nth.GetValueOrDefault(recipient) + 1;
        if (MailReaction.To(chance, recipient, which, sent.Mailbox, sent.At, ours) is not { } reaction) return;
        // HighLevel keeps to itself what it cannot deliver.
        if (reaction.Said.Kind == "bounce" && sent.Folder == MailStore.HighLevelSent) return;
        lock (gate)
        {
            if (arrived.Contains(reaction.Said.Id)) return;
        }

        if (reaction.Said.Kind == "bounce" && sent.Folder == MailStore.Mailgun)
        {
            // It comes back to Mailgun, which tells whoever asks.
            lock (gate) arrived.Add(reaction.Said.Id);
            var (to, domain) = MailgunNews.Read(sent.Raw);
            var isFull = reaction.Letter.Words.Contains("5.2.2", StringComparison.Ordinal);
            mailgun.Add(domain, to, ours, sent.At, isFull ? MailgunFate.Of("mailbox-full")[0] with { After = reaction.After } : MailgunFate.Gone(reaction.After), reaction.Said);
            return;
        }

        timers.Schedule(sent.At + reaction.After, _ =>
        {
            lock (gate)
            {
                if (!arrived.Add(reaction.Said.Id)) return Task.CompletedTask;
            }

            var at = sent.At + reaction.After;
            store.Add(new StoredMail(reaction.Mailbox, sent.Folder == MailStore.HighLevelSent ? MailStore.HighLevelInbox : options.MailFilesUnderJunk(reaction.Said.Kind) ? MailStore.Junk : MailStore.Inbox, at, reaction.Letter.At(at), reaction.Said));
            return Task.CompletedTask;
        });
    }
}
