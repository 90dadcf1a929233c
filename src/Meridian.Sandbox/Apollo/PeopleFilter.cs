using System.Globalization;

namespace Meridian.Sandbox.Apollo;

/// <summary>The filters of a people search. A list means any of its items; an empty list means everybody.</summary>
internal sealed class PeopleFilter(Parameters asked)
{
    private readonly IReadOnlyList<string> titles = asked.Texts("person_titles");
    private readonly bool exactTitles = string.Equals(asked.Text("include_similar_titles"), "false", StringComparison.OrdinalIgnoreCase);
    private readonly IReadOnlyList<string> seniorities = asked.Texts("person_seniorities");
    private readonly IReadOnlyList<string> places = asked.Texts("person_locations");
    private readonly IReadOnlyList<string> headquarters = asked.Texts("organization_locations");
    private readonly IReadOnlyList<string> domains = asked.Texts("q_organization_domains_list");
    private readonly IReadOnlyList<string> organizations = asked.Texts("organization_ids");
    private readonly IReadOnlyList<string> emailStatuses = asked.Texts("contact_email_status");
    private readonly IReadOnlyList<(int From, int To)> headCounts = [.. asked.Texts("organization_num_employees_ranges").Select(Range).OfType<(int, int)>()];
    private readonly string[] keywords = (asked.Text("q_keywords") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public bool Takes(Person person) =>
        Any(emailStatuses, status => Means(status, person.EmailStatus))
        && Any(places, person.Place.Answers)
        && Any(titles, title => exactTitles ? Same(title, person.Title) : Has(person.Title, title))
        && Any(seniorities, seniority => Same(seniority, person.Seniority))
        && Any(headquarters, person.Company.Place.Answers)
        && Any(domains, domain => Same(domain, person.Company.Domain))
        && Any(organizations, id => id == person.Company.Id)
        && (headCounts.Count == 0 || headCounts.Any(range => person.Company.Employees >= range.From && person.Company.Employees <= range.To))
        && keywords.All(word => Has(person.Title, word) || Has(person.Company.Name, word) || Has(person.Company.Industry, word) || Has(person.FirstName, word) || Has(person.LastName ?? "", word));

    private static bool Any(IReadOnlyList<string> asked, Func<string, bool> fits) => asked.Count == 0 || asked.Any(fits);

    private static bool Means(string asked, string status) => asked switch
    {
        "unverified" => status is "unverified" or "extrapolated",
        "likely to engage" => status == "verified",
        _ => asked == status,
    };

    private static (int, int)? Range(string text) =>
        text.Split(',') is [var from, var to] && int.TryParse(from, CultureInfo.InvariantCulture, out var low) && int.TryParse(to, CultureInfo.InvariantCulture, out var high) ? (low, high) : null;

    private static bool Same(string one, string other) => string.Equals(one.Trim(), other, StringComparison.OrdinalIgnoreCase);

    private static bool Has(string text, string part) => text.Contains(part.Trim(), StringComparison.OrdinalIgnoreCase);
}
