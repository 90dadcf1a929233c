namespace Meridian.Sandbox.HighLevel;

/// <summary>A carrier's reason not to bring a text, by its code: how the text ends, and what HighLevel does to the contact. The code itself leaves by no API.</summary>
internal sealed record Carrier(string Code, string Ending, string? Blocks, string Words)
{
    private static readonly Dictionary<string, Carrier> Known = new Carrier[]
    {
        new("21610", "opt_out", null, "The person opted out of this number"),
        new("30003", "undelivered", "active", "Unreachable handset"),
        new("30004", "undelivered", "permanent", "Message blocked"),
        new("30005", "undelivered", "active", "Unknown handset"),
        new("30006", "undelivered", "active", "Landline or unreachable carrier"),
        new("30007", "undelivered", null, "Message filtered"),
        new("30008", "undelivered", null, "Unknown error"),
        new("30034", "failed", null, "Unregistered number"),
    }.ToDictionary(refusal => refusal.Code);

    public static Carrier? Of(string? code) => code is null ? null : Known.GetValueOrDefault(code);
}
