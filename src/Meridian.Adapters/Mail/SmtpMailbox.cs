using Meridian.Engine.Dispatch;
using MimeKit;

namespace Meridian.Adapters.Mail;

/// <summary>
/// One mailbox's connection, kept open between messages and used by one message at a time. A connection found dead at MAIL FROM is opened
/// anew once, because nothing of the message was sent; after that nothing is ever said twice.
/// </summary>
internal sealed class SmtpMailbox(MailboxOptions options, TimeProvider machine) : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly DkimSignature? signature = options.Dkim is { } dkim ? new DkimSignature(dkim, options.Address.Trim()) : null;
    private SmtpConversation? open;
    private long lastUsed;

    public async Task<SendResult> SendAsync(MimeMessage message, SendPermit? permit, CancellationToken cancellation)
    {
        try
        {
            await turn.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new SendResult.NotSent(NotSentBecause.PermitExpired, "stopped before the mailbox was free");
        }

        try
        {
            return await HandOverAsync(message, permit, cancellation).ConfigureAwait(false);
        }
        finally
        {
            lastUsed = machine.GetTimestamp();
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync().ConfigureAwait(false);
        if (open is not null) await open.QuitAsync().ConfigureAwait(false);
        open = null;
        turn.Dispose();
    }

    private async Task<SendResult> HandOverAsync(MimeMessage message, SendPermit? permit, CancellationToken cancellation)
    {
        if (permit is { IsExpired: true }) return Expired();
        signature?.Sign(message);
        if (open is not null && (!open.IsUsable || machine.GetElapsedTime(lastUsed) > TimeSpan.FromSeconds(options.IdleSeconds))) Close();

        var reused = open is not null;
        if (open is null && await OpenAsync(cancellation).ConfigureAwait(false) is { } failure) return failure;
        if (cancellation.IsCancellationRequested) return new SendResult.NotSent(NotSentBecause.PermitExpired, "stopped before the message left");
        if (permit is not null && !permit.TryUse()) return Expired();

        var result = await open!.SendAsync(message, permit).ConfigureAwait(false);
        if (reused && open.DiedBeforeSender && permit is not { IsExpired: true })
        {
            Close();
            if (await OpenAsync(cancellation).ConfigureAwait(false) is { } again) return again;
            if (permit is { IsExpired: true }) return Expired();
            result = await open!.SendAsync(message, permit).ConfigureAwait(false);
        }

        if (!open.IsUsable) Close();
        return result;
    }

    /// <summary>Null when the connection stands.</summary>
    private async Task<SendResult?> OpenAsync(CancellationToken cancellation)
    {
        var conversation = new SmtpConversation(options, machine);
        var failure = await conversation.OpenAsync(cancellation).ConfigureAwait(false);
        if (failure is null) open = conversation;
        else conversation.Dispose();
        return failure;
    }

    private void Close()
    {
        open?.Dispose();
        open = null;
    }

    private static SendResult.NotSent Expired() => new(NotSentBecause.PermitExpired, "the permit had expired or was used before; nothing was sent");
}
