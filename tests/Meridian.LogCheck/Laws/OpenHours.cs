using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 3: calls and texts only from 8:00 to before 18:00, Monday to Friday, no federal holiday, wherever the person may be; and only in the hours of every state concerned.</summary>
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
                why = evidence.Places.WhyClosed(line.Kind == Kinds.Call, person, line.To, line.At);
                if (why is null) break;
                why = $"{line.Kind} to {line.To}, {person}: {why}";
            }
            if (why is not null) yield return new(Law, line.Number, why);
        }
    }
}
