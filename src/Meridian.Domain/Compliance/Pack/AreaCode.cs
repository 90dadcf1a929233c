namespace Meridian.Domain.Compliance.Pack;

/// <summary>What a North American area code stands for.</summary>
public enum AreaCodeKind
{
    /// <summary>A place in the United States or its territories.</summary>
    Geographic,

    /// <summary>800 and its kin: says nothing about where the phone is.</summary>
    TollFree,

    /// <summary>Personal and machine numbers (500, 521, 900): no place either.</summary>
    NonGeographic,

    /// <summary>Canada, the Caribbean: the same country code, another country.</summary>
    ForeignNanp,
}

/// <summary>An area code with every state and zone its numbers may be in. A weak signal: mobiles move and numbers are ported.</summary>
/// <param name="Zones">Canonical IANA zones, ordinal order; the union where the code straddles a border.</param>
/// <param name="Country">ISO code, for foreign codes only.</param>
public sealed record AreaCode(string Code, AreaCodeKind Kind, IReadOnlyList<string> States, IReadOnlyList<string> Zones, string? Country = null);
