using Meridian.LogCheck.Clock;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 3: calls and texts only from 8:00 to before 18:00, Monday to Friday, no federal holiday, wherever the person may be.</summary>
internal static class OpenHours
{
    public const string Law = "3-open-hours";

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        foreach (var line in evidence.Contacts.Where(l => Kinds.IsVoiceOrText(l.Kind)))
        {
            string? why = null;
            foreach (var person in evidence.People.Holders(line.To))
            {
                why = WhyClosed(line.At, evidence.Places.Candidates(person, line.To));
                if (why is null) break;
                why = $"{line.Kind} to {line.To}, {person}: {why}";
            }
            if (why is not null) yield return new(Law, line.Number, why);
        }
    }

    private static string? WhyClosed(DateTimeOffset at, IReadOnlyList<Zone> zones)
    {
        if (zones.Count == 0) return "no zone is known, so no hour is allowed";
        foreach (var zone in zones)
        {
            var local = zone.Local(at);
            var holiday = Holidays.On(DateOnly.FromDateTime(local.DateTime));
            if (holiday is not null || local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || local.Hour is < 8 or >= 18)
                return $"{local:ddd yyyy-MM-dd HH:mm:ss} in {zone}{(holiday is null ? "" : $", {holiday}")}";
        }
        return null;
    }
}
