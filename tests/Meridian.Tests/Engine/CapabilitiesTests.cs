using Meridian.Engine.Checks;
using Xunit;

namespace Meridian.Tests.Engine;

public class CapabilitiesTests
{
    [Fact]
    public void Where_nothing_is_asked_a_round_of_no_checks_forbids_nothing()
    {
        var capabilities = Capabilities.Unasked();
        capabilities.Become([]);
        Assert.Null(capabilities.WhyNot("call:+12025550180"));
    }

    [Fact]
    public void Where_proof_is_asked_nothing_may_be_used_before_it_passed()
    {
        var capabilities = Capabilities.Unproved();
        Assert.NotNull(capabilities.WhyNot("call:+12025550180"));
        capabilities.Become([]);
        Assert.NotNull(capabilities.WhyNot("call:+12025550180"));
    }
}
