using Meridian.LogCheck.Clock;
using Meridian.LogCheck.Crm;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>
/// Law 12: the day's first calls move from east to west: no group in the west begins while the one whose turn it was in the east could already be
/// called and has no more time left than the one who was. And the first day reaches every group of five or more who may be called. A person belongs to
/// the easternmost offset of his zones, whose day ends first. Beyond the date line (Guam, Saipan) and Samoa there is no order.
/// </summary>
internal static class EastToWest
{
    public const string Law = "12-east-to-west";
    private const int Enough = 5;

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        if (!evidence.Input.ZoneFlow) yield break;
        var days = evidence.Contacts.Where(l => l.Kind == Kinds.Call).GroupBy(l => Zone.NewYork.Date(l.At))
            .Where(d => d.Key.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && Holidays.On(d.Key) is null).OrderBy(d => d.Key).ToList();
        foreach (var day in days)
        {
            var firsts = day.Select(l => (Line: l, Group: GroupOf(evidence, l.To, l.At))).Where(c => c.Group is not null)
                .GroupBy(c => c.Group!.Value).OrderByDescending(g => g.Key).Select(g => (Group: g.Key, g.First().Line)).ToList();
            evidence.Notes.Add($"{day.Key:yyyy-MM-dd}: first calls {string.Join(", ", firsts.Select(f => $"{Name(f.Group)} {Zone.NewYork.Local(f.Line.At):HH:mm:ss}"))} New York");
            foreach (var (east, west) in firsts.Zip(firsts.Skip(1)))
                if (west.Line.At < east.Line.At && WasEastsTurn(evidence, east.Line, west.Line))
                    yield return new(Law, west.Line.Number, $"on {day.Key:yyyy-MM-dd} {Name(west.Group)} was called before {Name(east.Group)} (line {east.Line.Number})");
            if (day.Key != days[0].Key) continue;
            foreach (var (group, people) in Callable(evidence, Zone.NewYork.Noon(day.Key)).OrderByDescending(g => g.Key))
                if (people >= Enough && firsts.All(f => f.Group != group))
                    yield return new(Law, null, $"on {day.Key:yyyy-MM-dd} nobody of {Name(group)} was called, though {people} may be");
        }
    }

    /// <summary>A state whose law opens later, or closes the west earlier, changes whose turn it is.</summary>
    private static bool WasEastsTurn(Evidence evidence, LogLine east, LogLine west) =>
        Closes(evidence, east.To, west.At) is { } eastCloses && !(Closes(evidence, west.To, west.At) < eastCloses);

    /// <summary>To the minute, when the open hours around this instant end; null when it is closed.</summary>
    private static DateTimeOffset? Closes(Evidence evidence, string number, DateTimeOffset at)
    {
        bool Open(DateTimeOffset t) => evidence.People.Holders(number).Any(p => evidence.Places.WhyClosed(true, p, number, t) is null);
        if (!Open(at)) return null;
        var end = new DateTimeOffset(at.Year, at.Month, at.Day, at.Hour, at.Minute, 0, TimeSpan.Zero);
        while (Open(end)) end = end.AddMinutes(1);
        return end;
    }

    private static IEnumerable<KeyValuePair<TimeSpan, int>> Callable(Evidence evidence, DateTimeOffset noon) => evidence.People.All
        .Where(p => !p.Suppressed && p.Rows.Any(r => r.VoiceConsent) && p.Numbers.All(n => !evidence.Places.LawsOf(p, n).Any(s => s.BarsVoice)))
        .Select(p => p.Numbers.Select(n => GroupOf(evidence, n, noon)).FirstOrDefault(g => g is not null)).OfType<TimeSpan>().CountBy(g => g);

    /// <summary>Null where the holders of a shared number belong to different groups, or to none.</summary>
    private static TimeSpan? GroupOf(Evidence evidence, string number, DateTimeOffset at)
    {
        var groups = evidence.People.Holders(number).Select(p => Easternmost(evidence.Places.Candidates(p, number), at)).Distinct().ToList();
        return groups.Count == 1 ? groups[0] : null;
    }

    private static TimeSpan? Easternmost(IReadOnlyList<Zone> zones, DateTimeOffset at) =>
        zones.Select(z => z.Offset(at)).Where(o => o.TotalHours is >= -10 and <= -3).Select(o => (TimeSpan?)o).Max();

    private static string Name(TimeSpan offset) => $"UTC{offset.TotalHours:+0.##;-0.##}";
}
