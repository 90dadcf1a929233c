namespace Meridian.LogCheck.Laws;

/// <summary>Law 1: no touch goes out twice.</summary>
internal static class TouchOnce
{
    public const string Law = "1-touch-once";

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in evidence.Contacts)
            if (line.Touch is { Length: > 0 } touch && !seen.TryAdd(touch, line.Number))
                yield return new(Law, line.Number, $"touch {touch} went out before, on line {seen[touch]}");
    }
}
