using NodaTime;

namespace Meridian.Engine.Inbound;

/// <summary>Hears what is written to our mailboxes. Reads only: nothing is marked, moved or deleted there.</summary>
public interface IMailEars
{
    /// <summary>The mailboxes that can be heard, in lower case.</summary>
    IReadOnlyList<string> Mailboxes { get; }

    /// <summary>
    /// The next messages after <paramref name="cursor"/>, oldest first, a bounded number at a time. Without a cursor, or when the server numbers its
    /// messages anew, those that arrived since <paramref name="since"/>: whoever stores them tells by their event id which are known.
    /// </summary>
    Task<Hearing> FetchNewAsync(string mailbox, MailCursor? cursor, Instant since, CancellationToken cancellation);

    /// <summary>The same of the folder in which the mailbox' provider files what it takes for junk, which has a cursor of its own; null: there is none.</summary>
    Task<Hearing?> FetchJunkAsync(string mailbox, MailCursor? cursor, Instant since, CancellationToken cancellation) => Task.FromResult<Hearing?>(null);
}

/// <summary>How far a mailbox has been heard: the last UID, which means something only together with its UIDVALIDITY (RFC 3501 2.3.1.1).</summary>
public sealed record MailCursor(long UidValidity, long LastUid);

/// <summary>One message as the mail server gave it, in the form <see cref="ISignalReader"/> for <c>mail</c> reads.</summary>
public sealed record HeardMail(long UidValidity, long Uid, string Raw);

/// <summary>What a look into a mailbox gave.</summary>
public abstract record Hearing
{
    /// <param name="Cursor">Where to go on once the messages are stored.</param>
    /// <param name="More">There are more; ask again at once.</param>
    public sealed record New(IReadOnlyList<HeardMail> Messages, MailCursor Cursor, bool More) : Hearing;

    /// <summary>The mailbox could not be read; nothing was missed, for the cursor stays.</summary>
    public sealed record Deaf(string Reason) : Hearing;
}
