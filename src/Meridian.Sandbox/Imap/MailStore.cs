using System.Text.Json.Nodes;

namespace Meridian.Sandbox.Imap;

/// <summary>
/// INBOX, Sent and Junk of every mailbox, append-only and on disk. A message's UID is its place in its folder, so a restart keeps it; renumbering, as
/// after a restored backup, gives a new UIDVALIDITY and every message another UID.
/// </summary>
internal sealed class MailStore : IDisposable
{
    public const string Inbox = "INBOX";
    public const string Sent = "Sent";
    public const string Junk = "Junk";

    /// <summary>What went out by Mailgun, which keeps no copy in the mailbox and keeps what comes back undelivered to itself.</summary>
    public const string Mailgun = "(Mailgun)";

    /// <summary>What Mailgun took and did not send, because the address is on its list.</summary>
    public const string MailgunUnsent = "(Mailgun unsent)";

    /// <summary>What Mailgun tells of it, domain by domain; a message here is an event as Mailgun writes it.</summary>
    public const string MailgunEvents = "(Mailgun events)";

    /// <summary>What went out by HighLevel, and what people answered it there.</summary>
    public const string HighLevelSent = "(HighLevel)";
    public const string HighLevelInbox = "(HighLevel inbox)";
    private const uint FirstValidity = 20261116;
    private const uint Shift = 1000;

    private readonly Lock gate = new();
    private readonly JsonLines lines;
    private readonly Dictionary<(string Mailbox, string Folder), List<StoredMail>> folders = [];
    private readonly Dictionary<string, uint> renumbered = [];

    public MailStore(string folder)
    {
        lines = JsonLines.Open(Path.Combine(folder, "sandbox-mail.jsonl"));
        foreach (var line in lines.Found)
        {
            if ((string?)line["renumbered"] is { } mailbox) renumbered[mailbox] = renumbered.GetValueOrDefault(mailbox) + 1;
            else Of(StoredMail.Parse(line)).Add(StoredMail.Parse(line));
        }
    }

    /// <summary>Every message ever stored in a folder of this name, mailbox by mailbox, oldest first.</summary>
    public IReadOnlyList<StoredMail> All(string folder)
    {
        lock (gate) return [.. folders.Where(f => f.Key.Folder == folder).OrderBy(f => f.Key.Mailbox, StringComparer.Ordinal).SelectMany(f => f.Value).OrderBy(m => m.At)];
    }

    public void Add(StoredMail mail)
    {
        lock (gate)
        {
            lines.Append(mail.ToJson());
            Of(mail).Add(mail);
        }
    }

    public void Renumber(string mailbox)
    {
        lock (gate)
        {
            lines.Append(new JsonObject { ["renumbered"] = mailbox });
            renumbered[mailbox] = renumbered.GetValueOrDefault(mailbox) + 1;
        }
    }

    /// <summary>A folder as it is now: the messages in the order of their UIDs, the first UID, and the validity.</summary>
    public MailFolder Open(string mailbox, string folder)
    {
        lock (gate)
        {
            var times = renumbered.GetValueOrDefault(mailbox);
            return new MailFolder(folders.TryGetValue((mailbox, folder), out var mails) ? [.. mails] : [], 1 + times * Shift, FirstValidity + times);
        }
    }

    public int Count(string mailbox, string folder)
    {
        lock (gate) return folders.TryGetValue((mailbox, folder), out var mails) ? mails.Count : 0;
    }

    public void Dispose() => lines.Dispose();

    private List<StoredMail> Of(StoredMail mail)
    {
        if (!folders.TryGetValue((mail.Mailbox, mail.Folder), out var mails)) folders[(mail.Mailbox, mail.Folder)] = mails = [];
        return mails;
    }
}

/// <summary>A look into a folder.</summary>
internal sealed record MailFolder(IReadOnlyList<StoredMail> Mails, uint FirstUid, uint Validity)
{
    public uint NextUid => FirstUid + (uint)Mails.Count;

    public uint UidOf(int index) => FirstUid + (uint)index;
}
