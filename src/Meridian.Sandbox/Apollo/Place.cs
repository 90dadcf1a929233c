namespace Meridian.Sandbox.Apollo;

/// <summary>A town. Its ZIP and area code are real ones of that town; <paramref name="Code"/> is the state's two letters.</summary>
internal sealed record Place(string City, string State, string Code, string Zip, string AreaCode, string Country = "United States")
{
    public bool IsAbroad => Country != "United States";

    /// <summary>Whether a search for <c>Denver, CO</c>, <c>Colorado, US</c> or <c>United States</c> means this town: every part must fit.</summary>
    public bool Answers(string asked) => asked.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).All(Is);

    private bool Is(string part) =>
        Same(part, City) || Same(part, State) || Same(part, Country) || (!IsAbroad && (Same(part, Code) || Same(part, "US") || Same(part, "USA")));

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
