namespace Meridian.Sandbox.Apollo;

/// <summary>A number as Apollo's deliveries carry it.</summary>
/// <param name="Dnc"><c>not_found</c>, <c>found</c>, <c>pending</c> or null.</param>
internal sealed record PersonPhone(string Number, string Type, string Status, string? Dnc);
