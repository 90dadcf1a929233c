using Meridian.LogCheck.Crm;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>
/// Law 5: ten seconds after somebody opted out or replied nothing goes out to him any more. An opt-out reaches everybody joined to him by shared
/// addresses of their own (a company line is nobody's), and whoever holds the address it came from. A reply reaches its writer; from a shared number nobody knows which holder wrote, so it closes that number.
/// </summary>
internal static class StopMeansStop
{
    public const string Law = "5-stop";

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var grace = TimeSpan.FromSeconds(evidence.Input.InFlightSeconds);
        var circles = new Dictionary<int, LogLine>();
        var persons = new Dictionary<int, LogLine>();
        var addresses = new Dictionary<string, LogLine>(StringComparer.Ordinal);
        foreach (var line in evidence.Lines.Where(l => l.Kind is Kinds.OptOut or Kinds.Reply).OrderBy(l => l.At))
        {
            addresses.TryAdd(line.From, line);
            var holders = evidence.People.Holders(line.From);
            if (line.Kind == Kinds.OptOut) foreach (var person in holders) circles.TryAdd(person.OwnCircle, line);
            else if (holders.Count == 1) persons.TryAdd(holders[0].Id, line);
        }
        foreach (var line in evidence.Contacts)
        {
            var holders = evidence.People.Holders(line.To);
            var stop = addresses.GetValueOrDefault(line.To);
            if (!After(stop)) stop = holders.Count > 0 ? circles.GetValueOrDefault(holders[0].OwnCircle) : null;
            if (!After(stop)) stop = holders.Count > 0 && holders.All(p => After(persons.GetValueOrDefault(p.Id))) ? persons[holders[0].Id] : null;
            if (After(stop)) yield return new(Law, line.Number, $"{line.Kind} to {line.To} {line.At - stop!.At:c} after the {stop.Kind} of {stop.From} on line {stop.Number}");

            bool After(LogLine? said) => said is not null && line.At - said.At > grace;
        }
    }
}
