using System.Globalization;
using Meridian.Domain.Leads;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;

namespace Meridian.Adapters.Csv;

/// <summary>Reads a record: addresses normalised, places in the ways we keep them, consents and do-not-call understood.</summary>
internal static class RowReading
{
    private static readonly string[] Yes = ["yes", "true", "1", "y", "x"];

    // Whoever typed anything else into a do-not-call column meant it.
    private static readonly string[] No = ["no", "false", "0", "n", "off", "none", "inactive", "disabled", "allowed", "null", "n/a", "-"];

    private static readonly string[] Dates =
    [
        "yyyy-MM-dd", "M/d/yyyy", "M/d/yy", "yyyy/MM/dd", "MMM d, yyyy", "MMMM d, yyyy", "d MMM yyyy", "M-d-yyyy", "yyyyMMdd", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "M/d/yyyy H:mm", "M/d/yyyy h:mm tt", "M/d/yyyy H:mm:ss",
    ];

    public static ImportRow Of(CsvRecord record, HeaderReading header)
    {
        var warnings = new List<string>();
        string? Text(Column column) => header.Text(record.Fields, column);

        var addresses = Addresses(record, header, warnings, out var fault);
        var (first, last) = Names(Text(Column.FirstName), Text(Column.LastName), Text(Column.FullName));
        var email = addresses.FirstOrDefault(a => a.Kind == AddressKind.Email)?.Id;
        var person = Place(Text, warnings) with { FirstName = first, LastName = last, Title = Text(Column.Title), Source = Text(Column.LeadSource) };
        var own = addresses.Any(a => a.Role != AddressRole.Company);
        return new ImportRow(
            record.Line, Text(Column.RecordId), person, CompanyKey.Of(Text(Column.Website), email, Text(Column.Company)), Text(Column.Company), addresses,
            header.Each(record.Fields, Column.DoNotCall).Any(f => !No.Contains(f.Value.ToLowerInvariant())),
            Consents(Text, addresses, warnings), warnings, own ? null : fault ?? NoAddress(addresses));
    }

    private static RowFault NoAddress(List<RowAddress> addresses) => addresses.Count > 0
        ? new RowFault(null, addresses[0].Id, "only a company line: no e-mail address and no number of the person")
        : new RowFault(null, null, "no e-mail address and no telephone number of the person");

    private static List<RowAddress> Addresses(CsvRecord record, HeaderReading header, List<string> warnings, out RowFault? fault)
    {
        RowFault? firstFault = null;
        var found = new List<RowAddress>();
        var status = header.Text(record.Fields, Column.EmailStatus);
        foreach (var (name, value) in header.Each(record.Fields, Column.Email))
        {
            foreach (var raw in value.Split([';', ',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                if (!EmailAddress.TryParse(raw, out var email, out var reason)) Refuse(name, raw, reason);
                else if (found.All(a => a.Id != email.Value)) found.Add(new RowAddress(email.Value, AddressKind.Email, AddressRole.Email, null, found.Count == 0 ? Deliverability(status) : null));
            }
        }

        // A number that also stands in the company's column is the company's: it is never called and never identifies anybody.
        foreach (var (column, role) in new[]
                 {
                     (Column.CompanyPhone, AddressRole.Company), (Column.MobilePhone, AddressRole.Mobile), (Column.DirectPhone, AddressRole.Direct), (Column.PrimaryPhone, AddressRole.Primary),
                 })
        {
            foreach (var (name, value) in header.Each(record.Fields, column))
            {
                if (!PhoneNumber.TryParse(value, out var number, out var reason)) Refuse(name, value, reason);
                else if (found.FirstOrDefault(a => a.Id == number.E164) is not { } known) found.Add(new RowAddress(number.E164, AddressKind.Phone, role, number.Extension, null));
                else if (known.Role == AddressRole.Company && role != AddressRole.Company && known.Extension == number.Extension)
                    warnings.Add($"{name} {value} is also the company's line: it is not used for this person");
            }
        }

        fault = firstFault;
        return found;

        void Refuse(string name, string value, string reason)
        {
            firstFault ??= new RowFault(name, value, reason);
            warnings.Add($"{name} '{value}' was left out: {reason}");
        }
    }

    private static string? Deliverability(string? status) => status is null ? null : HeaderReading.Plain(status) switch
    {
        "verified" or "valid" or "deliverable" => "Verified",
        "unverified" => "Unverified",
        "catchall" or "acceptall" => "Catch-all",
        "unavailable" => "Unavailable",
        "invalid" or "undeliverable" or "bounced" or "hardbounce" => "Invalid",
        _ => status,
    };

    private static (string? First, string? Last) Names(string? first, string? last, string? full)
    {
        if (first is not null || last is not null || full is null) return (first, last);
        if (full.Split(',', 2, StringSplitOptions.TrimEntries) is [var before, var after] && after.Length > 0 && !before.Contains(' ')) return (after, before); // "Lee, Ana"
        var space = full.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (full, null) : (full[..space], full[(space + 1)..].Trim());
    }

    private static PersonFields Place(Func<Column, string?> text, List<string> warnings)
    {
        var street = text(Column.Street) ?? text(Column.CompanyAddress);
        var ofCompany = text(Column.Street) is null;
        var zip = text(Column.PostalCode) ?? (ofCompany ? text(Column.CompanyPostalCode) : null);
        var zone = text(Column.TimeZone);
        if (zone is not null && CanonicalZone.Of(zone) is null)
        {
            warnings.Add($"time zone '{zone}' is no IANA zone such as America/Chicago: not used");
            zone = null;
        }

        var state = text(Column.State);
        var country = text(Column.Country) ?? text(Column.CompanyCountry);
        if (!Country.IsUnitedStates(country, state ?? text(Column.CompanyState)) && country is not null) warnings.Add($"country is {country}: nobody outside the United States is contacted");
        return new PersonFields(
            null, null, null, street, text(Column.City) ?? (state is null ? text(Column.CompanyCity) : null), Code(state),
            zip is null ? PostalCode.InAddress(street)?.Zip5 : PostalCode.Zip5(zip) ?? zip, Code(text(Column.CompanyState)), country, zone, null);
    }

    private static string? Code(string? state) => UsState.TryParse(state, out var code) ? code : state;

    private static List<RowConsent> Consents(Func<Column, string?> text, List<RowAddress> addresses, List<string> warnings)
    {
        var consents = new List<RowConsent>();
        foreach (var (column, channel, name) in new[] { (Column.VoiceConsent, Channel.Call, "AI voice"), (Column.TextConsent, Channel.Text, "SMS") })
        {
            if (text(column) is not { } said || !Yes.Contains(said.ToLowerInvariant())) continue;
            if (!addresses.Any(a => a.Kind == AddressKind.Phone && a.Role != AddressRole.Company))
            {
                warnings.Add($"{name} consent was left out: the row holds no number of the person that it could be for");
                continue;
            }

            var date = text(Column.ConsentDate);
            var day = Day(date);
            if (date is not null && day is null) warnings.Add($"consent date '{date}' is not a date we can read");
            consents.Add(new RowConsent(channel, text(Column.ConsentSeller), text(Column.ConsentTextVersion), text(Column.ConsentEvidence), day));
        }

        return consents;
    }

    private static string? Day(string? text) =>
        DateTimeOffset.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.AssumeUniversal, out var date)
            ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : null;
}
