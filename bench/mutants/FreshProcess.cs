using Microsoft.Testing.Platform.Builder;
using Microsoft.Testing.Platform.Extensions.TestHost;
using Microsoft.Testing.Platform.Services;

namespace Meridian.Mutants;

/// <summary>
/// One mutant, one process. Stryker keeps a test process for many mutants, and what a static field holds (a table of rules, a compiled pattern, a cache)
/// would then be the mutant's that happened to touch it first. So a second run in the same process ends the process; Stryker runs it again in a new one.
/// </summary>
public sealed class FreshProcess : ITestSessionLifetimeHandler
{
    private static int _sessions;

    public string Uid => nameof(FreshProcess);

    public string Version => "1";

    public string DisplayName => "One mutant, one process";

    public string Description => "Ends the process when it is asked for a second run";

    /// <summary>Called by the generated entry point; see the project file.</summary>
    public static void AddExtensions(ITestApplicationBuilder builder, string[] _) => builder.TestHost.AddTestSessionLifetimeHandler(_ => new FreshProcess());

    public Task<bool> IsEnabledAsync() =>
        Task.FromResult(Environment.GetEnvironmentVariable("STRYKER_MUTANT_FILE") is not null && Environment.GetEnvironmentVariable("STRYKER_COVERAGE_FILE") is null);

    public Task OnTestSessionStartingAsync(ITestSessionContext testSessionContext)
    {
        if (Interlocked.Increment(ref _sessions) > 1) Environment.Exit(1);
        return Task.CompletedTask;
    }

    public Task OnTestSessionFinishingAsync(ITestSessionContext testSessionContext) => Task.CompletedTask;
}
