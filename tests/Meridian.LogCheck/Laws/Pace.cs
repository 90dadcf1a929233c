namespace Meridian.LogCheck.Laws;

/// <summary>Law 6: a line or mailbox rests at least 180 seconds between two calls, two texts or two e-mails.</summary>
internal static class Pace
{
    public const string Law = "6-pace";
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(180);

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        foreach (var lane in evidence.Contacts.GroupBy(l => (l.Kind, l.From)))
            foreach (var (before, line) in lane.Zip(lane.Skip(1)))
                if (line.At - before.At < Rest - TimeSpan.FromSeconds(evidence.Input.ArrivalSlackSeconds))
                    yield return new(Law, line.Number, $"{line.Kind} from {line.From} only {(line.At - before.At).TotalSeconds:0.000} s after line {before.Number}");
    }
}
