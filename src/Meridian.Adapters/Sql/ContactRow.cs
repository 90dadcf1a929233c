using Meridian.Adapters.Csv;
using Meridian.Domain.Leads;
using Meridian.Domain.Pulling;
using Meridian.Domain.Time;

namespace Meridian.Adapters.Sql;

/// <summary>A pulled contact as a row of an import. No consent comes with it: what a CRM knows of one is not evidence.</summary>
internal static class ContactRow
{
    public const string Source = "HighLevel contact";

    public static ImportRow Of(CrmContact c, int line)
    {
        var addresses = new List<RowAddress>();
        if (EmailAddress.TryParse(c.Email, out var email, out _)) addresses.Add(new RowAddress(email.Value, AddressKind.Email, AddressRole.Email, null, null));
        if (PhoneNumber.TryParse(c.Phone, out var phone, out _)) addresses.Add(new RowAddress(phone.E164, AddressKind.Phone, AddressRole.Primary, phone.Extension, null));
        var person = new PersonFields(
            c.FirstName, c.LastName, null, c.Street, c.City, UsState.TryParse(c.State, out var code) ? code : c.State, c.PostalCode is null ? null : PostalCode.Zip5(c.PostalCode) ?? c.PostalCode, null, c.Country,
            c.Zone is not null && CanonicalZone.Of(c.Zone) is not null ? c.Zone : null, Source);
        return new ImportRow(
            line, c.Id, person, CompanyKey.Of(c.Website, email?.Value, c.CompanyName), c.CompanyName, addresses, false, [], [],
            addresses.Count > 0 ? null : new RowFault(null, null, "no e-mail address and no telephone number of the person"));
    }
}
