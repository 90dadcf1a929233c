using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Meridian.Domain.Compliance.Pack;

namespace Meridian.Domain.Leads;

/// <summary>Reads the ways people write a state, the District or a territory.</summary>
public static class UsState
{
    private static readonly Dictionary<string, string> Short = new()
    {
        ["ala"] = "AL", ["ariz"] = "AZ", ["ark"] = "AR", ["calif"] = "CA", ["cal"] = "CA", ["colo"] = "CO", ["conn"] = "CT", ["del"] = "DE", ["fla"] = "FL",
        ["ill"] = "IL", ["ind"] = "IN", ["kan"] = "KS", ["kans"] = "KS", ["mass"] = "MA", ["mich"] = "MI", ["minn"] = "MN", ["miss"] = "MS", ["mont"] = "MT",
        ["neb"] = "NE", ["nebr"] = "NE", ["nev"] = "NV", ["n mex"] = "NM", ["n car"] = "NC", ["n dak"] = "ND", ["okla"] = "OK", ["oreg"] = "OR",
        ["ore"] = "OR", ["penn"] = "PA", ["penna"] = "PA", ["s car"] = "SC", ["s dak"] = "SD", ["tenn"] = "TN", ["tex"] = "TX", ["wash"] = "WA",
        ["w va"] = "WV", ["wis"] = "WI", ["wisc"] = "WI", ["wyo"] = "WY", ["washington dc"] = "DC", ["washington d c"] = "DC", ["new york state"] = "NY",
        ["washington state"] = "WA", ["us virgin islands"] = "VI", ["u s virgin islands"] = "VI", ["virgin islands"] = "VI", ["usvi"] = "VI",
        ["northern mariana islands"] = "MP", ["cnmi"] = "MP", ["d c"] = "DC", ["district of columbia"] = "DC", ["hawai'i"] = "HI", ["hawai’i"] = "HI",
    };

    private static readonly Lazy<FrozenDictionary<string, string>> Spellings = new(() =>
    {
        var spellings = new Dictionary<string, string>(Short);
        foreach (var j in ContactRulesPack.Current.Jurisdictions.Values)
        {
            spellings[Plain(j.Code)] = j.Code;
            spellings[string.Join(' ', j.Code.ToLowerInvariant().AsEnumerable())] = j.Code; // N.Y.
            spellings[Plain(j.Name)] = j.Code;
        }
        return spellings.ToFrozenDictionary(StringComparer.Ordinal);
    });

    /// <summary><c>Texas</c>, <c>TX</c>, <c>tx.</c>, <c>US-TX</c> → <c>TX</c>; false when it is none of the 50 states, DC and five territories.</summary>
    public static bool TryParse(string? raw, [NotNullWhen(true)] out string? code)
    {
        var text = Plain(raw ?? "");
        if (text.StartsWith("us-", StringComparison.Ordinal)) text = text[3..];
        return Spellings.Value.TryGetValue(text, out code);
    }

    private static string Plain(string text) =>
        string.Join(' ', text.ToLowerInvariant().Split([' ', '.', ',', '\u00A0', '\t'], StringSplitOptions.RemoveEmptyEntries));
}
