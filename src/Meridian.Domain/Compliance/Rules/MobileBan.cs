using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Arizona forbids unsolicited sales calls to mobile numbers at any hour; a line nobody looked up counts as one.</summary>
public sealed class MobileBan : ContactRule
{
    private const string Source = "A.R.S. 44-1278(B)(3) [secondary source]";
    private static readonly HashSet<string> States = new(StringComparer.Ordinal) { "AZ" };

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        var there = facts.Evidence.States.Where(States.Contains).ToList();
        if (facts.Channel != Channel.Call || there.Count == 0) return Allow("no state forbids the call to a mobile phone", Source);
        return facts.Number.Line is { Type: not LineType.Mobile and not LineType.Other } line && now < line.At + LineLookup.Life
            ? Allow($"a carrier lookup of {Say.Utc(line.At)} says it is no mobile phone", Source, line.At + LineLookup.Life)
            : Refuse(SkippedReason.Suppressed, $"{there[0]} forbids unsolicited calls to mobile numbers, and no carrier lookup says that this is none", Source);
    }
}
