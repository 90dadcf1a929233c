using NodaTime;

namespace Meridian.Domain.Touches;

/// <summary>One attempt to reach one person by one channel: the ledger's row.</summary>
/// <param name="Id">Ours: <c>tch_</c> + UUIDv7; travels to the provider.</param>
/// <param name="StepId">The permanent id of the sequence step.</param>
/// <param name="Round">1 for the first walk through the campaign; a second round is always explicit.</param>
/// <param name="Attempt">1, then more only after a failure that proved nothing was sent.</param>
/// <param name="WindowKey">The interned identity of the contact window; <c>always</c> for e-mail.</param>
/// <param name="Priority">0 (first) to 4.</param>
public sealed record Touch(
    string Id,
    string LeadId,
    string EnrollmentId,
    string CampaignId,
    Channel Channel,
    string StepId,
    int Round,
    int Attempt,
    TouchState State,
    ParkedReason? ParkedReason,
    SkippedReason? SkippedReason,
    string? AddressId,
    string PoolId,
    string WindowKey,
    string ZoneGroup,
    int Priority,
    Instant PlannedAt,
    Instant DueAt,
    Instant ExpiresAt,
    string? SenderId,
    string? PermitId,
    Instant? BegunAt,
    Instant? Deadline,
    Instant? ClosedAt,
    string? ProviderRef,
    FailedBecause? FailedBecause,
    Disposition? Disposition,
    string? Error)
{
    /// <summary>An offer that can be taken now or later: planned and not parked.</summary>
    public bool IsOffered => State == TouchState.Planned && ParkedReason is null;

    /// <summary>Begun and its time in the air not over.</summary>
    public bool IsInTheAir => BegunAt is not null && ClosedAt is null;
}
