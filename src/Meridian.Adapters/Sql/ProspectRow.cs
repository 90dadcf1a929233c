using Meridian.Adapters.Csv;
using Meridian.Domain.Leads;
using Meridian.Engine.Prospecting;

namespace Meridian.Adapters.Sql;

/// <summary>A bought person as a row of an import, or why there can be none: only people in the United States with a verified address of their own.</summary>
internal static class ProspectRow
{
    public static (ImportRow? Row, string? Fault) Of(EnrichedProspect p, int line)
    {
        if (!Country.IsUnitedStates(p.Country, p.State)) return (null, $"not in the United States: {p.Country ?? "no country given"}");
        if (!string.Equals(p.EmailStatus, "verified", StringComparison.OrdinalIgnoreCase)) return (null, $"the e-mail address is {p.EmailStatus ?? "missing"}, not verified");
        if (!EmailAddress.TryParse(p.Email, out var email, out var reason)) return (null, $"the e-mail address cannot be used: {reason}");
        var addresses = new List<RowAddress> { new(email.Value, AddressKind.Email, AddressRole.Email, null, "Verified") };
        if (PhoneNumber.TryParse(p.CompanyPhone, out var phone, out _)) addresses.Add(new RowAddress(phone.E164, AddressKind.Phone, AddressRole.Company, phone.Extension, null));
        var person = new PersonFields(
            p.FirstName, p.LastName, p.Title, null, p.City, Code(p.State), p.PostalCode is null ? null : PostalCode.Zip5(p.PostalCode) ?? p.PostalCode, Code(p.CompanyState), p.Country, null, "apollo");
        return (new ImportRow(line, p.ExternalId, person, CompanyKey.Of(p.CompanyDomain, email.Value, p.CompanyName), p.CompanyName, addresses, false, [], [], null), null);
    }

    private static string? Code(string? state) => UsState.TryParse(state, out var code) ? code : state;
}
