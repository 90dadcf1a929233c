using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Meridian.Sandbox.Apollo;

/// <summary>A person before and after somebody paid, and as the log keeps them.</summary>
internal static class PersonJson
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A search row: no surname, no address, no place.</summary>
    public static JsonObject Row(Person person) => new()
    {
        ["id"] = person.Id, ["first_name"] = person.FirstName, ["last_name_obfuscated"] = Obfuscated(person.LastName), ["title"] = person.Title,
        ["last_refreshed_at"] = "2026-09-28T11:04:52.318+00:00", ["has_email"] = person.Email is not null, ["has_city"] = true, ["has_state"] = true, ["has_country"] = true,
        // A string, as the vendor shows it, never a boolean.
        ["has_direct_phone"] = "Maybe: please request direct dial via people/bulk_match",
        ["organization"] = new JsonObject
        {
            ["name"] = person.Company.Name, ["has_industry"] = true, ["has_phone"] = true, ["has_city"] = true, ["has_state"] = true, ["has_country"] = true,
            ["has_zip_code"] = true, ["has_revenue"] = false, ["has_employee_count"] = true,
        },
    };

    /// <summary>The record that is sold. A person has no postal code of their own; the office has one.</summary>
    public static JsonObject Record(Person person)
    {
        if (person.IsStub)
        {
            return new JsonObject
            {
                ["id"] = person.Id, ["first_name"] = person.FirstName, ["last_name"] = null, ["name"] = person.FirstName, ["linkedin_url"] = null, ["title"] = null,
                ["email"] = null, ["email_status"] = null, ["organization_id"] = null, ["city"] = null, ["state"] = null, ["country"] = null,
            };
        }

        var company = person.Company;
        return new JsonObject
        {
            ["id"] = person.Id, ["first_name"] = person.FirstName, ["last_name"] = person.LastName, ["name"] = $"{person.FirstName} {person.LastName}".TrimEnd(),
            ["linkedin_url"] = null, ["title"] = person.Title, ["email"] = person.Email, ["email_status"] = person.EmailStatus, ["extrapolated_email_confidence"] = null,
            ["headline"] = person.Title, ["organization_id"] = company.Id, ["city"] = person.Place.City, ["state"] = person.Place.State, ["country"] = person.Place.Country,
            ["seniority"] = person.Seniority, ["is_likely_to_engage"] = person.EmailStatus == "verified", ["revealed_for_current_team"] = true, ["employment_history"] = new JsonArray(),
            ["organization"] = new JsonObject
            {
                ["id"] = company.Id, ["name"] = company.Name, ["website_url"] = $"http://www.{company.Domain}", ["primary_domain"] = company.Domain,
                ["phone"] = company.Phone, ["sanitized_phone"] = company.Phone, ["industry"] = company.Industry, ["estimated_num_employees"] = company.Employees,
                ["city"] = company.Place.City, ["state"] = company.Place.State, ["postal_code"] = company.Place.Zip, ["country"] = company.Place.Country,
            },
        };
    }

    /// <summary>What is left of a record when Apollo made up a person for whom it knows nothing.</summary>
    public static void Empty(JsonObject record)
    {
        foreach (var name in record.Select(field => field.Key).Except(["id", "first_name", "name"]).ToList()) record[name] = null;
    }

    public static JsonObject Phone(PersonPhone phone, int position, string id) => new()
    {
        ["_id"] = id, ["id"] = id, ["key"] = id, ["position"] = position, ["raw_number"] = phone.Number, ["sanitized_number"] = phone.Number, ["type_cd"] = phone.Type,
        ["status_cd"] = phone.Status, ["confidence_cd"] = "high", ["direct_dial_source_cd"] = "contact_trusted", ["dnc_status_cd"] = phone.Dnc,
        ["dnc_status_updated_at"] = "2026-08-15T20:57:53.108+00:00", ["dnc_other_info"] = new JsonObject { ["country"] = "United States" }, ["created_at"] = null, ["updated_at"] = null,
    };

    /// <summary>Who they are and where they really live, so that a reader of the log alone can judge what was done with them.</summary>
    public static string ForTheLog(Person person, int credits) => (person.IsStub
        ? new JsonObject { ["first_name"] = person.FirstName, ["last_name"] = null, ["company"] = null, ["state"] = null, ["city"] = null, ["postal_code"] = null, ["credits"] = credits }
        : new JsonObject
        {
            ["first_name"] = person.FirstName, ["last_name"] = person.LastName, ["company"] = person.Company.Name, ["state"] = person.Place.State, ["city"] = person.Place.City,
            ["postal_code"] = person.Place.Zip, ["country"] = person.Place.Country, ["email_status"] = person.EmailStatus, ["company_phone"] = person.Company.Phone, ["credits"] = credits,
        }).ToJsonString(Readable);

    public static string ForTheLog(IEnumerable<PersonPhone> phones) => new JsonArray([.. phones.Select(phone => new JsonObject
    {
        ["number"] = phone.Number, ["type"] = phone.Type, ["status"] = phone.Status, ["dnc"] = phone.Dnc,
    })]).ToJsonString(Readable);

    private static string? Obfuscated(string? lastName) => lastName is { Length: > 3 } ? $"{lastName[..2]}***{lastName[^1]}" : lastName is null ? null : $"{lastName[0]}***";
}
