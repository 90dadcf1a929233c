using System.Security.Cryptography;
using System.Text;
using Meridian.Domain.Leads;
using Meridian.Domain.Time;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Domain.Pulling;

/// <summary>
/// Which of the CRM's contacts may be pulled when nobody is left to contact: all that is given must hold. Upper and lower case are the same.
/// </summary>
/// <param name="AnyTag">At least one of these tags.</param>
/// <param name="NoTag">None of these tags.</param>
/// <param name="Sources">One of these, as the contact's source reads.</param>
/// <param name="States">One of these states, two letters.</param>
/// <param name="AddedSince">Added on this day or later, in the owner's zone.</param>
/// <param name="AddedBefore">Added before this day.</param>
public sealed record PullFilter(
    IReadOnlyList<string> AnyTag, IReadOnlyList<string> NoTag, IReadOnlyList<string> Sources, IReadOnlyList<string> States, LocalDate? AddedSince, LocalDate? AddedBefore)
{
    /// <summary>HighLevel searches for no longer word.</summary>
    private const int LongestWord = 75;

    /// <summary>Words trimmed, lower case, each once and in order; states by their two letters where they are known.</summary>
    public static PullFilter Of(IEnumerable<string> anyTag, IEnumerable<string> noTag, IEnumerable<string> sources, IEnumerable<string> states, LocalDate? since, LocalDate? before) =>
        new(Plain(anyTag), Plain(noTag), Plain(sources), [.. states.Select(s => UsState.TryParse(s, out var code) ? code : s.Trim()).Distinct().Order(StringComparer.Ordinal)], since, before);

    /// <summary>Everything that is wrong with it, each with its option and the fix; empty when it can be used.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (AnyTag.Count + Sources.Count + States.Count == 0 && AddedSince is null && AddedBefore is null)
            problems.Add("the filter asks for everybody: give at least one of --tag, --source, --state, --added-since, --added-before");
        foreach (var (option, words) in new[] { ("--tag", AnyTag), ("--not-tag", NoTag), ("--source", Sources) })
            foreach (var word in words.Where(w => w.Length is 0 or > LongestWord || w.Any(char.IsControl))) problems.Add($"{option} is '{word}': give 1 to {LongestWord} letters");
        foreach (var both in AnyTag.Intersect(NoTag)) problems.Add($"'{both}' is given as --tag and as --not-tag: nobody can have both");
        foreach (var state in States.Where(s => !UsState.TryParse(s, out _))) problems.Add($"--state is '{state}': give a US state such as TX");
        if (AddedSince >= AddedBefore) problems.Add($"--added-since {Day(AddedSince)} is not before --added-before {Day(AddedBefore)}: nobody can have been added then");
        return problems;
    }

    /// <summary>What of it does not hold for this contact; null when all of it does. Asked of the contact itself, for a search may know the filter only in part.</summary>
    public string? Misses(CrmContact contact, string zone)
    {
        var tags = contact.Tags.Select(Fold).ToHashSet();
        if (AnyTag.Count > 0 && !AnyTag.Any(tags.Contains)) return $"not tagged {Either(AnyTag)}";
        if (NoTag.FirstOrDefault(tags.Contains) is { } barred) return $"tagged '{barred}', which the filter leaves out";
        if (Sources.Count > 0 && !Sources.Contains(Fold(contact.Source ?? ""))) return $"their source is {(contact.Source is { } s ? $"'{s}'" : "not given")}, not {Either(Sources)}";
        if (States.Count > 0 && (!UsState.TryParse(contact.State, out var code) || !States.Contains(code))) return $"their state is {contact.State ?? "not given"}, not {string.Join(" or ", States)}";
        if (AddedSince is null && AddedBefore is null) return null;
        if (contact.AddedAt is not { } added) return "when they were added is not told";
        var day = added.InZone(CanonicalZone.Rules(zone)).Date;
        return day < AddedSince || day >= AddedBefore ? $"added on {Day(day)}, which the filter leaves out" : null;
    }

    /// <summary>What is confirmed: the filter and the tags that are never pulled. Another word is another filter.</summary>
    public string HashWith(IEnumerable<string> neverTags)
    {
        static string Each(IEnumerable<string> words) => string.Join('\u001f', words);
        var text = string.Join('\u001e', "pull-1", Each(AnyTag), Each(NoTag), Each(Sources), Each(States), Day(AddedSince), Day(AddedBefore), Each(Plain(neverTags)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }

    public override string ToString()
    {
        var parts = new List<string>();
        if (AnyTag.Count > 0) parts.Add($"tagged {Either(AnyTag)}");
        if (NoTag.Count > 0) parts.Add($"not tagged {Either(NoTag)}");
        if (Sources.Count > 0) parts.Add($"from the source {Either(Sources)}");
        if (States.Count > 0) parts.Add($"in {string.Join(" or ", States)}");
        if (AddedSince is not null) parts.Add($"added on {Day(AddedSince)} or later");
        if (AddedBefore is not null) parts.Add($"added before {Day(AddedBefore)}");
        return string.Join(", ", parts);
    }

    internal static string Fold(string word) => word.Trim().ToLowerInvariant();

    private static string Either(IReadOnlyList<string> words) => string.Join(" or ", words.Select(w => $"'{w}'"));

    private static string Day(LocalDate? day) => day is { } d ? LocalDatePattern.Iso.Format(d) : "";

    private static IReadOnlyList<string> Plain(IEnumerable<string> words) => [.. words.Select(Fold).Distinct().Order(StringComparer.Ordinal)];
}
