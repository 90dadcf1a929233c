using Meridian.LogCheck.Clock;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 9: everybody who may be e-mailed is, or the mailboxes were used to at least 98 %.</summary>
internal static class EverybodyEmailed
{
    public const string Law = "9-everybody-emailed";

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var tries = evidence.Lines.Where(l => l.Kind is Kinds.Email or Kinds.Bounce).ToList();
        var days = evidence.Input.Days ?? DaysOf(evidence);
        var capacity = evidence.Input.Mailboxes * evidence.Input.MailboxCap * days;
        var eligible = evidence.People.All.Where(p => p.IsEligible).ToList();
        evidence.Notes.Add($"{tries.Count} e-mails and bounces; room for {capacity} in {days} days; {eligible.Count} persons eligible");
        if (capacity < eligible.Count)
        {
            if (tries.Count < 0.98 * capacity) yield return new(Law, null, $"{tries.Count} e-mails and bounces are less than 98 % of {capacity}, and {eligible.Count} wait");
            yield break;
        }
        var reached = tries.SelectMany(l => evidence.People.Holders(l.To)).Select(p => p.Id).ToHashSet();
        var silent = evidence.Lines.Where(l => l.Kind is Kinds.OptOut or Kinds.Reply).ToList();
        reached.UnionWith(silent.SelectMany(l => evidence.People.Holders(l.From)).Select(p => p.Id));
        var circles = silent.Where(l => l.Kind == Kinds.OptOut).SelectMany(l => evidence.People.Holders(l.From)).Select(p => p.Circle).ToHashSet();
        foreach (var person in eligible.Where(p => !reached.Contains(p.Id) && !circles.Contains(p.Circle)))
            yield return new(Law, null, $"{person} was never e-mailed");
    }

    /// <summary>New York days from the start, or from the first line, to the last line.</summary>
    private static int DaysOf(Evidence evidence)
    {
        if (evidence.Lines.Count == 0) return 0;
        var from = Zone.NewYork.Date(evidence.Input.Start ?? evidence.Lines.Min(l => l.At));
        return Math.Max(1, Zone.NewYork.Date(evidence.Lines.Max(l => l.At)).DayNumber - from.DayNumber + 1);
    }
}
