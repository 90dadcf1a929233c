using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Domain.Time;

public class WindowKeyTests
{
    private static readonly Instant Winter = Instant.FromUtc(2026, 1, 15, 12, 0), Summer = Instant.FromUtc(2026, 7, 15, 12, 0);

    [Fact]
    public void A_key_is_the_same_whatever_the_order_and_spelling_of_its_parts()
    {
        Assert.Equal("call|America/Chicago+America/New_York|KY+TN", WindowKey.For(Channel.Call, ["America/New_York", "America/Chicago", "America/Detroit"], ["tn", "KY", "TN"]));
        Assert.Equal("text|Pacific/Honolulu|HI", WindowKey.For(Channel.Text, ["Pacific/Honolulu"], ["HI"]));
        Assert.Equal("always", WindowKey.For(Channel.Email, ["Pacific/Honolulu"], ["HI"]));
        Assert.Equal("call||", WindowKey.For(Channel.Call, [], []));
    }

    [Theory]
    [InlineData("call|America/Chicago+America/New_York|KY+TN"), InlineData("text|Pacific/Honolulu|"), InlineData("always"), InlineData("call||")]
    public void A_stored_key_reads_back(string text)
    {
        var key = WindowKey.Parse(text);
        Assert.Equal(text, key.ToString());
        Assert.Equal(text, WindowKey.For(key.Channel, key.Zones, key.States));
        Assert.Equal(key, WindowKey.Parse(text));
    }

    [Theory, InlineData(""), InlineData("call"), InlineData("fax|America/Chicago|TX")]
    public void What_is_no_key_is_a_broken_promise(string text) => Assert.StartsWith($"'{text}' is not a window key", Assert.Throws<FormatException>(() => WindowKey.Parse(text)).Message);

    [Fact]
    public void A_channel_nobody_knows_is_named() =>
        Assert.Equal("'fax|America/Chicago|TX' is not a window key: no channel 'fax'", Assert.Throws<FormatException>(() => WindowKey.Parse("fax|America/Chicago|TX")).Message);

    [Fact]
    public void The_key_of_every_e_mail_has_no_zone_and_no_state()
    {
        var key = WindowKey.Parse("always");
        Assert.True(key.IsAlways);
        Assert.Equal(Channel.Email, key.Channel);
        Assert.Empty(key.Zones);
        Assert.Empty(key.States);
        Assert.False(WindowKey.Parse("call||").IsAlways);
    }

    [Theory]
    [InlineData("America/Chicago America/New_York", "America/New_York"), InlineData("America/Los_Angeles America/Denver", "America/Denver")]
    [InlineData("America/Phoenix America/Denver", "America/Denver"), InlineData("America/Phoenix America/Los_Angeles", "America/Phoenix")]
    [InlineData("America/Puerto_Rico America/New_York", "America/Puerto_Rico"), InlineData("America/Boise", "America/Denver"), InlineData("", "unknown")]
    public void A_person_counts_under_the_zone_that_closes_first_summer_and_winter(string zones, string group)
    {
        var candidates = zones.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(group, ZoneGroup.Of(candidates, Winter));
        Assert.Equal(group, ZoneGroup.Of(candidates, Summer));
    }

    [Fact]
    public void Groups_stand_from_east_to_west() =>
        Assert.Equal(
            ["America/Puerto_Rico", "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "unknown"],
            ZoneGroup.EastToWest(["unknown", "America/Phoenix", "Pacific/Honolulu", "America/Denver", "America/New_York", "America/Anchorage", "America/Los_Angeles", "America/Puerto_Rico", "America/Chicago"], Summer));

    /// <summary>Belize keeps Chicago's winter clock all year, so its day ends later in summer; Halifax and Bermuda keep one clock.</summary>
    [Fact]
    public void Of_two_with_one_winter_clock_the_one_that_runs_ahead_in_summer_stands_first_and_of_two_equal_ones_the_order_is_fixed()
    {
        foreach (var at in new[] { Winter, Summer })
        {
            Assert.Equal("America/Chicago", ZoneGroup.Of(["America/Belize", "America/Chicago"], at));
            Assert.Equal(["America/Chicago", "America/Belize"], ZoneGroup.EastToWest(["America/Belize", "America/Chicago"], at));
            Assert.Equal(["America/Halifax", "Atlantic/Bermuda"], ZoneGroup.EastToWest(["Atlantic/Bermuda", "America/Halifax"], at));
        }
    }
}
