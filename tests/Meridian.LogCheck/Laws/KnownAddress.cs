using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 11: nobody is contacted whom the import does not name.</summary>
internal static class KnownAddress
{
    public const string Law = "11-known-address";

    public static IEnumerable<Violation> Find(Evidence evidence) =>
        from line in evidence.Lines
        where Kinds.IsContact(line.Kind) || line.Kind == Kinds.Bounce
        where evidence.People.Holders(line.To).Count == 0
        select new Violation(Law, line.Number, $"{line.Kind} to {line.To}, who is not in the import");
}
