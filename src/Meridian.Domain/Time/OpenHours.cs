using NodaTime;

namespace Meridian.Domain.Time;

/// <summary>A stretch of one local day, half-open. <see cref="To"/> at midnight means the end of the day.</summary>
public sealed record OpenHours
{
    /// <summary>Throws when the stretch is empty.</summary>
    public OpenHours(LocalTime from, LocalTime to)
    {
        if (to != LocalTime.Midnight && to <= from) throw new ArgumentException($"hours from {from} to {to} are empty", nameof(to));
        (From, To) = (from, to);
    }

    /// <summary>First local time that is open.</summary>
    public LocalTime From { get; }

    /// <summary>First local time that is closed again.</summary>
    public LocalTime To { get; }

    /// <summary>True when this local time lies inside.</summary>
    public bool Contains(LocalTime time) => time >= From && (To == LocalTime.Midnight || time < To);

    /// <summary>What both allow; null when they share nothing.</summary>
    public static OpenHours? Intersect(OpenHours? a, OpenHours? b)
    {
        if (a is null || b is null) return null;
        var from = LocalTime.Max(a.From, b.From);
        var to = a.To == LocalTime.Midnight ? b.To : b.To == LocalTime.Midnight ? a.To : LocalTime.Min(a.To, b.To);
        return to == LocalTime.Midnight || from < to ? new OpenHours(from, to) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{From.Hour:00}:{From.Minute:00}-{(To == LocalTime.Midnight ? 24 : To.Hour):00}:{To.Minute:00}";
}
