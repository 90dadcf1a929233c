using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Mail;

/// <summary>One mailbox' way out over HTTPS.</summary>
internal interface IMailApi
{
    /// <summary>One permit, one request that sends; null: a copy to the owner, who is no contact.</summary>
    Task<SendResult> SendAsync(SendPermit? permit, OutgoingEmail email, CancellationToken cancellation);

    /// <summary>Looks at the provider for an e-mail whose acceptance we never saw.</summary>
    Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation);

    /// <summary>Whether the account lets us send, asked with a harmless read.</summary>
    Task<CheckFinding> CheckAsync(CancellationToken cancellation);
}
