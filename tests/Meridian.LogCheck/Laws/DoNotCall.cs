using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 10: nobody marked Do Not Call, nor anybody joined to him by shared addresses, hears from us on any channel.</summary>
internal static class DoNotCall
{
    public const string Law = "10-do-not-call";

    public static IEnumerable<Violation> Find(Evidence evidence) =>
        from line in evidence.Lines
        where Kinds.IsContact(line.Kind) || line.Kind == Kinds.Bounce
        let person = evidence.People.Holders(line.To).FirstOrDefault(p => p.Suppressed)
        where person is not null
        select new Violation(Law, line.Number, $"{line.Kind} to {line.To}: {person} is, or is joined to, a Do Not Call");
}
