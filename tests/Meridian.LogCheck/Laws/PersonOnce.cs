using Meridian.LogCheck.Crm;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>
/// Law 2: a person gets each kind of contact once. A shared number does not say whom it was for, so every contact must find a holder of its own
/// (a bipartite matching): what finds none is one too many.
/// </summary>
internal static class PersonOnce
{
    public const string Law = "2-person-once";

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        foreach (var kind in evidence.Contacts.GroupBy(l => l.Kind))
        {
            var taken = new Dictionary<int, LogLine>();
            foreach (var line in kind)
            {
                var holders = evidence.People.Holders(line.To);
                if (holders.Count > 0 && !TryPlace(line, taken, evidence.People, []))
                    yield return new(Law, line.Number, $"{line.Kind} to {line.To}: {string.Join(", ", holders)} had one, on line {taken[holders[0].Id].Number}");
            }
        }
    }

    private static bool TryPlace(LogLine line, Dictionary<int, LogLine> taken, People people, HashSet<int> tried)
    {
        foreach (var person in people.Holders(line.To))
        {
            if (!tried.Add(person.Id)) continue;
            if (taken.TryGetValue(person.Id, out var other) && !TryPlace(other, taken, people, tried)) continue;
            taken[person.Id] = line;
            return true;
        }
        return false;
    }
}
