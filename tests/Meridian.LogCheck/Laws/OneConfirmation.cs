using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 15: a confirmation goes only to a number that had just asked to stop, within five minutes, and once.</summary>
internal static class OneConfirmation
{
    public const string Law = "15-one-confirmation";

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(5);

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var grace = TimeSpan.FromSeconds(evidence.Input.InFlightSeconds);
        var asked = evidence.Lines.Where(l => l.Kind == Kinds.OptOut).ToLookup(l => l.From);
        var confirmed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in evidence.Lines.Where(l => l.Kind == Kinds.ConfirmSms))
        {
            if (!confirmed.Add(line.To)) yield return new(Law, line.Number, $"a second confirmation to {line.To}");
            if (!asked[line.To].Any(l => l.At <= line.At && line.At - l.At <= Within + grace)) yield return new(Law, line.Number, $"a confirmation to {line.To}, who had not asked to stop in the five minutes before");
        }
    }
}
