using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Meridian.Engine.Dispatch;
using MimeKit;

namespace Meridian.Adapters.Mail;

/// <summary>
/// One SMTP connection that always knows how far a message got. Pipelining and chunking are off, so every command has its own reply. Replies are
/// noted as they arrive: an error while tidying up (RSET on a dropped line) must not hide the answer that came before it.
/// </summary>
internal sealed class SmtpConversation : IDisposable
{
    private readonly MailboxOptions options;
    private readonly TimeProvider machine;
    private readonly ObservedSmtpClient client = new();
    private CancellationTokenSource? limit;

    public SmtpConversation(MailboxOptions options, TimeProvider machine)
    {
        this.options = options;
        this.machine = machine;
        client.CheckCertificateRevocation = options.ChecksRevocation;
        client.Heard = () => limit?.CancelAfter(CommandTimeout);
    }

    /// <summary>False once the line broke or a reply was missing: whatever comes next could belong to the message before.</summary>
    public bool IsUsable { get; private set; }

    /// <summary>The last message failed before MAIL FROM was answered, or the answer was 421: the server had already left.</summary>
    public bool DiedBeforeSender { get; private set; }

    private TimeSpan CommandTimeout => TimeSpan.FromSeconds(options.CommandTimeoutSeconds);

    /// <summary>Null when the connection stands and is signed in.</summary>
    public async Task<SendResult?> OpenAsync(CancellationToken cancellation)
    {
        client.Begin(SmtpPhase.Opening, null);
        using var time = limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.ConnectTimeoutSeconds), machine);
        using var stop = cancellation.Register(time.Cancel);
        try
        {
            await client.ConnectAsync(options.Host, options.Port, Socket(options.Security), time.Token).ConfigureAwait(false);
            if (options.Tokens is { } tokens)
                await client.AuthenticateAsync(new SaslMechanismOAuth2(string.IsNullOrEmpty(options.User) ? options.Address : options.User, await tokens.GetAsync(time.Token).ConfigureAwait(false)), time.Token).ConfigureAwait(false);
            else if (!string.IsNullOrEmpty(options.User)) await client.AuthenticateAsync(options.User, options.Password ?? "", time.Token).ConfigureAwait(false);
            client.Capabilities &= ~(SmtpCapabilities.Pipelining | SmtpCapabilities.Chunking | SmtpCapabilities.BinaryMime);
            IsUsable = true;
            return null;
        }
        catch (Exception e) when (IsExpected(e))
        {
            return NotOpened(e, cancellation.IsCancellationRequested);
        }
        finally
        {
            limit = null;
        }
    }

    /// <summary>Says one message. Not cancellable: only the server's silence ends it, because giving up early would leave it unknown.</summary>
    public async Task<SendResult> SendAsync(MimeMessage message, SendPermit? permit)
    {
        client.Begin(SmtpPhase.Sender, permit);
        using var time = limit = new CancellationTokenSource(CommandTimeout, machine);
        try
        {
            var reply = await client.SendAsync(FormatOptions.Default, message, time.Token, client.Progress).ConfigureAwait(false);
            return new SendResult.Accepted(Short(reply));
        }
        catch (Exception e) when (IsExpected(e))
        {
            IsUsable = e is SmtpCommandException && client.IsConnected;
            DiedBeforeSender = client.Phase == SmtpPhase.Sender && client.Refusal is null or { Code: 421 } && e is not NotSupportedException;
            return NotAccepted(e);
        }
        finally
        {
            limit = null;
        }
    }

    public async Task QuitAsync()
    {
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(1), machine);
        try
        {
            if (IsUsable) await client.DisconnectAsync(true, time.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (IsExpected(e))
        {
            // It is leaving anyway.
            IsUsable = false;
        }

        Dispose();
    }

    public void Dispose()
    {
        IsUsable = false;
        client.Dispose();
    }

    private SendResult NotAccepted(Exception e)
    {
        if (client.PermitRanOut) return new SendResult.NotSent(NotSentBecause.PermitExpired, "the permit ran out while the server took its time; the message was not handed over");
        if (client.Refusal is { } refusal) return SmtpReplies.ToRefusal(refusal.Phase, refusal.Code, Short(refusal.Text));

        // The reply to end-of-data came, and what failed came after it.
        if (client.FinalReply is { Code: >= 200 and < 300 } accepted) return new SendResult.Accepted(Short(accepted.Text));
        if (client.FinalReply is { Code: >= 400 } rejected) return SmtpReplies.ToRefusal(SmtpPhase.HandedOver, rejected.Code, Short(rejected.Text));
        if (client.Phase == SmtpPhase.HandedOver) return new SendResult.Unknown($"the whole message may have reached the server, which did not confirm it: {Plain(e)}");
        if (e is NotSupportedException) return new SendResult.Refused($"the server cannot take this message: {e.Message}");
        if (e is ServiceNotAuthenticatedException) return new SendResult.NotSent(NotSentBecause.Account, $"the server asks for a sign-in: {e.Message}");
        return new SendResult.NotSent(NotSentBecause.Transient, $"the connection failed before the message was complete: {Plain(e)}");
    }

    private SendResult NotOpened(Exception e, bool stopped) => e switch
    {
        _ when stopped => new SendResult.NotSent(NotSentBecause.PermitExpired, "stopped before the message left"),
        SmtpCommandException no => SmtpReplies.ToRefusal(SmtpPhase.Opening, (int)no.StatusCode, Short(no.Message)),
        AuthenticationException when client.LastReply is { Code: >= 400 and < 500 } busy => SmtpReplies.ToRefusal(SmtpPhase.Opening, busy.Code, Short(busy.Text)),
        AuthenticationException => new SendResult.NotSent(NotSentBecause.Account, $"the mail server did not let {options.User} in: {Short(e.Message)}"),
        NotSupportedException => new SendResult.NotSent(NotSentBecause.Account, $"{options.Host} does not offer what the mailbox is set to: {e.Message}"),
        _ => new SendResult.NotSent(NotSentBecause.Transient, $"{options.Host}:{options.Port} could not be reached: {Plain(e)}"),
    };

    private static bool IsExpected(Exception e) => e is not (OutOfMemoryException or ArgumentException or NullReferenceException);

    private static string Plain(Exception e) => e is OperationCanceledException ? "time ran out" : Short(e.Message);

    private static string Short(string text)
    {
        var one = text.ReplaceLineEndings(" ").Trim();
        return one.Length <= 300 ? one : one[..300];
    }

    private static SecureSocketOptions Socket(MailSecurity security) => security switch
    {
        MailSecurity.None => SecureSocketOptions.None,
        MailSecurity.Ssl => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.StartTls,
    };
}
