using NodaTime;

namespace Meridian.Domain.Pacing;

/// <summary>A new mailbox or number begins small: providers judge a stranger by its first weeks.</summary>
public static class WarmUp
{
    /// <summary>Begins on the first day.</summary>
    public const int FirstDay = 10;

    /// <summary>Days until the full cap.</summary>
    public const int Days = 28;

    /// <summary>Most begins on this day: 10 rising in a straight line to the full cap on day 28. <paramref name="warmSince"/> null means warm already.</summary>
    public static int CapOn(LocalDate day, LocalDate? warmSince, int fullCap)
    {
        if (warmSince is not { } since || fullCap <= FirstDay) return fullCap;
        var age = Math.Clamp(Period.DaysBetween(since, day), 0, Days);
        return FirstDay + (int)((long)(fullCap - FirstDay) * age / Days);
    }
}
