using Meridian.Domain.Time;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Domain.Time;

public class CanonicalZoneTests
{
    [Fact]
    public void A_folded_zone_shows_the_same_time_every_day_from_2024_to_2035()
    {
        var begin = Instant.FromUtc(2024, 1, 1, 0, 0);
        foreach (var (zone, stands) in CanonicalZone.Folded)
        {
            var (a, b) = (CanonicalZone.Rules(zone), CanonicalZone.Rules(stands));
            for (var at = begin; at < Instant.FromUtc(2036, 1, 1, 0, 0); at += Duration.FromHours(6)) Assert.Equal(b.GetUtcOffset(at), a.GetUtcOffset(at));
        }
    }

    [Theory]
    [InlineData("US/Eastern", "America/New_York"), InlineData("US/Michigan", "America/New_York"), InlineData("America/Indianapolis", "America/New_York")]
    [InlineData("America/Shiprock", "America/Denver"), InlineData("US/Hawaii", "Pacific/Honolulu"), InlineData("America/Boise", "America/Denver")]
    [InlineData("Etc/GMT+6", null), InlineData("UTC", null), InlineData("GMT", null), InlineData("EST5EDT", null), InlineData("Mars/Olympus", null), InlineData(null, null)]
    public void A_zone_has_one_name(string? zone, string? canonical) => Assert.Equal(canonical, CanonicalZone.Of(zone));
}
