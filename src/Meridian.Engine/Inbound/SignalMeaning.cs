using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Engine.Inbound;

/// <summary>How a call ended, in our words.</summary>
/// <param name="EndedReason">The provider's word, kept.</param>
/// <param name="PersonSaid">Everything the person said, one line an utterance; empty when nothing was transcribed.</param>
/// <param name="CostUsd">Null until the provider tells.</param>
/// <param name="AccountFault">The end was not the person's doing: key, plan, credit, number. Pauses the sender.</param>
public sealed record CallEnding(
    string EndedReason, Disposition Disposition, Instant? EndedAt, double DurationSeconds, string PersonSaid, string? Summary, decimal? CostUsd, bool AccountFault)
{
    /// <summary>Told by a start of the talk, or by a word for the end that only a picked-up call has: a voicemail, a silence.</summary>
    public bool PickedUp { get; init; }

    /// <summary>Somebody may have said something that is not known yet, whatever the word: a call that broke after a talk has words, too.</summary>
    public bool MayHaveSpoken => PickedUp || DurationSeconds > 0 || Disposition is Disposition.Answered or Disposition.HungUp or Disposition.Interested or Disposition.NotInterested or Disposition.Unknown;
}

/// <summary>What a raw signal says once it is understood.</summary>
public abstract record SignalMeaning
{
    /// <summary>A call of ours moved: <c>ringing</c>, <c>in-progress</c>.</summary>
    public sealed record CallProgress(string? TouchId, string ProviderRef, string Status) : SignalMeaning;

    /// <summary>A call of ours ended; the report may come later with more.</summary>
    public sealed record CallEnded(string? TouchId, string ProviderRef, CallEnding Ending, bool IsReport) : SignalMeaning;

    /// <summary>In the middle of a call somebody asked for no more of us: in words, by key 9, or as the voice agent understood it.</summary>
    public sealed record CallOptOut(string? TouchId, string? ProviderRef, string? FromE164) : SignalMeaning;

    /// <summary>In the middle of a call somebody asked for a person to call back.</summary>
    public sealed record CallBackAsked(string? TouchId, string? ProviderRef, string? FromE164, string When) : SignalMeaning;

    /// <summary>Somebody called one of our numbers, and the call is over.</summary>
    public sealed record CalledUs(string ProviderRef, string? FromE164, string PersonSaid) : SignalMeaning;

    /// <summary>The person wrote a text.</summary>
    public sealed record TextReceived(string? ContactId, string? FromE164, string? ToE164, string Body, Instant? SaidAt) : SignalMeaning;

    /// <summary>The provider put somebody on do-not-disturb: a contact, or whoever has a number or an address.</summary>
    public sealed record DoNotDisturbSet(string? ContactId, string? PhoneE164, string? Email, string Detail) : SignalMeaning;

    /// <summary>Somebody answered a form of the owner's that may be a consent; nothing of it is believed yet.</summary>
    public sealed record ConsentFormSent(string ContactId, Meridian.Domain.Compliance.FormSubmission Said) : SignalMeaning;

    /// <summary>A person answered an e-mail. <paramref name="IsUnclear"/>: it may ask us to stop, and somebody should read it.</summary>
    /// <param name="IsAnswer">It says that it answers something, so nobody writes out of the blue.</param>
    public sealed record MailReply(string? TouchId, string From, string Words, bool IsUnclear, Instant? SaidAt, bool IsAnswer) : SignalMeaning;

    /// <summary>A person wants no more: in words, by the unsubscribe address, or by a complaint to the provider.</summary>
    /// <param name="LeadId">Named by the token in our own unsubscribe address.</param>
    public sealed record MailOptOut(string? TouchId, string? LeadId, string? From, string Reason) : SignalMeaning;

    /// <summary>A mail server could not deliver what it had taken (RFC 3464).</summary>
    public sealed record MailBounce(string? TouchId, string? Recipient, BounceKind Failure, string Detail) : SignalMeaning;

    /// <summary>A machine answered (RFC 3834): neither a reply nor a wish, whatever its words.</summary>
    public sealed record MailAutoReply(string? TouchId, string? From, string Why) : SignalMeaning;

    /// <summary>A source delivered the phones of an order of ours.</summary>
    public sealed record PhonesDelivered(string OrderId, IReadOnlyList<Prospecting.ProspectPhone> Phones, decimal Credits) : SignalMeaning;

    /// <summary>Understood, and nothing for us to do.</summary>
    public sealed record Nothing(string Why) : SignalMeaning;

    /// <summary>Cannot be read. Keeps the hold and opens an incident: a STOP nobody understood protects as much as one that was.</summary>
    public sealed record Unreadable(string Why) : SignalMeaning;
}

/// <summary>Whose problem a bounce is.</summary>
public enum BounceKind
{
    /// <summary>The address does not exist: it is never written to again.</summary>
    Hard,

    /// <summary>Full, late, too big: it may pass.</summary>
    Soft,

    /// <summary>A no to our sender, not a word about the person.</summary>
    Blocked,
}

/// <summary>What can be told of a raw signal before understanding it: enough to store it once and to hold whom it names.</summary>
/// <param name="EventId">The provider's unique id of the event, or one made from its content.</param>
/// <param name="AddressIds">Normalised addresses it names.</param>
/// <param name="Holds">False for pure progress news, which can carry no opt-out.</param>
public sealed record SignalEnvelope(string EventId, string Kind, string? TouchId, string? ContactId, IReadOnlyList<string> AddressIds, bool Holds)
{
    /// <summary>False: the event id says nothing of when, so the same content is the same event for five minutes only.</summary>
    public bool IsDated { get; init; } = true;

    /// <summary>False: progress that says nothing new, of which there are dozens a call; it is acknowledged and not kept.</summary>
    public bool IsKept { get; init; } = true;

    /// <summary>The id under which it is stored when it arrives now.</summary>
    public string IdAt(Instant now) => IsDated ? EventId : $"{EventId}:{FiveMinutes(now)}";

    /// <summary>Which five minutes since 1970.</summary>
    public static long FiveMinutes(Instant at) => at.ToUnixTimeSeconds() / 300;
}

/// <summary>Reads one provider's webhooks, or the mails of our mailboxes. Pure: text in, meaning out; never throws on bad input.</summary>
public interface ISignalReader
{
    /// <summary><c>vapi</c>, <c>highlevel</c>, <c>mail</c>, <c>apollo</c>, <c>mailgun</c>.</summary>
    string Provider { get; }

    /// <summary>Looks at the outside of a raw body. For unreadable bodies the event id is a hash of the bytes.</summary>
    SignalEnvelope Describe(string raw);

    SignalMeaning Read(string raw);
}
