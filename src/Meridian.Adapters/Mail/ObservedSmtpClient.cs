using System.Globalization;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using Meridian.Engine.Dispatch;
using MimeKit;

namespace Meridian.Adapters.Mail;

/// <summary>MailKit's client, watched: which phase a message is in, and what the server said, whatever exception comes of it.</summary>
internal sealed class ObservedSmtpClient : SmtpClient
{
    private readonly Tap tap;
    private SendPermit? permit;
    private SmtpPhase phase = SmtpPhase.Opening;
    private bool goAhead;
    private long written;
    private long whole = long.MaxValue;

    public ObservedSmtpClient()
        : this(new Tap())
    {
    }

    private ObservedSmtpClient(Tap tap)
        : base(tap)
    {
        this.tap = tap;
        tap.Reply = OnReply;
        tap.Moved = () => Heard?.Invoke();
        Progress = new Counter(this);
    }

    /// <summary>Called at every sign of life, to begin the wait anew.</summary>
    public Action? Heard { get; set; }

    public ITransferProgress Progress { get; }

    /// <summary>
    /// Handed over as soon as the whole content was written towards the server: end-of-data follows at once and nobody can say whether it
    /// arrived. The count includes stuffed dots and the size does not, so a doubt falls on this side.
    /// </summary>
    public SmtpPhase Phase => phase == SmtpPhase.Content && goAhead && written >= whole ? SmtpPhase.HandedOver : phase;

    public (int Code, string Text)? LastReply { get; private set; }

    /// <summary>The first no to this message, up to and including the reply to DATA.</summary>
    public (SmtpPhase Phase, int Code, string Text)? Refusal { get; private set; }

    /// <summary>The reply to the content; never the reply to what came after it.</summary>
    public (int Code, string Text)? FinalReply { get; private set; }

    public bool PermitRanOut { get; private set; }

    public void Begin(SmtpPhase first, SendPermit? with)
    {
        phase = first;
        permit = with;
        goAhead = PermitRanOut = false;
        written = 0;
        whole = long.MaxValue;
        LastReply = FinalReply = null;
        Refusal = null;
        tap.Clear();
    }

    protected override void OnSenderAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => phase = SmtpPhase.Recipient;

    protected override void OnSenderNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        Refusal ??= (SmtpPhase.Sender, (int)response.StatusCode, response.Response);
        base.OnSenderNotAccepted(message, mailbox, response);
    }

    /// <summary>Some servers let the recipient wait on purpose; an opt-out may have come meanwhile, and nothing is handed over yet.</summary>
    protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        phase = SmtpPhase.Content;
        if (permit is not { IsExpired: true }) return;
        PermitRanOut = true;
        throw new OperationCanceledException("the permit ran out before DATA");
    }

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        Refusal ??= (SmtpPhase.Recipient, (int)response.StatusCode, response.Response);
        base.OnRecipientNotAccepted(message, mailbox, response);
    }

    private void OnReply(int code, string text)
    {
        LastReply = (code, text);
        if (phase != SmtpPhase.Content || Refusal is not null) return;
        if (goAhead) FinalReply ??= (code, text);
        else if (code == 354) goAhead = true;
        else if (code >= 400) Refusal = (SmtpPhase.Content, code, text);
    }

    private sealed class Counter(ObservedSmtpClient client) : ITransferProgress
    {
        public void Report(long bytesTransferred, long totalSize)
        {
            client.written = bytesTransferred;
            client.whole = totalSize;
            client.Heard?.Invoke();
        }

        public void Report(long bytesTransferred) => client.written = bytesTransferred;
    }

    /// <summary>Sees the server's lines; keeps nothing of what we say.</summary>
    private sealed class Tap : IProtocolLogger
    {
        private readonly StringBuilder pending = new();
        private readonly List<string> lines = [];

        public Action<int, string>? Reply { get; set; }

        public Action? Moved { get; set; }

        public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

        public void Clear()
        {
            pending.Clear();
            lines.Clear();
        }

        public void LogConnect(Uri uri)
        {
        }

        public void LogClient(byte[] buffer, int offset, int count)
        {
        }

        public void LogServer(byte[] buffer, int offset, int count)
        {
            Moved?.Invoke();
            pending.Append(Encoding.UTF8.GetString(buffer, offset, count));
            var text = pending.ToString();
            int end;
            while ((end = text.IndexOf('\n', StringComparison.Ordinal)) >= 0)
            {
                TakeLine(text[..end].TrimEnd('\r'));
                text = text[(end + 1)..];
            }

            pending.Clear().Append(text);
        }

        public void Dispose()
        {
        }

        private void TakeLine(string line)
        {
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)) return;
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length > 3 && line[3] == '-') return;
            var text = string.Join(' ', lines);
            lines.Clear();
            Reply?.Invoke(code, text);
        }
    }
}
