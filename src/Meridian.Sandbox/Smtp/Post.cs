using Meridian.Sandbox.People;

namespace Meridian.Sandbox.Smtp;

/// <summary>Whose mailbox exists, and what was delivered.</summary>
internal sealed class Post(SandboxOptions options, Chance chance, SandboxLog log)
{
    public bool Knows(string address) => IsOwner(address) || Mailbox.Exists(chance, address);

    public void Bounce(string from, string to) => log.Append(at => new LogLine(at, "smtp", "bounce") { From = from.ToLowerInvariant(), To = to, Outcome = "550 5.1.1 user unknown" });

    /// <summary>Writes a line for each recipient; the answer is the queue id.</summary>
    public string Take(byte[] raw, IReadOnlyList<string> recipients)
    {
        var mail = ReceivedMail.Read(raw);
        foreach (var to in recipients)
        {
            log.Append(at => new LogLine(at, "smtp", IsOwner(to) ? "owner_email" : "email")
            {
                From = mail.From, To = to, Touch = TouchId.In(mail.MessageId), Subject = mail.Subject, Body = mail.Text, Outcome = "accepted", Id = mail.MessageId?.Trim('<', '>'),
            });
        }

        return chance.ShortId("queue", mail.MessageId ?? "", recipients[0]);
    }

    private bool IsOwner(string address) => string.Equals(address, options.OwnerEmail, StringComparison.OrdinalIgnoreCase);
}
