namespace Meridian.Engine.Dispatch;

/// <summary>The hash of rules pack, zone table and deciding settings that this process judges by. A sender row that holds another begins nothing.</summary>
public sealed class PolicyVersion(string current)
{
    public string Current { get; private set; } = current;

    /// <summary>After a reload of settings.</summary>
    public void Become(string version) => Current = version;
}
