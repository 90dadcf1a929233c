using NodaTime;

namespace Meridian.Domain.Leads;

/// <summary>A person we may work. Every fact a verdict rests on bumps <see cref="Revision"/> in its own transaction.</summary>
/// <param name="State">The person's state as a two-letter code, if known.</param>
/// <param name="CompanyState">The employer's state; evidence only where the person's own is missing.</param>
/// <param name="StatedZone">An IANA zone the source gave.</param>
public sealed record Lead(
    string Id,
    string? CompanyId,
    string? CompanyName,
    string? FirstName,
    string? LastName,
    string? Title,
    string? Street,
    string? City,
    string? State,
    string? PostalCode,
    string? CompanyState,
    string? Country,
    string? StatedZone,
    long Revision,
    Instant? OptedOutAt,
    Instant? PausedAt,
    Instant CreatedAt)
{
    public string FullName => string.Join(' ', new[] { FirstName, LastName }.Where(n => !string.IsNullOrWhiteSpace(n)));
}
