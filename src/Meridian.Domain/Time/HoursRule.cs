using NodaTime;

namespace Meridian.Domain.Time;

/// <summary>Somebody's hours: the owner's, or a state's. A window is open only while all of its rules are.</summary>
/// <param name="Name">Whose they are, for people: <c>owner</c>, <c>PA law</c>.</param>
/// <param name="OnHolidays">The hours of a holiday; null: closed.</param>
/// <param name="Source">What says so.</param>
public sealed record HoursRule(string Name, ContactHours Hours, HolidayCalendar Holidays, OpenHours? OnHolidays, string Source)
{
    /// <summary>What is open on this day; null when nothing is.</summary>
    public OpenHours? On(LocalDate day) => Holidays.On(day) is null ? Hours[day.DayOfWeek] : OpenHours.Intersect(Hours[day.DayOfWeek], OnHolidays);

    /// <summary>For people: <c>PA law allows 09:00-19:00 Mon-Sat</c>.</summary>
    public override string ToString() => $"{Name} allows {Hours}";
}

/// <summary>A rule that is read on one named clock, wherever the person is.</summary>
public sealed record FixedClock(string Zone, HoursRule Rule);
