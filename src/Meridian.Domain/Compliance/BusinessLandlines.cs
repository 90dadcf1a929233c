using Meridian.Domain.Compliance.Pack;

namespace Meridian.Domain.Compliance;

/// <summary>
/// The one AI call that federal law leaves open without consent: to a business' own wired line (47 CFR 64.1200(a)(2)-(3) does not reach it). Off until the owner signs
/// for it, and only where no state concerned has an automated-call law that reaches business lines.
/// </summary>
public static class BusinessLandlines
{
    /// <summary>True when the law of every state concerned is known to leave business lines open. What is unclear is closed.</summary>
    public static bool AreOpenIn(IReadOnlyCollection<string> states) =>
        states.Count > 0 && states.All(s => ContactRulesPack.Current.Jurisdictions.TryGetValue(s, out var law) && law.Voice is { CoversBusinessLines: Certainty.No, Rule: not VoiceRule.Prohibited });
}

/// <summary>Who signed for calls to business landlines without consent, and when.</summary>
public sealed record BusinessLandlineSetting
{
    /// <summary>The owner, or somebody who may bind them.</summary>
    public string SignedBy { get; init; } = "";

    /// <summary>The day, <c>2026-11-23</c>.</summary>
    public string SignedOn { get; init; } = "";
}
