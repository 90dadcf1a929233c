using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>An e-mail ready to leave. <paramref name="MessageId"/> is made from the touch id, without angle brackets.</summary>
/// <param name="Follows">The Message-IDs of what this mailbox wrote to them before, oldest first: mail programs show the letters as one conversation.</param>
public sealed record OutgoingEmail(
    string MessageId, string FromAddress, string? FromName, string ToAddress, string? ToName, string Subject, string TextBody,
    string? UnsubscribeUrl = null, string? UnsubscribeMailto = null, IReadOnlyList<string>? Follows = null);

/// <summary>A call ready to be placed.</summary>
/// <param name="ProviderSenderKey">The provider's id of the caller ID (Vapi <c>phoneNumberId</c>).</param>
/// <param name="FirstMessage">Says first who calls, that it is an AI, and that the line is recorded.</param>
/// <param name="RingSeconds">Asked of the provider; at this age without an answer we hang up.</param>
/// <param name="TransferToE164">A person of the owner's who may take the call over while it lasts; null: nobody now.</param>
public sealed record OutgoingCall(
    string TouchId, string LeadId, string ProviderSenderKey, string ToE164, string? Extension, string? CustomerName, string FirstMessage,
    IReadOnlyDictionary<string, string> Variables, int MaxDurationSeconds, int RingSeconds, Instant LatestAt, string? TransferToE164 = null);

/// <summary>A text ready to leave, to a contact the provider knows.</summary>
public sealed record OutgoingText(string TouchId, string ContactId, string FromE164, string ToE164, string Body);
