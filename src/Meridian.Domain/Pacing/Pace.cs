using Meridian.Domain.Time;
using NodaTime;

namespace Meridian.Domain.Pacing;

/// <summary>How fast one sender goes: a gap between begins, a cap per rolling hour, a day in its own zone.</summary>
public static class Pace
{
    /// <summary>Most that chance adds to a gap: a fifth of it. It never takes away.</summary>
    public const double MostJitter = 0.2;

    private static readonly Duration Hour = Duration.FromHours(1);

    /// <summary>The earliest next begin. <paramref name="jitter01"/> is drawn by the caller, 0 to 1; the result is in whole milliseconds.</summary>
    public static Instant NextSlot(Instant begun, int gapSeconds, double jitter01)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(gapSeconds);
        if (jitter01 is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(jitter01), jitter01, "between 0 and 1");
        return begun + Duration.FromSeconds(gapSeconds) + Duration.FromMilliseconds((long)(gapSeconds * 1000d * MostJitter * jitter01));
    }

    /// <summary>When the rolling hour has room again; null when it has now. A begin leaves the hour exactly one hour later. Order does not matter.</summary>
    public static Instant? WaitForHour(IReadOnlyList<Instant> begunLastHour, int hourlyCap, Instant now)
    {
        if (hourlyCap <= 0) return now + Hour; // a cap of nothing: look again later
        Instant[] within = [.. begunLastHour.Where(b => b + Hour > now).Order()];
        return within.Length < hourlyCap ? null : within[within.Length - hourlyCap] + Hour;
    }

    /// <summary>The sender's day at this instant.</summary>
    public static LocalDate DayOf(Instant at, string zone) => at.InZone(CanonicalZone.Rules(zone)).Date;

    /// <summary>The first instant of that day there.</summary>
    public static Instant DayStarts(LocalDate day, string zone) => CanonicalZone.Rules(zone).AtStartOfDay(day).ToInstant();

    /// <summary>The instant at which that day is over and the next one's counters begin.</summary>
    public static Instant DayEnds(LocalDate day, string zone) => CanonicalZone.Rules(zone).AtStartOfDay(day.PlusDays(1)).ToInstant();
}
