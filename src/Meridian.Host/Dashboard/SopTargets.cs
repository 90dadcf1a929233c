namespace Meridian.Host.Dashboard;

/// <summary>What the SOP expects of a day (mission row 17), beside what the day has brought so far.</summary>
/// <param name="Name">For people, plural.</param>
public sealed record Target(string Name, long Done, int From, int To)
{
    public static IReadOnlyList<Target> Of(IReadOnlyDictionary<string, long> today) =>
    [
        new("people found", today.GetValueOrDefault("new_leads"), 200, 500),
        new("e-mails", today.GetValueOrDefault("emails"), 100, 300),
        new("texts", today.GetValueOrDefault("texts"), 100, 300),
        new("calls", today.GetValueOrDefault("calls"), 50, 100),
    ];

    /// <summary>In words, because a colour alone tells nobody anything.</summary>
    public string Standing => Done >= From ? Done > To ? "above" : "reached" : "below";
}
