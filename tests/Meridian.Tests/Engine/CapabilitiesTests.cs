using Meridian.Engine;
using Meridian.Engine.Checks;
using Xunit;

namespace Meridian.Tests.Engine;

public class CapabilitiesTests
{
    [Fact]
    public void Where_nothing_is_asked_a_round_of_no_checks_forbids_nothing()
    {
        var capabilities = Capabilities.Unasked();
        Assert.True(capabilities.Become([], capabilities.Epoch));
        Assert.Null(capabilities.WhyNot("call:+12025550180"));
    }

    [Fact]
    public void Where_proof_is_asked_nothing_may_be_used_before_it_passed()
    {
        var capabilities = Capabilities.Unproved();
        Assert.NotNull(capabilities.WhyNot("call:+12025550180"));
        Assert.True(capabilities.Become([], capabilities.Epoch));
        Assert.NotNull(capabilities.WhyNot("call:+12025550180"));
    }

    [Fact]
    public async Task A_round_of_checks_that_asked_the_old_accounts_proves_nothing_of_the_new_ones()
    {
        var capabilities = Capabilities.Unproved();
        var kept = new List<string>();
        var clocks = new Clocks(TimeProvider.System, TimeProvider.System);
        var turn = new CheckTurn(() => [new Check(capabilities.Forget)], capabilities, new Book(kept), clocks); // the settings change while the old account answers
        Assert.Contains("asked again", (await turn.TakeAsync("all", default)).Did, StringComparison.Ordinal);
        Assert.NotNull(capabilities.WhyNot("call:+12025550180"));
        Assert.Empty(kept);

        await new CheckTurn(() => [new Check(() => { })], capabilities, new Book(kept), clocks).TakeAsync("all", default);
        Assert.Null(capabilities.WhyNot("call:+12025550180"));
        Assert.Equal(["vapi"], kept);
    }

    private sealed class Check(Action asked) : IProviderCheck
    {
        public string Provider => "vapi";

        public Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
        {
            asked();
            return Task.FromResult<IReadOnlyList<CheckFinding>>([new CheckFinding("call:+12025550180", true, "it works", null)]);
        }
    }

    private sealed class Book(List<string> kept) : ICheckBook
    {
        public Task KeepAsync(string provider, IReadOnlyList<CheckFinding> findings, NodaTime.Instant at)
        {
            kept.Add(provider);
            return Task.CompletedTask;
        }
    }
}
