using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Http;
using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;

namespace Meridian.Adapters.Mail;

/// <summary>
/// Every mailbox by its own way: by SMTP, or over HTTPS where the host blocks mail ports. One permit, one message; nothing here sends twice, and no way
/// stands in for another.
/// </summary>
public sealed class RoutedMail : IMailTransport, IOwnerMail, ISentMail, IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly SmtpMail smtp;
    private readonly ImapEars ears;
    private readonly Dictionary<string, (MailVia Via, IMailApi Api)> apis;
    private readonly (MailVia Via, IMailApi Api, string Address)? owner;

    /// <param name="ears">Looks into the Sent folders that can be read.</param>
    /// <param name="engineClock">Dates the messages; the demo's clock may run fast.</param>
    /// <param name="machine">Times connections and replies; always the machine's own.</param>
    /// <param name="location">The HighLevel location of mailboxes that go by it.</param>
    public RoutedMail(IReadOnlyList<MailboxOptions> mailboxes, MailboxOptions? owner, ImapEars ears, TimeProvider engineClock, TimeProvider machine, HighLevelLocation? location = null)
    {
        this.ears = ears;
        smtp = new SmtpMail(mailboxes.Where(m => m.Via == MailVia.Smtp), owner is { Via: MailVia.Smtp } ? owner : null, engineClock, machine);
        apis = mailboxes.Where(m => m.Via != MailVia.Smtp).ToDictionary(m => m.Address.Trim(), m => (m.Via, Open(m, engineClock, machine, location)), StringComparer.OrdinalIgnoreCase);
        this.owner = owner is null or { Via: MailVia.Smtp } ? null : (owner.Via, Open(owner, engineClock, machine, location), owner.Address.Trim());
        Checks = [.. MailApiCheck.Of(apis.Values)];
        Polls = [.. mailboxes.Where(m => m.Via == MailVia.Mailgun).Select(m => new MailgunDomain(m, ProviderHttp.Create(ConnectTimeout), machine)).DistinctBy(d => d.Name).Select(d => new MailgunEvents(d))];
    }

    public IReadOnlyList<IProviderCheck> Checks { get; }

    /// <summary>What has to be asked for because it never comes to a mailbox: one poll a domain at Mailgun.</summary>
    public IReadOnlyList<IInboundPoll> Polls { get; }

    public Task<SendResult> SendAsync(SendPermit permit, OutgoingEmail email, CancellationToken cancellation)
    {
        if (!apis.TryGetValue(email.FromAddress.Trim(), out var way)) return smtp.SendAsync(permit, email, cancellation);
        return HandOverAsync(way.Api, permit, email, cancellation);
    }

    /// <summary>Over HTTPS a copy is written by the mailbox that carries it: whoever signs in may write in no other name.</summary>
    public Task<SendResult> SendToOwnerAsync(OutgoingEmail email, CancellationToken cancellation)
    {
        if (owner is { } own) return HandOverAsync(own.Api, null, email with { FromAddress = own.Address }, cancellation);
        return !smtp.HasOwner && apis.TryGetValue(email.FromAddress.Trim(), out var way) ? HandOverAsync(way.Api, null, email, cancellation) : smtp.SendToOwnerAsync(email, cancellation);
    }

    /// <summary>The Sent folder first, where it can be read; then the provider's own record.</summary>
    public async Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation)
    {
        var known = apis.TryGetValue(email.FromAddress.Trim(), out var way);
        var sighting = await ears.FindAsync(email, cancellation).ConfigureAwait(false);
        return sighting is Sighting.Found || !known ? sighting : await way.Api.FindAsync(email, cancellation).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => smtp.DisposeAsync();

    private static async Task<SendResult> HandOverAsync(IMailApi api, SendPermit? permit, OutgoingEmail email, CancellationToken cancellation)
    {
        if (EmailMessage.FirstProblem(email) is { } problem) return new SendResult.Refused(problem);
        if (permit is { IsSpent: true }) return new Exchange.NotPermitted().Unanswered();
        return await api.SendAsync(permit, email, cancellation).ConfigureAwait(false);
    }

    private static IMailApi Open(MailboxOptions mailbox, TimeProvider engineClock, TimeProvider machine, HighLevelLocation? location)
    {
        var http = ProviderHttp.Create(ConnectTimeout);
        return mailbox.Via switch
        {
            MailVia.Gmail => new GmailMailbox(mailbox, http, engineClock, machine),
            MailVia.Graph => new GraphMailbox(mailbox, http, engineClock, machine),
            MailVia.Mailgun => new MailgunMailbox(mailbox, http, engineClock, machine),
            MailVia.HighLevel => new HighLevelMailbox(location ?? throw new InvalidOperationException($"mailbox {mailbox.Address} goes by HighLevel, and no location is given")),
            _ => throw new ArgumentOutOfRangeException(nameof(mailbox), mailbox.Via, "not a way over HTTPS"),
        };
    }
}
