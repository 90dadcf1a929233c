using Meridian.LogCheck.Clock;
using Meridian.LogCheck.Crm;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 14: no AI voice into a state that bars it, whatever was signed; and no more attempts, and no sooner, than the state counts.</summary>
internal static class StateVoice
{
    public const string Law = "14-state-voice";

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var contacts = evidence.Contacts.Where(l => Kinds.IsVoiceOrText(l.Kind)).ToList();
        foreach (var line in contacts.Where(l => l.Kind == Kinds.Call))
            if (Everybody(evidence, line, laws => laws.FirstOrDefault(s => s.BarsVoice) is { } state ? $"{state.Code} bars an AI voice" : null) is { } why)
                yield return new(Law, line.Number, why);

        // Attempts are counted by number: whose they were is only known where a number has one holder.
        foreach (var to in contacts.GroupBy(l => l.To, StringComparer.Ordinal))
        {
            if (evidence.People.Holders(to.Key) is not [var person]) continue;
            var laws = evidence.Places.LawsOf(person, to.Key);
            var (most, gap) = (laws.Min(s => s.MostPerDay), laws.Max(s => s.HoursBetweenCalls));
            var times = to.ToList();
            for (var i = 0; i < times.Count; i++)
            {
                var slack = TimeSpan.FromSeconds(evidence.Input.ArrivalSlackSeconds);
                if (most is { } n && i >= n && times[i].At - times[i - n].At < TimeSpan.FromHours(24) - slack)
                    yield return new(Law, times[i].Number, $"{n + 1} attempts at {person} in 24 h; {string.Join(" and ", laws.Select(s => s.Code))} allows {n}");
                var before = times.Take(i).LastOrDefault(l => l.Kind == Kinds.Call);
                if (gap is { } hours && times[i].Kind == Kinds.Call && before is not null && times[i].At - before.At < TimeSpan.FromHours(hours) - slack)
                    yield return new(Law, times[i].Number, $"two calls to {person} within {hours} h");
            }
        }
    }

    private static string? Everybody(Evidence evidence, LogLine line, Func<IReadOnlyList<StateLaw>, string?> objection)
    {
        string? why = null;
        foreach (var person in evidence.People.Holders(line.To))
        {
            why = objection(evidence.Places.LawsOf(person, line.To));
            if (why is null) return null;
            why = $"{line.Kind} to {line.To}, {person}: {why}";
        }

        return why;
    }
}
