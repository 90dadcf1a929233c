using Meridian.Sandbox.Scripts;

namespace Meridian.Tests.Sandbox;

/// <summary>
/// One sentence for each thing the real providers were seen to do that a simulator must do too, and for what our adapters make of it. docs/sandbox.md
/// says which sentence is for which; what another class shows already is not repeated here.
/// </summary>
public sealed partial class SandboxChecklistTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static FaultScript Script(string entries) => FaultScript.Read($"{{ \"faults\": [{entries}] }}");

    private static string Error(string provider, string request, string name, string when = "") => $"{{ \"provider\": \"{provider}\", \"request\": \"{request}\"{when}, \"then\": \"error\", \"error\": \"{name}\" }}";
}
