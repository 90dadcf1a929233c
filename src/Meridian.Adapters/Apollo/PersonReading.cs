using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Prospecting;

namespace Meridian.Adapters.Apollo;

/// <summary>Reads Apollo's people, as a search shows them and as an enrichment sells them.</summary>
internal static class PersonReading
{
    /// <summary>Apollo gives this one, "verified", for everybody whose address it has not unlocked.</summary>
    private const string Placeholder = "email_not_unlocked@";

    /// <summary>Null: a row without an id cannot be asked for.</summary>
    public static FoundProspect? Found(JsonElement row) => row.At("id").Text() is not { } id ? null : new FoundProspect(
        id, Words(row, "first_name"), Words(row, "title"), Words(row.At("organization"), "name"),
        row.At("has_email").IsTrue(), row.At("has_state").IsTrue(), row.At("has_country").IsTrue());

    /// <summary>The people of <c>matches</c>. Apollo keeps the order of the request and puts null for whom it did not find.</summary>
    public static IReadOnlyList<EnrichedProspect> Matches(JsonElement matches, IReadOnlyList<string> asked)
    {
        var rows = matches.Items().ToList();
        var people = new Dictionary<string, EnrichedProspect>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Count; i++)
        {
            if (IdOf(rows, i, asked) is { } id && Enriched(rows[i], id) is { } person) people.TryAdd(id, person);
        }

        return [.. people.Values];
    }

    /// <summary>A record that was merged into another comes back under the other's id; its place in the row says who was asked for.</summary>
    private static string? IdOf(List<JsonElement> rows, int index, IReadOnlyList<string> asked)
    {
        if (rows[index].ValueKind != JsonValueKind.Object) return null;
        var said = rows[index].At("id").Text();
        if (said is not null && asked.Contains(said)) return said;
        return rows.Count == asked.Count ? asked[index] : null;
    }

    /// <summary>Null: an empty stub, which Apollo bills but nobody can write to.</summary>
    private static EnrichedProspect? Enriched(JsonElement person, string id)
    {
        var organization = person.At("organization");
        var (email, status) = Email(person);
        var (lastName, title) = (Words(person, "last_name"), Words(person, "title"));
        var companyId = organization.At("id").Text() ?? person.At("organization_id").Text();
        var companyName = Words(organization, "name");
        if (lastName is null && title is null && email is null && companyId is null && companyName is null) return null;

        var (city, state) = (Words(person, "city"), Words(person, "state"));
        return new EnrichedProspect(
            id, Words(person, "first_name"), lastName, title, email, status, city, state, PostalCode(person, organization, city, state), Words(person, "country"),
            companyId, companyName, Domain(organization),
            organization.At("sanitized_phone").Text() ?? organization.At("primary_phone", "sanitized_number").Text() ?? organization.At("phone").Text(),
            Words(organization, "state"), person.GetRawText());
    }

    private static (string? Email, string? Status) Email(JsonElement person)
    {
        var email = Words(person, "email");
        if (email is null || !email.StartsWith(Placeholder, StringComparison.OrdinalIgnoreCase)) return (email, Words(person, "email_status"));
        return (null, "unavailable");
    }

    /// <summary>A person has none; the office's counts when it stands in the person's own city and state.</summary>
    private static string? PostalCode(JsonElement person, JsonElement organization, string? city, string? state)
    {
        if (Words(person, "postal_code") is { } own) return own;
        var sameTown = city is not null && state is not null
            && string.Equals(city, Words(organization, "city"), StringComparison.OrdinalIgnoreCase)
            && string.Equals(state, Words(organization, "state"), StringComparison.OrdinalIgnoreCase);
        return sameTown ? Words(organization, "postal_code") : null;
    }

    private static string? Domain(JsonElement organization)
    {
        if (Words(organization, "primary_domain") is { } domain) return domain.ToLowerInvariant();
        return Uri.TryCreate(Words(organization, "website_url"), UriKind.Absolute, out var site) && site.Host.Length > 0
            ? site.Host.StartsWith("www.", StringComparison.Ordinal) ? site.Host[4..] : site.Host
            : null;
    }

    private static string? Words(JsonElement element, string name) => element.At(name).Text()?.Trim() is { Length: > 0 } text ? text : null;
}
