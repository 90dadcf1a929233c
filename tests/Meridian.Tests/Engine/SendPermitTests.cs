using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Meridian.Tests.Engine;

public class SendPermitTests
{
    private readonly FakeTimeProvider machine = new();

    [Fact]
    public void A_permit_can_be_used_once()
    {
        var permit = Permit();
        Assert.True(permit.TryUse());
        Assert.False(permit.TryUse());
    }

    [Fact]
    public void A_permit_lives_ten_seconds_from_before_the_transaction()
    {
        var permit = Permit();
        machine.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(permit.IsExpired);
        machine.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(permit.IsExpired);
        Assert.False(permit.TryUse());
    }

    [Fact]
    public void A_machine_that_slept_finds_its_permit_dead_although_the_monotonic_clock_stood_still()
    {
        var started = machine.GetTimestamp();
        var permit = new SendPermit("prm_1", "tch_1", Channel.Email, machine, started, machine.GetUtcNow() - TimeSpan.FromMinutes(5));
        Assert.False(permit.TryUse());
    }

    private SendPermit Permit() => new("prm_1", "tch_1", Channel.Email, machine, machine.GetTimestamp(), machine.GetUtcNow());
}
