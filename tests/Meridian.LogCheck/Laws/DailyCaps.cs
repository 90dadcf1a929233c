using Meridian.LogCheck.Clock;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 8: caps per America/New_York day. A bounce used its mailbox as much as an e-mail that arrived.</summary>
internal static class DailyCaps
{
    public const string Law = "8-daily-caps";

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var lanes = evidence.Lines.Where(l => Kinds.IsContact(l.Kind) || l.Kind == Kinds.Bounce).OrderBy(l => l.At)
            .GroupBy(l => (Kind: l.Kind == Kinds.Bounce ? Kinds.Email : l.Kind, l.From, Day: Zone.NewYork.Date(l.At)));
        foreach (var lane in lanes)
        {
            var cap = lane.Key.Kind switch { Kinds.Call => 75, Kinds.Sms => 100, _ => evidence.Input.MailboxCap };
            var lines = lane.ToList();
            if (lines.Count > cap)
                yield return new(Law, lines[cap].Number, $"{lines.Count} of kind {lane.Key.Kind} from {lane.Key.From} on {lane.Key.Day:yyyy-MM-dd}, {cap} allowed");
        }
    }
}
