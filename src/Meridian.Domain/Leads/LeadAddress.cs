using NodaTime;

namespace Meridian.Domain.Leads;

/// <summary>What an address is.</summary>
public enum AddressKind { Email, Phone }

/// <summary>What the source calls it; decides whether it can identify a person.</summary>
public enum AddressRole { Email, Direct, Mobile, Primary, Company }

/// <summary>An address as one lead holds it.</summary>
/// <param name="AddressId">The normalised address itself: E.164 or lower-case e-mail.</param>
/// <param name="Extension">Kept apart; null when the number reaches the person directly.</param>
/// <param name="Deliverability">The source's word for an e-mail address: Verified, Unverified, Catch-all, Unavailable, Invalid, or null.</param>
/// <param name="SuppressedAt">When the address was put on the suppression list, for whoever holds it.</param>
/// <param name="HeldAt">Since when something that names it is not understood.</param>
public sealed record LeadAddress(
    string LeadId,
    string AddressId,
    AddressKind Kind,
    AddressRole Role,
    string? Extension,
    string? Deliverability,
    Instant? SuppressedAt,
    string? SuppressedReason,
    Instant? HeldAt,
    Instant? NextCallAt,
    Instant? NextTextAt)
{
    /// <summary>What the carrier last said of the number; null: nobody asked.</summary>
    public Compliance.LineLookup? Line { get; init; }

    /// <summary>A loaded do-not-call list that names the number, however old; asked only of what a carrier called a business' line. Null: none does.</summary>
    public string? ListedOn { get; init; }
}
