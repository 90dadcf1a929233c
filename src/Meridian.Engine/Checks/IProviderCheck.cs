namespace Meridian.Engine.Checks;

/// <summary>Proves with harmless read-only requests what a provider's account lets us do. Sends nothing, costs nothing.</summary>
public interface IProviderCheck
{
    /// <summary><c>vapi</c>, <c>highlevel</c>, <c>smtp</c>, <c>imap</c>, <c>apollo</c>.</summary>
    string Provider { get; }

    /// <summary>One finding a capability. Never throws on the provider's account.</summary>
    Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation);
}

/// <summary>What one capability's check found.</summary>
/// <param name="Capability"><c>call</c>, <c>text</c>, <c>email:ann@example.com</c>, <c>search</c>, <c>hear:ann@example.com</c>, ...</param>
/// <param name="Passed">Only then is the capability used.</param>
/// <param name="Found">What was seen, in a sentence.</param>
/// <param name="Fix">What the owner does about it; null when it passed.</param>
public sealed record CheckFinding(string Capability, bool Passed, string Found, string? Fix);
