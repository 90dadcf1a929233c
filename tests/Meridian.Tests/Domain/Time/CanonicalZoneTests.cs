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

    [Theory]
    [InlineData("America/New_York", "New York"), InlineData("America/North_Dakota/New_Salem", "New Salem"), InlineData("Etc/GMT+6", "UTC-6")]
    public void A_clock_has_a_name_for_people(string zone, string place) => Assert.Equal(place, CanonicalZone.Place(zone));

    [Fact]
    public void A_list_of_zones_is_sorted_folded_and_refuses_what_is_no_place()
    {
        Assert.Equal(["America/Denver", "America/New_York"], CanonicalZone.All(["America/New_York", "America/Detroit", "America/Boise"]));
        Assert.StartsWith("'Mars/Olympus' is not the IANA zone of a place", Assert.Throws<ArgumentException>(() => CanonicalZone.All(["America/Denver", "Mars/Olympus"])).Message);
    }

    /// <summary>Whole, so that no pair is lost or renamed unseen.</summary>
    [Fact]
    public void Twenty_three_zones_are_folded_into_six() =>
        Assert.Equal(
        [
            "America/Anchorage: America/Juneau America/Metlakatla America/Nome America/Sitka America/Yakutat",
            "America/Chicago: America/Indiana/Knox America/Indiana/Tell_City America/Menominee America/North_Dakota/Beulah America/North_Dakota/Center America/North_Dakota/New_Salem",
            "America/Denver: America/Boise",
            "America/New_York: America/Detroit America/Indiana/Indianapolis America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac America/Kentucky/Louisville America/Kentucky/Monticello",
            "America/Puerto_Rico: America/St_Thomas",
            "Pacific/Guam: Pacific/Saipan",
        ], CanonicalZone.Folded.GroupBy(f => f.Value).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key}: {string.Join(' ', g.Select(f => f.Key).Order(StringComparer.Ordinal))}"));
}
