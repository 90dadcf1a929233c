namespace Meridian.Domain.Pulling;

/// <summary>What holds for every pull, whatever the filter says.</summary>
/// <param name="NeverTags">Whoever has one of these tags is never pulled.</param>
/// <param name="OwnDomains">The owner's mail domains; free mail providers are nobody's own.</param>
/// <param name="OwnAddresses">The owner's own addresses and numbers, normalised.</param>
/// <param name="Zone">The owner's.</param>
public sealed record PullTerms(IReadOnlyList<string> NeverTags, IReadOnlyList<string> OwnDomains, IReadOnlyList<string> OwnAddresses, string Zone)
{
    /// <summary>Also where one is part of the other: who writes from mail.example.com is at example.com.</summary>
    public bool IsOwnDomain(string domain) => OwnDomains.Any(own => own == domain || Inside(own, domain) || Inside(domain, own));

    private static bool Inside(string inner, string outer) => outer.Contains('.', StringComparison.Ordinal) && inner.EndsWith($".{outer}", StringComparison.Ordinal);
}
