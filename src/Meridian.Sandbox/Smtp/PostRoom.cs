using Meridian.Sandbox.Imap;
using Meridian.Sandbox.People;

namespace Meridian.Sandbox.Smtp;

/// <summary>Knows which mailboxes exist, and writes every accepted message down before the client hears so.</summary>
internal sealed class PostRoom(SandboxOptions options, Chance chance, SandboxLog log, InboundMail inbound)
{
    private readonly string owner = options.OwnerEmail.Trim().ToLowerInvariant();

    /// <summary>Whether the mailbox exists; a refusal is in the log when this returns false.</summary>
    public bool Takes(string address, string sender)
    {
        if (address == owner || Mailbox.Exists(chance, address)) return true;
        log.Append(at => new LogLine(at, "smtp", "bounce") { From = sender, To = address, Outcome = "550 5.1.1 user unknown" });
        return false;
    }

    /// <summary>One line a recipient, then a copy in the sender's Sent folder, unless the server keeps none. Returns the queue id for the reply.</summary>
    public string Deliver(string sender, IReadOnlyList<string> recipients, byte[] message, bool keepsCopy = true) => Deliver(sender, recipients, message, message, MailStore.Sent, keepsCopy);

    /// <param name="message">As it was handed over: the log speaks of this one.</param>
    /// <param name="kept">As it travels on, which is what people answer.</param>
    /// <param name="folder">Where the copy lies.</param>
    public string Deliver(string sender, IReadOnlyList<string> recipients, byte[] message, byte[] kept, string folder, bool keepsCopy = true)
    {
        var mail = MailMessage.Parse(message);
        foreach (var to in recipients)
        {
            log.Append(at => new LogLine(at, "smtp", to == owner ? "owner_email" : "email")
            {
                From = mail.From, To = to, Touch = TouchId.In(mail.MessageId?.Split('@')[0]), Subject = mail.Subject, Body = mail.Text, Outcome = "accepted",
            });
        }
        inbound.Sent(sender, kept, keepsCopy, folder);
        return chance.ShortId("queue", mail.MessageId ?? "", string.Join(',', recipients));
    }
}
