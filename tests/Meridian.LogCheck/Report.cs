namespace Meridian.LogCheck;

/// <summary>What the log holds and which laws it breaks. No violations means nothing was refuted.</summary>
public sealed record Report(
    IReadOnlyDictionary<string, int> Counts,
    int Persons,
    int Eligible,
    int Emailed,
    int SharedNumbers,
    IReadOnlyList<Violation> Violations,
    IReadOnlyList<string> Notes);
