using System.Collections.Frozen;
using Meridian.Engine.Intake;

namespace Meridian.Adapters.Csv;

/// <summary>Understands a header: Apollo, HubSpot, HighLevel and what people name columns by hand. Case, spaces and punctuation do not matter.</summary>
internal sealed class HeaderReading
{
    private static readonly FrozenDictionary<string, Column> Names = new Dictionary<Column, string>
    {
        [Column.FirstName] = "first name, first, given name, contact first name, person first name, fname",
        [Column.LastName] = "last name, last, surname, family name, contact last name, person last name, lname",
        [Column.FullName] = "name, full name, contact name, person name, contact, lead name",
        [Column.Title] = "title, job title, position, person title, job",
        [Column.Company] = "company, company name, organization, organization name, organisation, account, account name, business name, employer, associated company, primary associated company, company name for emails",
        [Column.Website] = "website, website url, company website, company domain, company domain name, domain, url, web, company url, web site, homepage",
        [Column.Email] = "email, e-mail, email address, e-mail address, work email, primary email, contact email, business email, mail, email 1, person email, secondary email, additional emails, personal email, email 2, other email",
        [Column.EmailStatus] = "email status, e-mail status, email verification status, primary email status, email validity",
        [Column.DirectPhone] = "work direct phone, direct phone, direct dial, direct, direct number, direct line, person direct phone",
        [Column.MobilePhone] = "mobile phone, mobile, cell, cell phone, mobile number, mobile phone number, cell number, cellular",
        [Column.PrimaryPhone] = "primary phone, phone, phone number, telephone, tel, phone 1, contact phone, home phone, other phone, work phone, primary phone number, additional phones",
        [Column.CompanyPhone] = "corporate phone, company phone, company phone number, company main phone, main phone, office phone, business phone, switchboard, hq phone, headquarters phone, account phone, organization phone",
        [Column.DoNotCall] = "do not call, dnc, dnd, do not contact, do not disturb, opted out, opt out, unsubscribed, unsubscribe, unsubscribed from all email, email opt out, sms opt out, dnd status, dnd settings, has opted out",
        [Column.Street] = "street, street address, address, address 1, address line 1, mailing street, person street, street 1",
        [Column.City] = "city, person city, mailing city, town",
        [Column.State] = "state, region, state/region, state or province, state/province, province, person state, mailing state, state code",
        [Column.PostalCode] = "postal code, zip, zip code, postcode, mailing zip, mailing postal code, zip/postal code, zip or postal code, person postal code",
        [Column.Country] = "country, country/region, person country, mailing country, country code",
        [Column.CompanyAddress] = "company address, company street, company street address, organization address, company address 1, business address",
        [Column.CompanyCity] = "company city, organization city",
        [Column.CompanyState] = "company state, company state/region, organization state, company state code",
        [Column.CompanyPostalCode] = "company postal code, company zip, company zip code, organization postal code",
        [Column.CompanyCountry] = "company country, company country/region, organization country",
        [Column.RecordId] = "record id, id, contact id, lead id, crm id, external id, apollo contact id, apollo id, hubspot id, person id, record id - contact, highlevel id",
        [Column.LeadSource] = "lead source, source, original source, contact source, original traffic source",
        [Column.TimeZone] = "time zone, timezone, tz, iana time zone",
        [Column.VoiceConsent] = "ai voice consent, voice consent, call consent, ai call consent, ai calling consent",
        [Column.TextConsent] = "sms consent, text consent, texting consent, text message consent",
        [Column.ConsentDate] = "consent date, consented at, consent given on, date of consent",
        [Column.ConsentSeller] = "consent seller, seller, consent given to",
        [Column.ConsentTextVersion] = "consent text version, consent version, text version, disclosure version",
        [Column.ConsentEvidence] = "consent evidence, evidence, consent proof, consent url, consent record, trustedform url, trustedform",
    }.SelectMany(c => c.Value.Split(", ").Select(name => (Name: Plain(name), c.Key))).Distinct().ToFrozenDictionary(n => n.Name, n => n.Key, StringComparer.Ordinal);

    private static readonly Column[] Addresses = [Column.Email, Column.DirectPhone, Column.MobilePhone, Column.PrimaryPhone];

    private readonly ILookup<Column, int> places;
    private readonly string[] header;

    private HeaderReading(string[] header, ILookup<Column, int> places, ImportColumns columns) =>
        (this.header, this.places, Columns) = (header, places, columns);

    public ImportColumns Columns { get; }

    /// <exception cref="ImportFileException">No column holds an address of a person.</exception>
    public static HeaderReading Of(string[] header, string path)
    {
        var known = header.Select((name, at) => (At: at, Name: name, Is: Names.TryGetValue(Plain(name), out var column) ? column : (Column?)null)).ToList();
        if (!known.Any(k => k.Is is { } c && Addresses.Contains(c)))
        {
            throw new ImportFileException(
                $"{path}: no column is recognised as an e-mail address or a person's telephone number. The first line reads: {string.Join(", ", header.Take(12))}. "
                + "Name a column Email, Phone, Direct Phone or Mobile Phone");
        }

        var mapped = new Dictionary<string, string>();
        foreach (var k in known.Where(k => k.Is is not null)) mapped.TryAdd(k.Name, Say(k.Is!.Value));
        var ignored = known.Where(k => k.Is is null && k.Name.Length > 0).Select(k => k.Name).ToList();
        var places = known.Where(k => k.Is is not null).ToLookup(k => k.Is!.Value, k => k.At);
        return new HeaderReading(header, places, new ImportColumns("import:" + GuessProvider(header), mapped, ignored));
    }

    /// <summary>The first column of this meaning that is filled, trimmed; null when there is none.</summary>
    public string? Text(string[] fields, Column column) => Each(fields, column).Select(f => f.Value).FirstOrDefault();

    /// <summary>Every filled column of this meaning, with the file's name for it.</summary>
    public IEnumerable<(string Name, string Value)> Each(string[] fields, Column column) =>
        from at in places[column]
        where at < fields.Length && !string.IsNullOrWhiteSpace(fields[at])
        select (header[at], fields[at].Trim());

    private static string GuessProvider(string[] header)
    {
        var names = header.Select(Plain).ToHashSet(StringComparer.Ordinal);
        if (names.Overlaps(["apollocontactid", "apolloid", "apolloaccountid"])) return "apollo";
        if (names.Overlaps(["hubspotid", "lifecyclestage", "hubspotowner", "recordidcontact", "associatedcompanyids", "unsubscribedfromallemail"])) return "hubspot";
        if (names.Overlaps(["highlevelid", "dnd", "dndsettings", "dndstatus"]) && names.Contains("contactid")) return "highlevel";
        return "crm";
    }

    internal static string Plain(string name) => new([.. name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static string Say(Column column)
    {
        var words = string.Concat(column.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : c.ToString()));
        return words.ToLowerInvariant();
    }
}
