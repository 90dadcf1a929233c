using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Adapters.Mail;

/// <summary>Our mailboxes as IMAP shows them: what people wrote to them, and what they sent. Reads only.</summary>
public sealed class ImapEars : IMailEars, ISentMail, IAsyncDisposable
{
    private readonly Dictionary<string, ImapMailbox> mailboxes;

    /// <param name="mailboxes">Those without IMAP settings are left out.</param>
    /// <param name="machine">Times connections and commands; always the machine's own.</param>
    public ImapEars(IEnumerable<MailboxOptions> mailboxes, TimeProvider machine)
    {
        this.mailboxes = mailboxes.Where(m => m.Imap is not null).ToDictionary(m => Key(m.Address), m => new ImapMailbox(Key(m.Address), m.Imap!, machine), StringComparer.Ordinal);
        Mailboxes = [.. this.mailboxes.Keys.Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Mailboxes { get; }

    public Task<Hearing> FetchNewAsync(string mailbox, MailCursor? cursor, Instant since, CancellationToken cancellation) =>
        mailboxes.TryGetValue(Key(mailbox), out var found) ? found.FetchNewAsync(cursor, since, cancellation) : Task.FromResult<Hearing>(new Hearing.Deaf("no IMAP is set up for it"));

    public Task<Hearing?> FetchJunkAsync(string mailbox, MailCursor? cursor, Instant since, CancellationToken cancellation) =>
        mailboxes.TryGetValue(Key(mailbox), out var found) ? found.FetchJunkAsync(cursor, since, cancellation) : Task.FromResult<Hearing?>(null);

    public Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation) =>
        mailboxes.TryGetValue(Key(email.FromAddress), out var found) ? found.FindSentAsync(email.MessageId, cancellation) : Task.FromResult<Sighting>(new Sighting.CannotTell("no IMAP is set up for it"));

    public async ValueTask DisposeAsync()
    {
        foreach (var mailbox in mailboxes.Values) await mailbox.DisposeAsync().ConfigureAwait(false);
    }

    internal Task<(IReadOnlyList<string>? Folders, string? Problem)> ListFoldersAsync(string mailbox, CancellationToken cancellation) => mailboxes[Key(mailbox)].ListFoldersAsync(cancellation);

    private static string Key(string address) => address.Trim().ToLowerInvariant();
}
