using System.Text.RegularExpressions;

namespace Meridian.LogCheck.Crm;

/// <summary>One row of the import, with only what the laws ask for.</summary>
internal sealed partial record CrmRow(
    int Number, string Name, string? Email, string EmailStatus, IReadOnlyList<PhoneCell> Phones, bool DoNotCall, string Country,
    string State, string? Zip, string RecordId, string Company, bool VoiceConsent, bool SmsConsent)
{
    private static readonly string[] PhoneColumns = ["Primary Phone", "Work Direct Phone", "Mobile Phone", "Corporate Phone", "Company Phone"];

    public string? Mobile => Phones.FirstOrDefault(p => p.IsMobile)?.Number;

    public bool HoldsNumber(string number) => Phones.Any(p => p.Number == number);

    public static CrmRow From(int number, IReadOnlyDictionary<string, string> cells, Func<string, bool> geographic)
    {
        string Cell(string name) => cells.TryGetValue(name, out var value) ? value.Trim() : "";
        var email = Cell("Email").ToLowerInvariant();
        var place = AddressEnd().Match(Cell("Company Address"));
        var papers = Cell("Consent Seller").Length > 0 && Cell("Consent Text Version").Length > 0 && Cell("Consent Evidence").Length > 0;
        return new CrmRow(
            number,
            Folding.Fold($"{Cell("First Name")} {Cell("Last Name")}"),
            EmailShape().IsMatch(email) ? email : null,
            Cell("Email Status"),
            [.. PhoneColumns.Select(c => PhoneCell.Parse(Cell(c), c == "Mobile Phone", c is "Corporate Phone" or "Company Phone", geographic)).OfType<PhoneCell>()],
            Truthy(Cell("Do Not Call")),
            First(Cell("Country"), Cell("Company Country")),
            place.Success ? place.Groups["state"].Value : First(Cell("Company State"), Cell("State")),
            place.Success ? place.Groups["zip"].Value : Cell("Bought Postal Code") is { Length: 5 } bought ? bought : null,
            Cell("Record Id"),
            Spaces().Replace(Cell("Company Name"), " ").Trim(),
            papers && Truthy(Cell("AI Voice Consent")),
            papers && Truthy(Cell("SMS Consent")));
    }

    private static string First(string one, string other) => one.Length > 0 ? one : other;

    private static bool Truthy(string text) => text.ToLowerInvariant() is "yes" or "true" or "1" or "y";

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    private static partial Regex EmailShape();

    [GeneratedRegex(@",\s*(?<state>[A-Za-z]{2})\s+(?<zip>\d{5})(-\d{4})?$")]
    private static partial Regex AddressEnd();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
