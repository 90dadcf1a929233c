using System.Globalization;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Apollo;

/// <summary>One page of the people a search finds. Free, and it tells only <c>total_entries</c>: there is no pagination object here.</summary>
internal sealed class PeopleSearch(SandboxLog log, Population population)
{
    private const int MostPerPage = 100;
    private const int MostPages = 500;

    public Answer Page(Parameters asked)
    {
        var (page, size) = (asked.Number("page", 1), Math.Clamp(asked.Number("per_page", 10), 1, MostPerPage));
        if (page is < 1 or > MostPages) return ApolloErrors.Invalid("Invalid parameters");
        var filter = new PeopleFilter(asked);
        var total = 0;
        var rows = new JsonArray();
        foreach (var person in population.Everybody().Where(filter.Takes))
        {
            if (total++ / size == page - 1) rows.Add(PersonJson.Row(person));
        }

        log.Append(at => new LogLine(at, "apollo", "search") { Subject = page.ToString(CultureInfo.InvariantCulture), Outcome = rows.Count.ToString(CultureInfo.InvariantCulture) });
        return Answer.Ok(new JsonObject { ["total_entries"] = total, ["people"] = rows });
    }
}
