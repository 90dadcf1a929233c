using System.Collections.Frozen;
using System.Text.Json;
using Meridian.Domain.Time;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Domain.Compliance.Pack;

/// <summary>The facts about US contact rules that ship with this build: <c>us-contact-rules.json</c>. Unknown fields are passed over.</summary>
public sealed class ContactRulesPack
{
    private static readonly Lazy<ContactRulesPack> Shipped = new(Load);

    private ContactRulesPack(JsonElement root)
    {
        Version = root.Text("schema_version")!;
        AsOf = LocalDatePattern.Iso.Parse(root.Text("as_of")!).Value;
        AreaCodes = root.GetProperty("area_codes").GetProperty("codes").EnumerateObject()
            .ToFrozenDictionary(p => p.Name, ReadAreaCode, StringComparer.Ordinal);
        Jurisdictions = root.GetProperty("jurisdictions").EnumerateArray()
            .Select(j => new Jurisdiction(j.Text("code")!, j.Text("name")!, CanonicalZone.All(j.Strings("iana_zones"))))
            .ToFrozenDictionary(j => j.Code, StringComparer.Ordinal);
        var optOut = root.GetProperty("opt_out");
        OptOutWords = Lower(optOut, "tcpa_per_se_words", "twilio_default_opt_out", "aws_extra");
        OptOutPhrases = Lower(optOut, "suggested_match_phrases");
    }

    /// <summary>The pack of this build, read once.</summary>
    public static ContactRulesPack Current => Shipped.Value;

    /// <summary>The pack's own version.</summary>
    public string Version { get; }

    /// <summary>The day on which its facts were gathered.</summary>
    public LocalDate AsOf { get; }

    /// <summary>By three digits.</summary>
    public IReadOnlyDictionary<string, AreaCode> AreaCodes { get; }

    /// <summary>By two letters.</summary>
    public IReadOnlyDictionary<string, Jurisdiction> Jurisdictions { get; }

    /// <summary>Words that are an opt-out when they are the whole message (47 CFR 64.1200(a)(10) and the carriers' keywords); lower case.</summary>
    public IReadOnlyList<string> OptOutWords { get; }

    /// <summary>Words and phrases that suggest one; lower case.</summary>
    public IReadOnlyList<string> OptOutPhrases { get; }

    private static ContactRulesPack Load()
    {
        using var json = PackFile.Read("us-contact-rules.json");
        return new ContactRulesPack(json.RootElement);
    }

    private static AreaCode ReadAreaCode(JsonProperty entry)
    {
        var kind = entry.Value.Text("kind") switch
        {
            "geographic" => AreaCodeKind.Geographic,
            "toll_free" => AreaCodeKind.TollFree,
            "non_geographic" => AreaCodeKind.NonGeographic,
            "foreign_nanp" => AreaCodeKind.ForeignNanp,
            var other => throw new FormatException($"area code {entry.Name} has an unknown kind '{other}'"),
        };
        return new AreaCode(entry.Name, kind, entry.Value.Strings("states"), CanonicalZone.All(entry.Value.Strings("zones")), entry.Value.Text("country"));
    }

    private static string[] Lower(JsonElement optOut, params string[] lists) =>
        [.. lists.SelectMany(l => optOut.Strings(l)).Select(w => w.ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
}
