using Meridian.Domain.Touches;

namespace Meridian.Engine.Checks;

/// <summary>
/// What this process has proved it may use. A sender whose capability has no passed check begins nothing: its desk rests, its offers stay.
/// </summary>
public sealed class Capabilities
{
    private readonly Lock gate = new();
    private volatile Dictionary<string, CheckFinding>? findings;
    private long epoch;

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

    /// <summary>Which accounts the findings are about; another number after every change of the settings.</summary>
    public long Epoch => Interlocked.Read(ref epoch);

    /// <summary>The accounts changed: nothing is proved any more, and a round of checks that is under way has asked the old ones.</summary>
    public void Forget()
    {
        lock (gate)
        {
            epoch++;
            if (findings is not null) findings = [];
        }
    }

    /// <summary>What a round of checks found, all of it. False: the accounts have changed since <paramref name="began"/>, so it says nothing.</summary>
    public bool Become(IEnumerable<CheckFinding> found, long began)
    {
        lock (gate)
        {
            if (began != epoch) return false;
            if (findings is not null) findings = found.GroupBy(f => f.Capability).ToDictionary(g => g.Key, g => g.Last()); // where nothing is asked nothing found can forbid
            return true;
        }
    }
}
