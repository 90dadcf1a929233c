using Meridian.Domain.Time;
using NodaTime;

namespace Meridian.Domain.Compliance;

/// <summary>
/// How long a written consent is relied on. No federal rule lets one lapse, but the longer it lies the less anybody remembers giving it; eighteen months is
/// what the same rule allows a business relationship to live (47 CFR 64.1200(f)(5)).
/// </summary>
public static class ConsentLife
{
    public const int Months = 18;

    /// <summary>Counted from the day it was given, or, where none is known or it has not come yet, from the day it was recorded. Null: it has no end.</summary>
    /// <param name="months">0: no end.</param>
    public static Instant? EndOf(LocalDate? givenOn, Instant recorded, int months, string zone)
    {
        if (months <= 0) return null;
        var rules = CanonicalZone.Rules(zone);
        var today = recorded.InZone(rules).Date;
        var from = givenOn is { } given && given < today ? given : today;
        return rules.AtStartOfDay(from.PlusMonths(months)).ToInstant();
    }
}
