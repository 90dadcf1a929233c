using System.Text.Json;

namespace Meridian.LogCheck.Crm;

/// <summary>The people of a run that imported nothing: whom Apollo sold, as its own log lines tell, in the columns of an export.</summary>
internal static class BoughtPeople
{
    /// <summary>What Apollo shows instead of an address it does not give; it calls it verified.</summary>
    private const string NotUnlocked = "email_not_unlocked@domain.com";

    public static IEnumerable<IReadOnlyDictionary<string, string>> In(string logPath)
    {
        foreach (var text in File.ReadLines(logPath))
        {
            if (!text.Contains("\"kind\":\"enrich\"", StringComparison.Ordinal)) continue;
            using var json = JsonDocument.Parse(text);
            var line = json.RootElement;
            if (line.GetProperty("body").GetString() is not { } body) continue;
            using var person = JsonDocument.Parse(body);
            string Of(string name) => person.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            yield return new Dictionary<string, string>
            {
                ["First Name"] = Of("first_name"),
                ["Last Name"] = Of("last_name"),
                ["Email"] = line.GetProperty("to").GetString() ?? "",
                ["Email Status"] = Of("email_status") == "verified" && line.GetProperty("to").GetString() != NotUnlocked ? "verified" : "unavailable", // anything else is not written to
                ["Company Name"] = Of("company"),
                ["Country"] = Of("country"),
                ["State"] = Of("state"),
                ["Bought Postal Code"] = Of("postal_code"),
                ["Company Phone"] = Of("company_phone"),
                ["Record Id"] = line.GetProperty("subject").GetString() ?? "",
                ["Bought At"] = line.GetProperty("at").GetString() ?? "",
            };
        }
    }
}
