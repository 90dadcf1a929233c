using System.Collections.Concurrent;
using Meridian.Tests.Providers;
using Xunit;

namespace Meridian.Tests.Contracts;

/// <summary>Holds what a sandbox is asked, and what it answers, against the vendors' documents.</summary>
internal sealed class VendorWatch
{
    private readonly ConcurrentDictionary<string, int> asked = new();
    private readonly ConcurrentDictionary<string, string> problems = new();

    /// <summary>How often each provider's operations were asked for, ids left out.</summary>
    public IReadOnlyDictionary<string, int> Asked => asked;

    public void Sees(string provider, string method, string path, IReadOnlyDictionary<string, string> headers, string body)
    {
        if (provider is not ("vapi" or "highlevel" or "apollo")) return;
        var request = new Asked(method, path, headers, body);
        asked.AddOrUpdate($"{provider} {VendorContract.OperationOf(request) ?? method}", 1, (_, n) => n + 1);
        foreach (var problem in VendorContract.Problems(request)) problems.TryAdd(problem, $"{method} {path} {body}");
    }

    public void Says(string provider, string method, string path, int status, string body)
    {
        if (provider is not ("vapi" or "highlevel" or "apollo")) return;
        foreach (var problem in VendorContract.ProblemsOfAnswer(new Asked(method, path, new Dictionary<string, string>(), ""), status, body)) problems.TryAdd($"the sandbox: {problem}", $"{method} {path} -> {body}");
    }

    public void Holds() => Assert.True(problems.IsEmpty, string.Join('\n', problems.Select(p => $"{p.Key}: {p.Value}")));
}
