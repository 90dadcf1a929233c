using Meridian.Domain.Compliance;
using NodaTime;

namespace Meridian.Engine.Consents;

/// <summary>The store of answers that the owner's own forms brought: kept first, held against the CRM later.</summary>
public interface IConsentForms
{
    /// <summary>Keeps an answer once and wakes the desk that reads it back. False: it was told before.</summary>
    Task<bool> KeepAsync(string contactRef, FormSubmission said, Instant received, Instant now);

    /// <summary>Answers whose time has come, the oldest first.</summary>
    Task<IReadOnlyList<PendingForm>> OpenAsync(Instant now, int most);

    /// <summary>When the next one is due; null: none is open.</summary>
    Task<Instant?> NextAsync();

    Task LookAgainAsync(string id, Instant at);

    /// <summary>Recorded, or refused with the reason; a refusal is also an incident.</summary>
    Task CloseAsync(string id, bool recorded, string why, string? leadId, Instant now);
}

/// <summary>An answer nobody has decided on.</summary>
public sealed record PendingForm(string Id, string ContactRef, FormSubmission Said, Instant ReceivedAt);
