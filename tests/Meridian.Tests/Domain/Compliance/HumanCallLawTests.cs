using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Domain.Leads;
using NodaTime;
using Xunit;
using ContactWindows = Meridian.Engine.Dispatch.Windows;

namespace Meridian.Tests.Domain.Compliance;

public class HumanCallLawTests
{
    private static readonly Instant EightThirtyInChicago = Instant.FromUtc(2026, 11, 16, 14, 30);
    private static readonly HoursRule Owner = new("owner", ContactHours.OwnerDefault, HolidayCalendar.Federal, null, "owner's hours");

    [Fact]
    public void Illinois_lets_a_person_call_at_half_past_eight_and_no_machine()
    {
        Assert.True(LawfulHours.Window(Channel.Call, ["America/Chicago"], ["IL"], Owner, Caller.Person).IsOpen(EightThirtyInChicago));
        Assert.False(LawfulHours.Window(Channel.Call, ["America/Chicago"], ["IL"], Owner).IsOpen(EightThirtyInChicago));
    }

    [Fact]
    public void Windows_of_persons_and_machines_are_not_mixed_up()
    {
        var evidence = ZoneEvidence.Of("1 Main St", "60601", "IL", null, null, null);
        Assert.False(ContactWindows.For(Channel.Call, evidence, new OwnerSettings()).IsOpen(EightThirtyInChicago));
        Assert.True(ContactWindows.ForPerson(evidence, new OwnerSettings()).IsOpen(EightThirtyInChicago));
        Assert.False(ContactWindows.For(Channel.Call, evidence, new OwnerSettings()).IsOpen(EightThirtyInChicago));
    }

    [Fact]
    public void Every_extra_block_of_the_pack_is_one_that_a_rule_judges()
    {
        var blocks = ContactRulesPack.Current.Jurisdictions.Values.OrderBy(j => j.Code, StringComparer.Ordinal).SelectMany(j => j.ExtraBlocks).ToList();
        Assert.Equal(["A.R.S. 44-1278(B)(3)", "Neb. Rev. Stat. 86-244(3)"], blocks.Select(b => b.Cite));
        Assert.Equal([true, false], blocks.Select(b => b.BarsLiveCallsToMobiles)); // a person may ring a mobile in Omaha
        Assert.Equal([false, true], blocks.Select(b => b.BarsVoiceToMobiles));     // and in Phoenix a consent opens one for the AI voice
    }
}
