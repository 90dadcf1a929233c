namespace Meridian.Adapters.Csv;

/// <summary>What a column of a file can mean to us.</summary>
internal enum Column
{
    FirstName, LastName, FullName, Title, Company, Website,
    Email, EmailStatus, DirectPhone, MobilePhone, PrimaryPhone, CompanyPhone, DoNotCall,
    Street, City, State, PostalCode, Country,
    CompanyAddress, CompanyCity, CompanyState, CompanyPostalCode, CompanyCountry,
    RecordId, LeadSource, TimeZone,
    VoiceConsent, TextConsent, ConsentDate, ConsentSeller, ConsentTextVersion, ConsentEvidence,
}
