using Meridian.Domain.Touches;
using NodaTime;
using Xunit;
using static Meridian.Domain.Touches.TouchState;

namespace Meridian.Tests.Domain.Touches;

public class TouchStatesTests
{
    /// <summary>The whole table, written down a second time.</summary>
    [Fact]
    public void A_touch_goes_from_planned_to_sending_to_one_end_and_never_back()
    {
        (TouchState, TouchState)[] table =
        [
            (Planned, Sending), (Planned, Skipped),
            (Sending, Sent), (Sending, Refused), (Sending, Failed), (Sending, Unconfirmed),
            (Unconfirmed, Sent), (Unconfirmed, Refused), (Unconfirmed, Failed),
        ];
        foreach (var from in Enum.GetValues<TouchState>())
            foreach (var to in Enum.GetValues<TouchState>())
                Assert.True(TouchStates.May(from, to) == table.Contains((from, to)), $"{from} to {to}");
    }

    [Fact]
    public void A_change_outside_the_table_is_a_bug_that_names_the_touch()
    {
        TouchStates.Require(Planned, Sending, "tch_1");
        var bug = Assert.Throws<InvalidOperationException>(() => TouchStates.Require(Sent, Planned, "tch_1"));
        Assert.Equal("touch tch_1 may not go from Sent to Planned", bug.Message);
    }

    [Fact]
    public void Whoever_may_have_been_contacted_counts_as_contacted() =>
        Assert.Equal([Sending, Sent, Unconfirmed], Enum.GetValues<TouchState>().Where(TouchStates.CountsAsMade));

    [Fact]
    public void What_nothing_can_leave_is_final()
    {
        Assert.Equal([Sent, Refused, Failed, Skipped], Enum.GetValues<TouchState>().Where(TouchStates.IsFinal));
        foreach (var state in Enum.GetValues<TouchState>())
            Assert.Equal(TouchStates.IsFinal(state), !Enum.GetValues<TouchState>().Any(to => TouchStates.May(state, to)));
    }

    [Fact]
    public void An_offer_is_planned_and_waits_for_nothing()
    {
        Assert.True(Offer().IsOffered);
        Assert.False((Offer() with { ParkedReason = ParkedReason.Held }).IsOffered);
        Assert.False((Offer() with { State = Sending }).IsOffered);
    }

    [Fact]
    public void A_touch_is_in_the_air_from_its_begin_to_its_end()
    {
        var noon = Instant.FromUtc(2026, 11, 16, 17, 0);
        Assert.False(Offer().IsInTheAir);
        Assert.True((Offer() with { BegunAt = noon }).IsInTheAir);
        Assert.False((Offer() with { BegunAt = noon, ClosedAt = noon }).IsInTheAir);
        Assert.False((Offer() with { ClosedAt = noon }).IsInTheAir); // skipped: it never flew
    }

    private static Touch Offer()
    {
        var at = Instant.FromUtc(2026, 11, 16, 15, 0);
        return new("tch_1", "lead_1", "enr_1", "cam_1", Channel.Call, "call-1", 1, 1, Planned, null, null, null, "cam_1/call", "always", "America/New_York", 2,
            at, at, at + Duration.FromDays(30), null, null, null, null, null, null, null, null, null);
    }
}
