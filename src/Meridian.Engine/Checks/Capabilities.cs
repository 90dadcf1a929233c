using Meridian.Domain.Touches;

namespace Meridian.Engine.Checks;

/// <summary>
/// What this process has proved it may use. A sender whose capability has no passed check begins nothing: its desk rests, its offers stay.
/// </summary>
public sealed class Capabilities
{
    private volatile Dictionary<string, CheckFinding>? findings;

    private Capabilities(Dictionary<string, CheckFinding>? findings) => this.findings = findings;

    /// <summary>Nothing is asked: for a preview, whose transports send nothing, and for a demo, whose world is our own.</summary>
    public static Capabilities Unasked() => new(null);

    /// <summary>Nothing is proved yet.</summary>
    public static Capabilities Unproved() => new([]);

    public bool AnyFailed => findings is { } f && f.Values.Any(x => !x.Passed);

    public IReadOnlyCollection<CheckFinding> All => findings?.Values ?? (IReadOnlyCollection<CheckFinding>)[];

    /// <summary>The capability of sending from an address: <c>call:+12025550180</c>.</summary>
    public static string Of(Channel channel, string address) => $"{channel.ToString().ToLowerInvariant()}:{address.ToLowerInvariant()}";

    /// <summary>Null: it may be used. Else why not, and what the owner does about it.</summary>
    public string? WhyNot(string capability)
    {
        if (findings is not { } known) return null;
        if (!known.TryGetValue(capability, out var finding)) return $"{capability} has not passed a check yet";
        return finding.Passed ? null : $"{capability} did not pass its check: {finding.Found}{(finding.Fix is { } fix ? $" {fix}" : "")}";
    }

    /// <summary>What the last round of checks found, all of it.</summary>
    public void Become(IEnumerable<CheckFinding> found)
    {
        if (findings is null) return; // nothing is asked here, so nothing found can forbid
        findings = found.GroupBy(f => f.Capability).ToDictionary(g => g.Key, g => g.Last());
    }
}
