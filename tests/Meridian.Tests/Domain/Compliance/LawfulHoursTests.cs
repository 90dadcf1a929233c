using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Engine;
using NodaTime;
using Xunit;
using ContactWindows = Meridian.Engine.Dispatch.Windows;

namespace Meridian.Tests.Domain.Compliance;

/// <summary>The owner's Monday to Friday, 8:00 to 18:00, cut with the law of the states concerned.</summary>
public class LawfulHoursTests
{
    [Theory]
    [InlineData("call|America/New_York|KY", "2026-11-16", "10:00-18:00")]
    [InlineData("call|America/New_York|ME", "2026-11-16", "09:00-17:00")]
    [InlineData("text|America/New_York|ME", "2026-11-16", "08:00-18:00")]
    [InlineData("call|America/New_York|KY+ME", "2026-11-16", "10:00-17:00")] // the address in one, the number in the other
    [InlineData("call|America/New_York|PA", "2027-03-26", "closed")]         // Good Friday
    [InlineData("call|America/New_York|OH", "2027-03-26", "08:00-18:00")]
    [InlineData("call|America/Chicago|NE", "2027-04-30", "13:00-18:00")]     // Arbor Day
    [InlineData("text|America/Chicago|NE", "2027-04-30", "08:00-18:00")]
    [InlineData("call|America/Chicago|MS", "2026-11-16", "08:00-18:00")]
    [InlineData("call|America/Chicago|MS", "2026-07-13", "09:00-18:00")]     // 8:00 Central Standard Time is 9:00 on the summer clock
    [InlineData("call|America/Denver|TX", "2026-11-16", "09:00-18:00")]      // 9:00 in El Paso, which is 10:00 Central
    [InlineData("call|America/Denver|UT", "2026-07-24", "closed")]           // Pioneer Day
    [InlineData("call|America/Chicago|LA", "2027-02-09", "closed")]          // Mardi Gras
    [InlineData("call|America/New_York|RI", "2026-11-03", "closed")]         // general election
    public void The_day_is_cut(string key, string day, string hours)
    {
        var window = ContactWindows.For(key, new OwnerSettings());
        var zone = CanonicalZone.Rules(window.Zones[0]);
        var begins = NodaTime.Text.LocalDatePattern.Iso.Parse(day).Value.AtStartOfDayInZone(zone).ToInstant();
        var opens = window.NextOpening(begins)!.Value;
        var said = opens >= begins + Duration.FromHours(24) ? "closed" : $"{opens.InZone(zone):HH:mm}-{window.Closes(opens)!.Value.InZone(zone):HH:mm}";
        Assert.Equal(hours, said);
    }

    [Fact]
    public void Without_an_owner_the_federal_hours_and_the_state_s_are_left()
    {
        var window = LawfulHours.Window(Channel.Text, ["America/New_York"], ["ME"], owner: null);
        Assert.Equal("08:00-21:00 Mon-Sun", window.Hours.ToString());
        Assert.Equal("47 CFR 64.1200(c)(1); 16 CFR 310.4(c) (secondary source)", window.Sources[0]);
        Assert.Equal("it is 07:59 Mon in New York; hours are 08:00-21:00 Mon-Sun (ME law allows 08:00-21:00 Mon-Sun)", window.Explain(Instant.FromUtc(2026, 11, 16, 12, 59)));
        Assert.Equal("it is 07:59 Mon in New York; hours are 08:00-18:00 Mon-Fri (federal law allows 08:00-21:00 Mon-Sun; ME law allows 08:00-21:00 Mon-Sun)",
            ContactWindows.For("text|America/New_York|ME", new OwnerSettings()).Explain(Instant.FromUtc(2026, 11, 16, 12, 59)));
    }

    [Fact]
    public void A_holiday_on_which_nobody_is_called_has_no_hours()
    {
        var nebraska = ContactRulesPack.Current.Jurisdictions["NE"];
        Assert.NotNull(LawfulHours.Of(nebraska, Channel.Call).OnHolidays);
        Assert.Null(LawfulHours.Of(nebraska with { HolidaysForVoice = HolidayLaw.Prohibited }, Channel.Call).OnHolidays);
    }

    [Fact]
    public void The_owner_cannot_widen_the_law()
    {
        var window = ContactWindows.For("call|America/Chicago|AL", new OwnerSettings { HoursFrom = 8, HoursTo = 21, Saturdays = true });
        Assert.Equal("08:00-20:00 Mon-Sat", window.Hours.ToString());
    }

    [Fact]
    public void A_closed_window_says_whose_law_closes_it_and_cites_it_with_its_evidence()
    {
        var window = ContactWindows.For("call|America/New_York|KY", new OwnerSettings());
        Assert.Equal("it is 09:30 Mon in New York; hours are 10:00-18:00 Mon-Fri (KY law allows 10:00-21:00 Mon-Sun)", window.Explain(Instant.FromUtc(2026, 11, 16, 14, 30)));
        Assert.Contains(window.Sources, s => s.Contains("KRS 367.46955(16) (secondary source)", StringComparison.Ordinal));
        var holiday = ContactWindows.For("text|America/New_York|PA", new OwnerSettings());
        Assert.Equal("Fri 2027-03-26 is Good Friday in New York (PA law allows 09:00-19:00 Mon-Sat)", holiday.Explain(Instant.FromUtc(2027, 3, 26, 15, 0)));
    }

    [Fact]
    public void The_window_that_the_law_closes_sooner_closes_sooner()
    {
        var noon = Instant.FromUtc(2026, 11, 16, 17, 0);
        Assert.True(ContactWindows.For("call|America/New_York|ME", new OwnerSettings()).Closes(noon) < ContactWindows.For("call|America/New_York|NY", new OwnerSettings()).Closes(noon));
    }
}
