using System.Collections.Frozen;

namespace Meridian.Domain.Leads;

/// <summary>Reads the ways people write a country: is it ours to reach?</summary>
public static class Country
{
    private static readonly FrozenSet<string> UnitedStates = new[]
    {
        "us", "usa", "unitedstates", "theunitedstates", "unitedstatesofamerica", "theunitedstatesofamerica", "america", "usofa", "840", "estadosunidos",
        "pr", "pri", "puertorico", "gu", "gum", "guam", "vi", "vir", "usvi", "usvirginislands", "virginislandsus", "unitedstatesvirginislands",
        "as", "asm", "americansamoa", "mp", "mnp", "northernmarianaislands",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for the United States and its territories. A country nobody wrote down counts only when a US state is given.</summary>
    public static bool IsUnitedStates(string? country, string? state = null)
    {
        var letters = new string([.. (country ?? "").Where(char.IsLetterOrDigit)]).ToLowerInvariant();
        return letters.Length == 0 ? UsState.TryParse(state, out _) : UnitedStates.Contains(letters);
    }
}
