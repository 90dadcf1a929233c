using Meridian.Domain.Leads;
using Meridian.Domain.Touches;

namespace Meridian.Adapters.Csv;

/// <summary>A row as we understand it: values only, nothing looked up.</summary>
/// <param name="Unusable">Why nobody could be reached through it; null when it holds an address of the person.</param>
/// <param name="Company">Null when nothing says where the person works.</param>
internal sealed record ImportRow(
    int Line,
    string? RecordId,
    PersonFields Person,
    CompanyKey? Company,
    string? CompanyName,
    IReadOnlyList<RowAddress> Addresses,
    bool DoNotCall,
    IReadOnlyList<RowConsent> Consents,
    IReadOnlyList<string> Warnings,
    RowFault? Unusable)
{
    public string? Email => Addresses.FirstOrDefault(a => a.Kind == AddressKind.Email)?.Id;

    /// <summary>Numbers that may stand for the person: never a company line.</summary>
    public IEnumerable<RowAddress> OwnNumbers => Addresses.Where(a => a.Kind == AddressKind.Phone && a.Role != AddressRole.Company);
}

/// <summary>The lead's own columns, by the names they have in the database.</summary>
internal sealed record PersonFields(
    string? FirstName, string? LastName, string? Title, string? Street, string? City, string? State, string? PostalCode, string? CompanyState, string? Country,
    string? StatedZone, string? Source);

internal sealed record RowAddress(string Id, AddressKind Kind, AddressRole Role, string? Extension, string? Deliverability);

internal sealed record RowConsent(Channel Channel, string? Seller, string? TextVersion, string? Evidence, string? GivenOn);

internal sealed record RowFault(string? Field, string? Value, string Reason);
