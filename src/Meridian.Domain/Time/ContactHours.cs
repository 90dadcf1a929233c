using NodaTime;
using static NodaTime.IsoDayOfWeek;

namespace Meridian.Domain.Time;

/// <summary>The local hours in which a person may be reached, per day of the week; a day without hours is closed.</summary>
public sealed class ContactHours : IEquatable<ContactHours>
{
    private static readonly IsoDayOfWeek[] Week = [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday];
    private readonly OpenHours?[] _days = new OpenHours?[8]; // indexed by IsoDayOfWeek, Monday = 1

    /// <summary>Days that are not named are closed.</summary>
    public ContactHours(IReadOnlyDictionary<IsoDayOfWeek, OpenHours> days)
    {
        foreach (var (day, hours) in days) _days[(int)day] = hours;
    }

    /// <summary>Monday to Friday, 8:00 to 18:00: the owner's hours until the owner says otherwise.</summary>
    public static ContactHours OwnerDefault { get; } = On(new OpenHours(new(8, 0), new(18, 0)), Monday, Tuesday, Wednesday, Thursday, Friday);

    /// <summary>The same hours on each of these days, closed on the others.</summary>
    public static ContactHours On(OpenHours hours, params IReadOnlyList<IsoDayOfWeek> days) => new(days.ToDictionary(d => d, _ => hours));

    /// <summary>The hours of a day; null when it is closed.</summary>
    public OpenHours? this[IsoDayOfWeek day] => _days[(int)day];

    /// <summary>These hours and Saturday too: the given ones, or Friday's.</summary>
    public ContactHours WithSaturday(OpenHours? hours = null) =>
        (hours ?? this[Friday]) is { } saturday ? new(Days().Where(d => d.Key != Saturday).Append(new(Saturday, saturday)).ToDictionary()) : this;

    /// <summary>What both allow, day by day.</summary>
    public ContactHours Intersect(ContactHours other) => new(Week
        .Select(d => (Day: d, Hours: OpenHours.Intersect(this[d], other[d])))
        .Where(x => x.Hours is not null).ToDictionary(x => x.Day, x => x.Hours!));

    /// <summary>True when this local time of this day lies inside.</summary>
    public bool Contains(LocalDateTime local) => this[local.DayOfWeek]?.Contains(local.TimeOfDay) ?? false;

    /// <inheritdoc/>
    public bool Equals(ContactHours? other) => other is not null && _days.AsSpan().SequenceEqual(other._days);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ContactHours);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>For people: <c>08:00-18:00 Mon-Fri, 10:00-14:00 Sat</c>.</summary>
    public override string ToString()
    {
        var runs = new List<(OpenHours Hours, IsoDayOfWeek First, IsoDayOfWeek Last)>();
        foreach (var day in Week)
        {
            if (this[day] is not { } hours) continue;
            if (runs is [.., var run] && run.Last + 1 == day && run.Hours == hours) runs[^1] = run with { Last = day };
            else runs.Add((hours, day, day));
        }
        return runs.Count == 0 ? "never" : string.Join(", ", runs.Select(r => $"{r.Hours} {Short(r.First)}{(r.First == r.Last ? "" : "-" + Short(r.Last))}"));
    }

    internal static string Short(IsoDayOfWeek day) => day.ToString()[..3];

    private IEnumerable<KeyValuePair<IsoDayOfWeek, OpenHours>> Days() => Week.Where(d => this[d] is not null).Select(d => KeyValuePair.Create(d, this[d]!));
}
