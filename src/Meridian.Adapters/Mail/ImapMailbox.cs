using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Adapters.Mail;

/// <summary>
/// One mailbox's IMAP connection, kept open between looks and used by one look at a time. Folders are opened for reading only. A NOOP tells
/// whether anything came; only then is the folder searched.
/// </summary>
internal sealed class ImapMailbox(string address, ImapOptions options, TimeProvider machine) : IAsyncDisposable
{
    private const int MostAtOnce = 50;

    /// <summary>Words come first in a message; what is longer than this is attachments.</summary>
    private const int MostBytes = 512 * 1024;

    private static readonly string[] SentNames = ["Sent", "Sent Items", "Sent Mail", "Sent Messages", "INBOX.Sent"];

    private static readonly string[] JunkNames = ["Junk", "Spam", "Junk Email", "Junk E-mail", "Bulk Mail", "INBOX.Junk", "INBOX.Spam"];

    private readonly SemaphoreSlim turn = new(1, 1);
    private ImapClient? client;
    private bool stirred;
    private MailCursor? quietAt;
    private (IMailFolder? Folder, bool IsSought) junk;
    private (MailCursor Cursor, uint Validity, uint Next)? junkQuietAt;

    public Task<Hearing> FetchNewAsync(MailCursor? cursor, Instant since, CancellationToken cancellation) =>
        InTurnAsync<Hearing>(ct => ListenAsync(cursor, since, ct), why => new Hearing.Deaf(why), cancellation);

    public Task<Hearing?> FetchJunkAsync(MailCursor? cursor, Instant since, CancellationToken cancellation) =>
        InTurnAsync<Hearing?>(ct => ListenToJunkAsync(cursor, since, ct), why => new Hearing.Deaf(why), cancellation);

    public Task<Sighting> FindSentAsync(string messageId, CancellationToken cancellation) =>
        InTurnAsync<Sighting>(ct => LookAsync(messageId, ct), why => new Sighting.CannotTell(why), cancellation);

    /// <summary>Signs in and names the folders.</summary>
    /// <exception cref="AuthenticationException">The server did not let us in.</exception>
    public Task<(IReadOnlyList<string>? Folders, string? Problem)> ListFoldersAsync(CancellationToken cancellation) =>
        InTurnAsync<(IReadOnlyList<string>?, string?)>(async ct =>
        {
            var folders = await client!.GetFoldersAsync(client.PersonalNamespaces[0], cancellationToken: ct).ConfigureAwait(false);
            return (folders.Select(f => f.FullName).Where(n => n.Length > 0).ToList(), null);
        }, why => (null, why), cancellation);

    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync().ConfigureAwait(false);
        try
        {
            using var time = new CancellationTokenSource(TimeSpan.FromSeconds(1), machine);
            if (client is { IsConnected: true }) await client.DisconnectAsync(true, time.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsExpected(e))
        {
            // It is leaving anyway.
        }

        Close();
        turn.Dispose();
    }

    private async Task<Hearing> ListenAsync(MailCursor? cursor, Instant since, CancellationToken ct)
    {
        var inbox = client!.Inbox!;
        if (!inbox.IsOpen)
        {
            await inbox.OpenAsync(FolderAccess.ReadOnly, ct).ConfigureAwait(false);
            stirred = true;
        }
        else
        {
            await client.NoOpAsync(ct).ConfigureAwait(false);
        }

        if (!stirred && cursor is not null && cursor == quietAt) return new Hearing.New([], cursor, false);

        stirred = false;
        var hearing = await NewInAsync(inbox, cursor, since, ct).ConfigureAwait(false);
        if (hearing.More) stirred = true;
        quietAt = hearing.Cursor;
        return hearing;
    }

    /// <summary>Opening it closes the inbox, so it is opened only when its numbers have moved.</summary>
    private async Task<Hearing?> ListenToJunkAsync(MailCursor? cursor, Instant since, CancellationToken ct)
    {
        if (!junk.IsSought) junk = (await FolderAsync(SpecialFolder.Junk, JunkNames, ct).ConfigureAwait(false), true);
        if (junk.Folder is not { } folder) return null;
        await folder.StatusAsync(StatusItems.UidNext | StatusItems.UidValidity | StatusItems.Count, ct).ConfigureAwait(false);
        var (validity, next) = (folder.UidValidity, folder.UidNext?.Id ?? 0);
        if (cursor is not null && junkQuietAt == (cursor, validity, next)) return new Hearing.New([], cursor, false);
        if (folder.Count == 0 && next > 0) return new Hearing.New([], new MailCursor(validity, next - 1), false);

        await folder.OpenAsync(FolderAccess.ReadOnly, ct).ConfigureAwait(false);
        var hearing = await NewInAsync(folder, cursor, since, ct).ConfigureAwait(false);
        await folder.CloseAsync(false, ct).ConfigureAwait(false);
        // As its numbers were before it was searched: what came meanwhile moves them.
        junkQuietAt = hearing.More || next == 0 ? null : (hearing.Cursor, validity, next);
        return hearing;
    }

    private async Task<Hearing.New> NewInAsync(IMailFolder inbox, MailCursor? cursor, Instant since, CancellationToken ct)
    {
        var validity = inbox.UidValidity;
        var known = cursor is not null && cursor.UidValidity == validity;
        SearchQuery query = known
            ? SearchQuery.Uids(new UniqueIdRange(new UniqueId((uint)cursor!.LastUid + 1), UniqueId.MaxValue))
            : SearchQuery.DeliveredAfter(since.ToDateTimeUtc().Date);
        // A set that ends in the last message always holds it, known or not.
        var fresh = (await inbox.SearchAsync(query, ct).ConfigureAwait(false)).Where(uid => !known || uid.Id > cursor!.LastUid).OrderBy(uid => uid.Id).ToList();
        var taken = fresh.Take(MostAtOnce).ToList();
        var messages = taken.Count == 0 ? [] : await FetchAsync(inbox, taken, validity, ct).ConfigureAwait(false);

        var more = fresh.Count > taken.Count;
        long nothingUpTo = known ? cursor!.LastUid : inbox.UidNext is { Id: > 0 } next ? next.Id - 1 : 0;
        return new Hearing.New(messages, new MailCursor(validity, taken.Count > 0 ? taken[^1].Id : nothingUpTo), more);
    }

    private async Task<IReadOnlyList<HeardMail>> FetchAsync(IMailFolder inbox, List<UniqueId> uids, uint validity, CancellationToken ct)
    {
        var summaries = (await inbox.FetchAsync(uids, MessageSummaryItems.UniqueId | MessageSummaryItems.InternalDate, ct).ConfigureAwait(false)).ToDictionary(s => s.UniqueId.Id);
        var messages = new List<HeardMail>();
        foreach (var uid in uids)
        {
            if (!summaries.TryGetValue(uid.Id, out var summary)) continue; // somebody deleted it meanwhile
            await using var stream = await inbox.GetStreamAsync(uid, 0, MostBytes, ct).ConfigureAwait(false);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, ct).ConfigureAwait(false);
            messages.Add(new HeardMail(validity, uid.Id, new RawMail(address, validity, uid.Id, summary.InternalDate ?? DateTimeOffset.UnixEpoch, bytes.ToArray()).ToJson()));
        }

        return messages;
    }

    private async Task<Sighting> LookAsync(string messageId, CancellationToken ct)
    {
        if (await FolderAsync(SpecialFolder.Sent, SentNames, ct).ConfigureAwait(false) is not { } sent) return new Sighting.CannotTell("the mailbox has no Sent folder we know");
        await sent.OpenAsync(FolderAccess.ReadOnly, ct).ConfigureAwait(false); // opening one folder closes the other
        var found = await sent.SearchAsync(SearchQuery.HeaderContains("Message-ID", messageId), ct).ConfigureAwait(false);
        await sent.CloseAsync(false, ct).ConfigureAwait(false);
        return found.Count > 0 ? new Sighting.Found($"found in {sent.FullName}") : new Sighting.NotFound();
    }

    private async Task<IMailFolder?> FolderAsync(SpecialFolder which, string[] names, CancellationToken ct)
    {
        if (client!.Capabilities.HasFlag(ImapCapabilities.SpecialUse) && client.GetFolder(which) is { } special) return special;
        var folders = await client.GetFoldersAsync(client.PersonalNamespaces[0], cancellationToken: ct).ConfigureAwait(false);
        return names.Select(name => folders.FirstOrDefault(f => f.FullName.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(f => f is not null);
    }

    /// <summary>A connection that broke is opened anew at the next look: looking again is free, so it need not happen now.</summary>
    private async Task<T> InTurnAsync<T>(Func<CancellationToken, Task<T>> look, Func<string, T> failed, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await ConnectAsync(cancellation).ConfigureAwait(false);
            using var time = new CancellationTokenSource(TimeSpan.FromSeconds(options.CommandTimeoutSeconds), machine);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
            return await look(either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsExpected(e) && !cancellation.IsCancellationRequested)
        {
            Close();
            return failed(e is OperationCanceledException ? $"{options.Host} took too long" : $"{options.Host}: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            Close(); // an answer may still be on its way
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        if (client is { IsConnected: true, IsAuthenticated: true }) return;
        Close();
        client = new ImapClient { CheckCertificateRevocation = options.ChecksRevocation };
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(options.ConnectTimeoutSeconds), machine);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellation);
        var security = options.Security switch { MailSecurity.None => SecureSocketOptions.None, MailSecurity.Ssl => SecureSocketOptions.SslOnConnect, _ => SecureSocketOptions.StartTls };
        await client.ConnectAsync(options.Host, options.Port, security, either.Token).ConfigureAwait(false);
        var user = string.IsNullOrEmpty(options.User) ? address : options.User;
        if (options.Tokens is { } tokens) await client.AuthenticateAsync(new SaslMechanismOAuth2(user, await tokens.GetAsync(options.TokenScope, either.Token).ConfigureAwait(false)), either.Token).ConfigureAwait(false);
        else await client.AuthenticateAsync(user, options.Password ?? "", either.Token).ConfigureAwait(false);
        client.Inbox!.CountChanged += (_, _) => stirred = true;
    }

    private void Close()
    {
        client?.Dispose();
        client = null;
        stirred = false;
        quietAt = null;
        junk = default;
        junkQuietAt = null;
    }

    private static bool IsExpected(Exception e) => e is not (OutOfMemoryException or ArgumentException or NullReferenceException);
}
