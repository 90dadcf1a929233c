using System.Globalization;
using System.Text;
using Meridian.Adapters;

namespace Meridian.Host.Demo;

/// <summary>Invents people for a demo without a file: 555-01xx numbers and example domains only.</summary>
public static class DemoLeads
{
    private static readonly (string State, string City, string Zip, string AreaCode)[] Places =
    [
        ("NY", "Albany", "12207", "518"), ("FL", "Orlando", "32801", "407"), ("VA", "Richmond", "23219", "804"), ("IL", "Chicago", "60601", "312"),
        ("TX", "Austin", "78701", "512"), ("MN", "Duluth", "55802", "218"), ("CO", "Denver", "80202", "303"), ("AZ", "Tucson", "85701", "520"),
        ("UT", "Provo", "84601", "801"), ("CA", "Fresno", "93721", "559"), ("WA", "Spokane", "99201", "509"), ("AK", "Anchorage", "99501", "907"), ("HI", "Hilo", "96720", "808"),
    ];

    private static readonly string[] First = ["Ana", "Ben", "Carla", "Diego", "Elena", "Farid", "Grace", "Hugo", "Ivy", "Jamal", "Keiko", "Liam", "Maya", "Noah", "Olga", "Priya"];
    private static readonly string[] Last = ["Abbott", "Baker", "Cruz", "Dang", "Edwards", "Fischer", "García", "Huang", "Iyer", "Johnson", "Kowalski", "Lee", "Müller"];
    private static readonly string[] Trades = ["Bakery", "Dental", "HVAC", "Law", "Logistics", "Plumbing", "Roofing", "Solar", "Staffing"];

    public static void Write(string path, int count, ulong seed)
    {
        var text = new StringBuilder("First Name,Last Name,Title,Company Name,Email,Email Status,Mobile Phone,Website,City,State,Country,Company Address,Record Id,AI Voice Consent,SMS Consent,Consent Date,Consent Seller,Consent Text Version,Consent Evidence\r\n");
        for (var i = 0; i < count; i++)
        {
            var place = Places[i % Places.Length];
            var trade = Trades[i % Trades.Length];
            var first = First[i % First.Length];
            var last = Last[i % Last.Length];
            var phone = $"({place.AreaCode}) 555-{100 + i / Places.Length % 100:0000}";
            var consent = (i + (int)(seed % 3)) % 3 == 0;
            var row = string.Create(CultureInfo.InvariantCulture, $"{first},{last},Owner,{place.City} {trade} {i},{first.ToLowerInvariant()}.{i}@company-{seed}-{i}.example,Verified,{phone},https://company-{seed}-{i}.example,{place.City},{place.State},US,\"{i + 1} Main St, {place.City}, {place.State} {place.Zip}\",demo-{seed}-{i},");
            text.Append(row).Append(consent ? $"yes,yes,2026-06-01,Example Growth LLC,2026-01,https://example.com/consents/{seed}-{i}" : ",,,,,").Append("\r\n");
        }

        using var file = new StreamWriter(PrivateFile.Open(path, FileMode.Create), new UTF8Encoding(true));
        file.Write(text);
    }
}
