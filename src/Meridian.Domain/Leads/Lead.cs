using NodaTime;

namespace Meridian.Domain.Leads;

/// <summary>A person we may work. Every fact a verdict rests on bumps <see cref="Revision"/> in its own transaction.</summary>
public sealed record Lead(
    string Id,
    string? CompanyId,
    string? CompanyName,
    string? FirstName,
    string? LastName,
    string? Title,
    string? City,
    string? State,
    string? PostalCode,
    string? Country,
    long Revision,
    Instant? OptedOutAt,
    Instant? PausedAt,
    Instant? LastTouchAt,
    Instant CreatedAt);
