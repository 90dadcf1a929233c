using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance;

/// <summary>How much a consent is worth.</summary>
public enum ConsentStatus
{
    /// <summary>Complete and attested: a legal basis.</summary>
    Recorded,

    /// <summary>Somebody says it exists; something is missing. Opens nothing.</summary>
    Claimed,

    /// <summary>Taken back, by the person or because its import was undone.</summary>
    Withdrawn,
}

/// <summary>Prior express written consent of a person, for one number and one channel, to one seller (47 CFR 64.1200(f)(9)).</summary>
public sealed record Consent(
    string Id,
    string LeadId,
    string AddressId,
    Channel Channel,
    ConsentStatus Status,
    string? Seller,
    string? TextVersion,
    string? Evidence,
    LocalDate? GivenOn,
    Instant? ExpiresAt,
    string? AttestedBy,
    string? Missing);
