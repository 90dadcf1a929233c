using Meridian.Engine.Desks;
using NodaTime;

namespace Meridian.Engine.Checks;

/// <summary>
/// Research first: before a provider is used, its account is looked at with harmless requests. At start, when settings change (whoever changed
/// them wakes this desk), daily, and every five minutes while something does not pass.
/// </summary>
public sealed class CheckTurn(Func<IReadOnlyList<IProviderCheck>> checks, Capabilities capabilities, ICheckBook book, Clocks clocks) : ITurn
{
    private static readonly Duration WhenAllPassed = Duration.FromDays(1);
    private static readonly Duration WhenSomeFailed = Duration.FromMinutes(5);

    public string Kind => "checks";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var began = capabilities.Epoch;
        var all = new List<CheckFinding>();
        foreach (var check in checks())
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<CheckFinding> findings;
            try
            {
                findings = await check.CheckAsync(cancellation);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                findings = [new CheckFinding(check.Provider, false, $"the check itself failed: {e.GetType().Name}: {e.Message}", "Look at the log; the check is tried again in five minutes.")];
            }

            if (capabilities.Epoch != began) return AskedTheOldOnes();
            all.AddRange(findings);
            await book.KeepAsync(check.Provider, findings, clocks.Now);
        }

        if (!capabilities.Become(all, began)) return AskedTheOldOnes();
        var failed = all.Count(f => !f.Passed);
        return new TurnResult(clocks.Now + (failed == 0 ? WhenAllPassed : WhenSomeFailed), $"{all.Count - failed} of {all.Count} capabilities passed");
    }

    private TurnResult AskedTheOldOnes() => new(clocks.Now, "the settings changed meanwhile: asked again");
}
