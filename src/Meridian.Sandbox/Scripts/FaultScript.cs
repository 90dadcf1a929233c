namespace Meridian.Sandbox.Scripts;

/// <summary>
/// What is to go wrong, request by request, as a person wrote it down: a JSON file described in docs/faults.md. Read once; a world counts for itself.
/// </summary>
public sealed class FaultScript
{
    internal FaultScript(IReadOnlyList<ScriptedFault> entries) => Entries = entries;

    internal IReadOnlyList<ScriptedFault> Entries { get; }

    /// <exception cref="FaultScriptException">Every mistake in it, each with its entry, field, value and fix.</exception>
    public static FaultScript Read(string json) => FaultReading.Read(json);
}

/// <summary>A script that cannot be used.</summary>
public sealed class FaultScriptException(IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<string> Problems => problems;
}
