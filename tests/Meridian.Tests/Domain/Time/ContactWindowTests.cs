using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Time;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Domain.Time;

public class ContactWindowTests
{
    public static TheoryData<string> UsZones => [.. ContactRulesPack.Current.Jurisdictions.Values.SelectMany(j => j.Zones).Distinct().Order()];

    private static readonly LocalDate[] ClockChanges = [new(2026, 3, 8), new(2026, 11, 1), new(2027, 3, 14), new(2027, 11, 7)];

    // Round the clock on Sunday, where clocks change, and odd hours on Saturday.
    private static readonly ContactHours Weekend = new(new Dictionary<IsoDayOfWeek, OpenHours>
    {
        [IsoDayOfWeek.Saturday] = new(new(22, 0), LocalTime.Midnight),
        [IsoDayOfWeek.Sunday] = new(LocalTime.Midnight, new(5, 0)),
        [IsoDayOfWeek.Monday] = new(new(8, 0), new(18, 0)),
    });

    [Theory, MemberData(nameof(UsZones))]
    public void The_next_opening_is_open_and_nothing_earlier_is(string zone)
    {
        var rules = CanonicalZone.Rules(zone);
        foreach (var sunday in ClockChanges)
        {
            foreach (var hours in new[] { ContactHours.OwnerDefault.WithSaturday(), Weekend })
            {
                var window = new ContactWindow([zone], hours, HolidayCalendar.Federal);
                var begin = rules.AtStartOfDay(sunday.PlusDays(-1)).ToInstant();
                Instant? announced = null, closes = null;
                for (var at = begin; at < begin + Duration.FromDays(3); at += Duration.FromMinutes(1))
                {
                    var local = at.InZone(rules).LocalDateTime;
                    var open = hours.Contains(local) && HolidayCalendar.Federal.On(local.Date) is null; // the plain reading, minute by minute
                    Assert.Equal(open, window.IsOpen(at));
                    if (announced is null || announced < at) announced = window.NextOpening(at);
                    if (open)
                    {
                        if (closes is null || closes <= at) closes = window.Closes(at);
                        Assert.True(closes > at);
                        Assert.True(announced <= at, $"{announced} was announced, but {at} is open");
                        announced = null;
                    }
                    else
                    {
                        Assert.True(closes is null || closes <= at, $"closes at {closes}, but {at} is closed");
                        Assert.True(announced > at);
                    }
                }
            }
        }
    }

    [Fact]
    public void Two_zones_are_open_only_while_both_are()
    {
        var both = Window("America/New_York", "America/Los_Angeles");
        Assert.Equal(Utc(23, 16, 0), both.NextOpening(Utc(23, 12, 0)));  // 8:00 Pacific
        Assert.Equal(Utc(23, 23, 0), both.Closes(Utc(23, 16, 0)));       // 18:00 Eastern
        Assert.False(both.IsOpen(Utc(23, 15, 59)));
        Assert.False(both.IsOpen(Utc(23, 23, 0)));
    }

    [Fact]
    public void Many_zones_agree_with_the_plain_reading_at_every_quarter_hour()
    {
        string[][] sets = [["America/New_York", "America/Chicago"], ["America/Phoenix", "America/Denver"], ["America/Adak", "America/Anchorage"], ["Pacific/Honolulu", "America/New_York"], ["America/Los_Angeles", "America/Denver", "America/Puerto_Rico"]];
        foreach (var zones in sets)
        {
            var window = Window(zones);
            var singles = zones.Select(z => Window(z)).ToList();
            Instant? next = null;
            for (var at = Instant.FromUtc(2026, 10, 25, 0, 0); at < Instant.FromUtc(2026, 11, 30, 0, 0); at += Duration.FromMinutes(15))
            {
                var open = singles.All(s => s.IsOpen(at));
                Assert.Equal(open, window.IsOpen(at));
                next ??= window.NextOpening(at);
                Assert.Equal(open, next == at);
                if (open) next = null;
            }
        }
    }

    [Fact]
    public void Zones_without_a_common_hour_never_open()
    {
        var window = Window("Pacific/Guam", "America/New_York");
        Assert.Null(window.NextOpening(Instant.FromUtc(2026, 7, 6, 12, 0)));
        Assert.Null(window.Closes(Instant.FromUtc(2026, 7, 6, 12, 0)));
        Assert.Equal(Utc(23, 22, 0), window.NextOpening(Utc(23, 12, 0))); // in winter Guam's Tuesday 8:00 meets New York's Monday 17:00
    }

    [Fact]
    public void No_zone_known_is_never_open()
    {
        var window = Window();
        Assert.False(window.IsOpen(Utc(23, 16, 0)));
        Assert.Null(window.NextOpening(Utc(23, 16, 0)));
        Assert.Contains("no time zone is known", window.Explain(Utc(23, 16, 0)), StringComparison.Ordinal);
    }

    /// <summary>A statute's own clock says when it is too early, never where somebody is.</summary>
    [Fact]
    public void A_statute_s_clock_alone_opens_nothing()
    {
        var law = new HoursRule("MS law", ContactHours.OwnerDefault, HolidayCalendar.None, null, "a statute");
        var window = new ContactWindow([], [Owner], [new FixedClock("Etc/GMT+6", law)]);
        Assert.False(window.IsOpen(Utc(23, 16, 0)));
        Assert.Null(window.NextOpening(Utc(23, 16, 0)));
    }

    [Fact]
    public void A_window_names_everything_it_rests_on_once()
    {
        var law = new HoursRule("MS law", ContactHours.OwnerDefault, HolidayCalendar.None, null, "a statute");
        Assert.Equal(["owner's hours", "a statute"], new ContactWindow(["America/Chicago"], [Owner], [new FixedClock("Etc/GMT+6", law)]).Sources);
        Assert.Equal(["owner's hours", "a statute"], new ContactWindow(["America/Chicago"], [Owner, law], [new FixedClock("Etc/GMT+6", law)]).Sources);
        Assert.Equal(["owner's hours"], Window("America/Chicago").Sources);
    }

    [Fact]
    public void At_the_first_minute_it_is_open_and_at_the_last_it_is_closed()
    {
        var (opens, closes) = (Utc(23, 13, 0), Utc(23, 23, 0));
        var open = Assert.Single(Window("America/New_York").LocalTimes(opens));
        Assert.True(open.IsOpen);
        Assert.Null(open.ClosedBecause);
        Assert.Empty(open.BarredBy);
        Assert.Null(open.Holiday);
        Assert.Equal("it is 18:00 Mon in New York; hours are 08:00-18:00 Mon-Fri", Assert.Single(Window("America/New_York").LocalTimes(closes)).ClosedBecause);
    }

    [Fact]
    public void Every_law_that_bars_the_hour_is_named_and_so_is_every_zone()
    {
        var kentucky = new HoursRule("KY law", ContactHours.On(new(new(10, 0), new(21, 0)), IsoDayOfWeek.Monday), HolidayCalendar.None, null, "k");
        var maine = new HoursRule("ME law", ContactHours.On(new(new(9, 0), new(17, 0)), IsoDayOfWeek.Monday), HolidayCalendar.None, null, "m");
        Assert.Equal("it is 08:30 Mon in New York; hours are 10:00-17:00 Mon (KY law allows 10:00-21:00 Mon; ME law allows 09:00-17:00 Mon)",
            new ContactWindow(["America/New_York"], [Owner, kentucky, maine], []).Explain(Utc(23, 13, 30)));
        Assert.Equal("it is 06:30 Mon in Chicago; hours are 08:00-18:00 Mon-Fri; it is 07:30 Mon in New York; hours are 08:00-18:00 Mon-Fri", Window("America/New_York", "America/Chicago").Explain(Utc(23, 12, 30)));
    }

    /// <summary>Arbor Day in Nebraska: an AI voice may call from one o'clock. Before that it is the holiday that bars it, after it nothing does.</summary>
    [Fact]
    public void A_holiday_with_hours_of_its_own_is_named_only_outside_them()
    {
        var arborDay = new HolidayCalendar([HolidayRule.Last("Arbor Day", 4, IsoDayOfWeek.Friday)]);
        var nebraska = new HoursRule("NE law", ContactHours.On(new(new(8, 0), new(21, 0)), IsoDayOfWeek.Monday, IsoDayOfWeek.Friday), arborDay, new(new(13, 0), new(21, 0)), "n");
        var window = new ContactWindow(["America/Chicago"], [Owner, nebraska], []);
        Assert.Equal("Fri 2027-04-30 is Arbor Day in Chicago (NE law allows 08:00-21:00 Mon, 08:00-21:00 Fri)", window.Explain(Instant.FromUtc(2027, 4, 30, 16, 0)));
        Assert.Equal("it is 13:00 Fri in Chicago; hours are 08:00-18:00 Mon, 08:00-18:00 Fri", window.Explain(Instant.FromUtc(2027, 4, 30, 18, 0)));
        Assert.Equal("it is 18:00 Fri in Chicago; hours are 08:00-18:00 Mon, 08:00-18:00 Fri", window.Explain(Instant.FromUtc(2027, 4, 30, 23, 0))); // the owner's evening
        Assert.Equal("it is 07:00 Mon in Chicago; hours are 08:00-18:00 Mon, 08:00-18:00 Fri (NE law allows 08:00-21:00 Mon, 08:00-21:00 Fri)", window.Explain(Utc(23, 13, 0)));
    }

    [Fact]
    public void E_mail_is_always_open_and_never_closes()
    {
        var at = Utc(26, 3, 0);
        Assert.Equal("this channel has no hours: it may go day and night", ContactWindow.Always.Explain(at));
        Assert.Empty(ContactWindow.Always.Zones);
        Assert.Empty(ContactWindow.Always.Sources);
        Assert.Empty(ContactWindow.Always.LocalTimes(at));
        Assert.True(ContactWindow.Always.IsAlways && ContactWindow.Always.IsOpen(at));
        Assert.Equal(at, ContactWindow.Always.NextOpening(at));
        Assert.Null(ContactWindow.Always.Closes(at));
    }

    [Fact]
    public void Thanksgiving_week_skips_the_Thursday_and_the_weekend()
    {
        var window = Window("America/New_York");
        Assert.Equal(Utc(27, 13, 0), window.NextOpening(Utc(25, 23, 0)));
        Assert.Equal(Utc(30, 13, 0), window.NextOpening(Utc(27, 23, 0)));
    }

    [Fact]
    public void Hours_around_the_clock_are_one_stretch_until_the_next_holiday()
    {
        var window = new ContactWindow(["America/New_York"], ContactHours.On(new OpenHours(LocalTime.Midnight, LocalTime.Midnight), [.. Enum.GetValues<IsoDayOfWeek>().Skip(1)]), HolidayCalendar.Federal);
        Assert.Equal(Instant.FromUtc(2026, 11, 26, 5, 0), window.Closes(Utc(23, 12, 0)));
    }

    [Fact]
    public void The_reason_is_a_sentence()
    {
        Assert.Equal("it is 07:40 Mon in Honolulu; hours are 08:00-18:00 Mon-Fri", Window("Pacific/Honolulu").Explain(Utc(23, 17, 40)));
        Assert.Equal("Thu 2026-11-26 is Thanksgiving Day in New York", Window("America/New_York").Explain(Utc(26, 17, 40)));
        Assert.Equal("it is 11:00 Mon in Chicago and 12:00 Mon in New York; hours are 08:00-18:00 Mon-Fri", Window("America/New_York", "America/Chicago").Explain(Utc(23, 17, 0)));
    }

    [Fact]
    public void Hours_read_like_a_door_sign()
    {
        Assert.Equal("08:00-18:00 Mon-Fri", ContactHours.OwnerDefault.ToString());
        Assert.Equal("08:00-18:00 Mon-Sat", ContactHours.OwnerDefault.WithSaturday().ToString());
        Assert.Equal("08:00-18:00 Mon-Fri, 10:00-14:00 Sat", ContactHours.OwnerDefault.WithSaturday(new(new(10, 0), new(14, 0))).ToString());
        Assert.Equal("never", new ContactHours(new Dictionary<IsoDayOfWeek, OpenHours>()).ToString());
        Assert.Equal("22:00-24:00 Sat, 00:00-05:00 Sun", Weekend.Intersect(new(new Dictionary<IsoDayOfWeek, OpenHours>(
            [new(IsoDayOfWeek.Saturday, new(LocalTime.Midnight, LocalTime.Midnight)), new(IsoDayOfWeek.Sunday, new(LocalTime.Midnight, LocalTime.Midnight))]))).ToString());
    }

    private static readonly HoursRule Owner = new("owner", ContactHours.OwnerDefault, HolidayCalendar.Federal, null, "owner's hours");

    private static ContactWindow Window(params string[] zones) => new(zones, ContactHours.OwnerDefault, HolidayCalendar.Federal);

    private static Instant Utc(int november, int hour, int minute) => Instant.FromUtc(2026, 11, november, hour, minute);
}
