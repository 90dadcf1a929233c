using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>Hands e-mails to a mailbox's server. One permit, one message; never retries by itself.</summary>
public interface IMailTransport
{
    Task<SendResult> SendAsync(SendPermit permit, OutgoingEmail email, CancellationToken cancellation);
}

/// <summary>Sends copies to the owner by the owner's own transport; not a contact, so no permit, but its own outbox row.</summary>
public interface IOwnerMail
{
    Task<SendResult> SendToOwnerAsync(OutgoingEmail email, CancellationToken cancellation);
}

/// <summary>Looks into a mailbox's Sent folder, or its provider's own record, for an e-mail whose acceptance we never saw.</summary>
public interface ISentMail
{
    /// <summary>Some servers keep no copy of what was handed in, and some give it another Message-ID: finding none proves nothing.</summary>
    Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation);
}

/// <summary>An e-mail of ours that may have left, in the words it is recognised by.</summary>
/// <param name="MessageId">Ours, without angle brackets; it holds the touch id.</param>
public sealed record SentEmail(string FromAddress, string MessageId, string ToAddress, string Subject, Instant BegunAt);

/// <summary>Places calls by a voice agent. One permit, one request; never retries by itself.</summary>
public interface ICallTransport
{
    Task<SendResult> PlaceAsync(SendPermit permit, OutgoingCall call, CancellationToken cancellation);

    /// <summary>Ends a live call. True when the provider took the order.</summary>
    Task<bool> HangUpAsync(string controlUrl, CancellationToken cancellation);

    /// <summary>How the call stands at the provider; null when the provider does not know it or could not be asked.</summary>
    Task<CallStanding?> LookUpAsync(string providerRef, CancellationToken cancellation);

    /// <summary>Looks for a call of ours whose acceptance we never saw, begun in [<paramref name="from"/>, <paramref name="to"/>].</summary>
    Task<Sighting> FindAsync(string touchId, string providerSenderKey, Instant from, Instant to, CancellationToken cancellation);
}

/// <summary>Sends texts through a CRM location. One permit, one request; never retries by itself.</summary>
public interface ITextTransport
{
    /// <summary>Makes sure the provider knows the person and says whether it may be texted there. Sends nothing to the person; may be repeated.</summary>
    Task<TextContact> PrepareAsync(TextPerson person, CancellationToken cancellation);

    Task<SendResult> SendAsync(SendPermit permit, OutgoingText text, CancellationToken cancellation);

    /// <summary>Looks for a text of ours whose acceptance we never saw: outbound, to this contact, since then, beginning with our words.</summary>
    Task<Sighting> FindAsync(string contactId, string body, Instant from, CancellationToken cancellation);

    /// <summary>Writes our opt-out into the provider's do-not-disturb, so that nobody texts from there either.</summary>
    Task<bool> SetDoNotDisturbAsync(string contactId, CancellationToken cancellation);
}

/// <summary>What the provider must know of a person before a text.</summary>
public sealed record TextPerson(string LeadId, string? FirstName, string? LastName, string? Email, string PhoneE164, string? CompanyName);

/// <summary>The provider's answer to <see cref="ITextTransport.PrepareAsync"/>.</summary>
public abstract record TextContact
{
    /// <summary>Known and not on do-not-disturb.</summary>
    public sealed record Ready(string ContactId) : TextContact;

    /// <summary>The provider holds a do-not-disturb for it: an opt-out we had not heard of.</summary>
    public sealed record DoNotDisturb(string ContactId, string Detail) : TextContact;

    /// <summary>The provider stored another phone than the one we sent (its duplicate rule dropped a field): nothing may be sent to it.</summary>
    public sealed record Mismatch(string ContactId, string Detail) : TextContact;

    /// <summary>Not answered; try again later.</summary>
    /// <param name="IsAboutThem">The provider answers, and has nothing to say or a "no" about this person: others may go on.</param>
    public sealed record NotReady(NotSentBecause Because, string Reason, bool IsAboutThem = false) : TextContact;
}

/// <summary>Whether a look at the provider found a send of ours.</summary>
public abstract record Sighting
{
    public sealed record Found(string ProviderRef, string? ControlUrl = null) : Sighting;

    /// <summary>The provider was asked and shows none. Proof only after its index had time to settle.</summary>
    public sealed record NotFound : Sighting;

    /// <summary>The provider could not be asked.</summary>
    public sealed record CannotTell(string Reason) : Sighting;
}

/// <summary>A call as the provider sees it.</summary>
/// <param name="Ended">Null while it lasts.</param>
/// <param name="ReportIsOut">False: it ended a moment ago, and what was said and what it cost is still being worked out.</param>
public sealed record CallStanding(string ProviderRef, string Status, CallEnding? Ended, bool ReportIsOut = true);
