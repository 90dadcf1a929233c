using Meridian.Engine.Prospecting;

namespace Meridian.Host.Composition;

/// <summary>A saved search in the owner's words.</summary>
public sealed class SearchSettings
{
    public string Name { get; set; } = "";

    /// <summary>Job titles, as <c>owner</c> or <c>office manager</c>.</summary>
    public IReadOnlyList<string> Titles { get; set; } = [];

    /// <summary>owner, founder, c_suite, partner, vp, head, director, manager, senior, entry, intern.</summary>
    public IReadOnlyList<string> Seniorities { get; set; } = [];

    /// <summary>US states or cities, as <c>Virginia, US</c>; empty: the whole United States.</summary>
    public IReadOnlyList<string> Places { get; set; } = [];

    /// <summary>Employees, as <c>11,50</c>.</summary>
    public IReadOnlyList<string> HeadCounts { get; set; } = [];

    public string? Keywords { get; set; }

    private static readonly HashSet<string> KnownSeniorities = ["owner", "founder", "c_suite", "partner", "vp", "head", "director", "manager", "senior", "entry", "intern"];

    public SearchFilter Filter() => new(Titles, Seniorities, Places, HeadCounts, Keywords);

    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name)) yield return "searches: a search has no name";
        foreach (var s in Seniorities.Where(s => !KnownSeniorities.Contains(s))) yield return $"search {Name}: seniority '{s}' is none of Apollo's; use {string.Join(", ", KnownSeniorities)}";
        foreach (var h in HeadCounts)
            if (h.Split(',') is not [var from, var to] || !int.TryParse(from, out var least) || !int.TryParse(to, out var most) || least > most) yield return $"search {Name}: head count '{h}' must be written as 11,50";
        if (Titles.Count + Seniorities.Count + Places.Count + HeadCounts.Count == 0 && string.IsNullOrWhiteSpace(Keywords)) yield return $"search {Name}: it asks for everybody; give titles, seniorities, places, headCounts or keywords";
    }
}
