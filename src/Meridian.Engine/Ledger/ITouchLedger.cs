using Meridian.Domain.Campaigns;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Engine.Ledger;

/// <summary>The fence. Every verb is one transaction whose permission is in a WHERE and whose answer is a row count.</summary>
public interface ITouchLedger
{
    /// <summary>Begins touches at the judged revisions, all caps in the same transaction. The begin is the claim; there is no other.</summary>
    Task<BeginAnswer> TryBeginAsync(BeginOrder order, CancellationToken cancellation);

    /// <summary>Records an outcome once (late truth is welcome once). False: it was settled before.</summary>
    Task<bool> RecordAsync(Outcome outcome);

    /// <summary>Records the end of a call once; in whichever order acceptance and end arrive. False: it had ended before.</summary>
    Task<bool> RecordCallEndAsync(CallEnd end);

    /// <summary>The provider says the call has ended and its report is still to come: it stays in the air until the report, or a minute.</summary>
    Task RecordEndSeenAsync(string touchId, Instant at);

    /// <summary>Somebody answered: the call lasts, and its successor waits for the end.</summary>
    Task RecordAnsweredAsync(string touchId, Instant at, Instant successorDueAt);

    /// <summary>The provider's final cost of a call, once.</summary>
    Task<bool> SettleCostAsync(string touchId, decimal costUsd, Instant at);

    /// <summary>Writes a plan, if the lead is still at the judged revision. False: judge again.</summary>
    Task<bool> TryPlanAsync(PlanOrder order, CancellationToken cancellation);

    /// <summary>Parks an offer at the judged revision.</summary>
    Task<bool> TryParkAsync(string touchId, string leadId, long leadRevision, ParkedReason reason, Instant now);

    /// <summary>Skips an offer at the judged revision.</summary>
    Task<bool> TrySkipAsync(string touchId, string leadId, long leadRevision, SkippedReason reason, Instant now);

    /// <summary>Moves an offer's due time at the judged revision.</summary>
    Task<bool> TryWaitAsync(string touchId, string leadId, long leadRevision, Instant dueAt, Instant now);

    /// <summary>Sending past its deadline becomes unconfirmed. Returns how many.</summary>
    Task<int> MarkOverdueUnconfirmedAsync(Instant now);

    /// <summary>Past its horizon an unconfirmed touch counts as made for good: closed, with an incident.</summary>
    Task<int> CloseUnconfirmedAsync(Instant now);

    /// <summary>Offers and parked steps past their life end as skipped. Returns how many.</summary>
    Task<int> SkipExpiredAsync(Instant now);
}

/// <summary>A plan to write.</summary>
/// <param name="SeenWakes">The enrollment's wakes when it was read: a wake in between keeps it due.</param>
/// <param name="LookAgainAt">When planning looks again by itself; null: when woken.</param>
public sealed record PlanOrder(
    string EnrollmentId, string LeadId, long LeadRevision, long SeenWakes, Instant Now, Instant? LookAgainAt, bool Finished, IReadOnlyList<OfferRow> Offers);

/// <summary>An offer as the ledger writes it.</summary>
public sealed record OfferRow(
    string TouchId, string CampaignId, Channel Channel, string StepId, int Round, int Attempt, ParkedReason? Parked, SkippedReason? Skipped,
    string? AddressId, string PoolId, string WindowKey, string ZoneGroup, int Priority, Instant DueAt, Instant ExpiresAt, string? SuccessorOf);
