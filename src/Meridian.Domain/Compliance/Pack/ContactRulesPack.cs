using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Meridian.Domain.Time;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Domain.Compliance.Pack;

/// <summary>
/// The contact law that ships with this build: <c>us-contact-rules.json</c>, read whole and strictly. Its <c>default_policy</c> is passed over: the
/// owner's caps and hours are Meridian's own, and the law only narrows them.
/// </summary>
public sealed class ContactRulesPack
{
    private static readonly Lazy<ContactRulesPack> Shipped = new(Load);

    private ContactRulesPack(PackNode n, string fingerprint)
    {
        n.PassOver("title", "disclaimer", "evidence_marks", "confidence_levels", "sources", "conventions", "default_policy", "federal_rules", "federal_hours", "penalties", "evaluation_order");
        Fingerprint = fingerprint;
        Version = n.Text("schema_version");
        AsOf = LocalDatePattern.Iso.Parse(n.Text("as_of")).Value;
        AreaCodes = n.Object("area_codes", codes =>
        {
            codes.PassOver("note");
            return codes.Table("codes", ReadAreaCode);
        }).ToFrozenDictionary(StringComparer.Ordinal);
        var holidays = n.Object("holidays", HolidayReading.Sets);
        Jurisdictions = n.Objects("jurisdictions", j => JurisdictionReading.Read(j, holidays)).ToFrozenDictionary(j => j.Code, StringComparer.Ordinal);
        (OptOutWords, OptOutPhrases, CarrierKeywords) = n.Object("opt_out", words =>
        {
            words.PassOver("twilio_opt_in", "twilio_help", "matching", "wrong_number", "confirmation_text");
            return (Lower(words, "tcpa_per_se_words", "twilio_default_opt_out", "aws_extra"), Lower(words, "suggested_match_phrases"), Lower(words, "twilio_default_opt_out"));
        });
    }

    /// <summary>The pack of this build, read once.</summary>
    public static ContactRulesPack Current => Shipped.Value;

    /// <summary>The pack's own version.</summary>
    public string Version { get; }

    /// <summary>The day on which its facts were gathered.</summary>
    public LocalDate AsOf { get; }

    /// <summary>SHA-256 of the file: a changed law is another law, whatever its version says.</summary>
    public string Fingerprint { get; }

    /// <summary>By three digits.</summary>
    public IReadOnlyDictionary<string, AreaCode> AreaCodes { get; }

    /// <summary>By two letters.</summary>
    public IReadOnlyDictionary<string, Jurisdiction> Jurisdictions { get; }

    /// <summary>Words that are an opt-out when they are the whole message (47 CFR 64.1200(a)(10) and the carriers' keywords); lower case.</summary>
    public IReadOnlyList<string> OptOutWords { get; }

    /// <summary>Those of the words that carriers answer and enforce by themselves; lower case.</summary>
    public IReadOnlyList<string> CarrierKeywords { get; }

    /// <summary>Words and phrases that suggest one; lower case.</summary>
    public IReadOnlyList<string> OptOutPhrases { get; }

    /// <summary>Reads a pack.</summary>
    /// <exception cref="FormatException">A field is missing, unknown or not as expected; the message names its path.</exception>
    public static ContactRulesPack Read(JsonElement root) =>
        PackNode.Read(root, "us-contact-rules", n => new ContactRulesPack(n, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(root.GetRawText())))));

    /// <summary>What to tell the owner when the facts are older than <paramref name="days"/>; null while they are fresh.</summary>
    public string? Stale(LocalDate today, int days) =>
        Period.DaysBetween(AsOf, today) is var age && age > days
            ? $"the contact law in this build is of {AsOf:uuuu-MM-dd}, {age} days old (owner.law.staleAfterDays is {days}): update Meridian, and have counsel look at what changed"
            : null;

    private static ContactRulesPack Load()
    {
        using var json = PackFile.Read("us-contact-rules.json");
        return Read(json.RootElement);
    }

    private static AreaCode ReadAreaCode(string code, PackNode n)
    {
        n.PassOver("split");
        if (n.Has("unverified")) n.PassOver("unverified");
        return new AreaCode(code, n.Word<AreaCodeKind>("kind"), n.Texts("states"), CanonicalZone.All(n.Texts("zones")), n.Has("country") ? n.Text("country") : null);
    }

    private static string[] Lower(PackNode optOut, params string[] lists) =>
        [.. lists.SelectMany(optOut.Texts).Select(w => w.ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
}
