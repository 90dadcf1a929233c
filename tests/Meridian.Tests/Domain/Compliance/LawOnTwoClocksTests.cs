using System.Collections.Frozen;
using System.Text.Json;
using Meridian.Domain.Compliance;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Engine;
using NodaTime;
using Xunit;
using ContactWindows = Meridian.Engine.Dispatch.Windows;

namespace Meridian.Tests.Domain.Compliance;

/// <summary>
/// The law read a second time: from the JSON itself, with <see cref="TimeZoneInfo"/> and <see cref="DateOnly"/>, sharing no line with the product. Every
/// minute around every clock change from 2024 to 2035, in every zone of every jurisdiction, by law alone and cut with the owner's hours.
/// </summary>
public class LawOnTwoClocksTests(ITestOutputHelper output)
{
    private const int FirstYear = 2024, LastYear = 2035;
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Path.Combine(Tidy.Repository.Root, "src", "Meridian.Domain", "Compliance", "Pack", "us-contact-rules.json"))).RootElement;
    private static readonly Dictionary<string, FrozenSet<DateOnly>> Holidays = Root.GetProperty("holidays").GetProperty("sets").EnumerateObject().ToDictionary(s => s.Name, s => DaysOf(s.Value));
    private static readonly List<State> States = [.. Root.GetProperty("jurisdictions").EnumerateArray().Select(j => new State(j))];

    [Fact]
    public void Every_minute_of_every_clock_change_agrees_with_a_second_reading()
    {
        var minutes = States.SelectMany(s => s.Zones).Distinct().SelectMany(ChangesOf).Distinct().Order().SelectMany(Around).Distinct().Order().ToArray();
        var (compared, open) = Compare(minutes);
        output.WriteLine($"{minutes.Length:N0} minutes around clock changes, {compared:N0} comparisons, {open:N0} open");
        Assert.True(minutes.Length > 24 * 24 * 60 && open > 0);
    }

    [Fact]
    public void Every_hour_of_twelve_years_agrees_with_a_second_reading()
    {
        var first = new DateTime(FirstYear, 1, 2, 0, 30, 0, DateTimeKind.Utc);
        var hours = Enumerable.Range(0, (LastYear - FirstYear + 1) * 8765).Select(h => first.AddHours(h)).ToArray();
        var (compared, open) = Compare(hours, firstZoneOnly: true);
        output.WriteLine($"{hours.Length:N0} hours, {compared:N0} comparisons, {open:N0} open");
    }

    private static (long Compared, long Open) Compare(DateTime[] instants, bool firstZoneOnly = false)
    {
        var clocks = States.SelectMany(s => s.Zones.Concat(s.AlsoOn)).Distinct().ToDictionary(z => z, z => LocalTimes(z, instants));
        var asked = instants.Select(i => Instant.FromDateTimeUtc(i)).ToArray();
        long compared = 0, opened = 0;
        var pairs = States.Select((s, i) => (A: s, B: States[(i + 1) % States.Count])); // the address here, the number there
        var cases = States.SelectMany(s => s.Zones.Take(firstZoneOnly ? 1 : 99).Select(z => (Zones: new[] { z }, Laws: new[] { s })))
            .Concat(pairs.Where(_ => !firstZoneOnly).Select(p => (Zones: new[] { p.A.Zones[0], p.B.Zones[0] }, Laws: new[] { p.A, p.B })));
        Parallel.ForEach(cases, c =>
        {
            foreach (var channel in new[] { Channel.Call, Channel.Text })
            {
                var codes = c.Laws.Select(l => l.Code).ToArray();
                var law = LawfulHours.Window(channel, c.Zones, codes, owner: null);
                var cut = ContactWindows.For(WindowKey.For(channel, c.Zones, codes), new OwnerSettings());
                long open = 0;
                for (var i = 0; i < instants.Length; i++)
                {
                    var (lawful, owners) = (true, true);
                    foreach (var zone in c.Zones)
                    {
                        var (day, minute) = clocks[zone][i];
                        owners &= day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && minute is >= 480 and < 1080 && !Holidays["US"].Contains(day);
                        foreach (var state in c.Laws) lawful &= state.Allows(channel, day, minute);
                    }

                    foreach (var state in c.Laws)
                        foreach (var clock in state.AlsoOn) lawful &= state.Allows(channel, clocks[clock][i].Day, clocks[clock][i].Minute);
                    if (lawful != law.IsOpen(asked[i])) Assert.Fail($"{channel} in {string.Join('+', c.Zones)} under {string.Join('+', codes)} at {asked[i]}: {(lawful ? "open" : "closed")} by the second reading, by law alone");
                    if ((lawful && owners) != cut.IsOpen(asked[i])) Assert.Fail($"{channel} in {string.Join('+', c.Zones)} under {string.Join('+', codes)} at {asked[i]}: {(lawful && owners ? "open" : "closed")} by the second reading, with the owner's hours");
                    if (lawful) open++;
                }

                Interlocked.Add(ref compared, 2L * instants.Length);
                Interlocked.Add(ref opened, open);
            }
        });
        return (compared, opened);
    }

    private static (DateOnly Day, int Minute)[] LocalTimes(string id, DateTime[] instants)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        return [.. instants.Select(i => i + zone.GetUtcOffset(i)).Select(l => (DateOnly.FromDateTime(l), l.Hour * 60 + l.Minute))];
    }

    /// <summary>The UTC days on which a zone's offset is another than the day before.</summary>
    private static IEnumerable<DateTime> ChangesOf(string id)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        for (var day = new DateTime(FirstYear, 1, 1, 0, 0, 0, DateTimeKind.Utc); day.Year <= LastYear; day = day.AddDays(1))
            if (zone.GetUtcOffset(day) != zone.GetUtcOffset(day.AddDays(1))) yield return day;
    }

    /// <summary>From Guam's Sunday morning to Samoa's Monday night.</summary>
    private static IEnumerable<DateTime> Around(DateTime change) => Enumerable.Range(-10 * 60, 60 * 60).Select(m => change.AddMinutes(m));

    private sealed class State
    {
        private readonly Dictionary<(Channel, DayOfWeek), (int From, int To)?> _hours = [];
        private readonly Dictionary<Channel, string> _holidayRule;
        private readonly FrozenSet<DateOnly> _holidays;
        private readonly (int From, int To)? _onHolidays;

        public State(JsonElement j)
        {
            Code = j.GetProperty("code").GetString()!;
            Zones = [.. j.GetProperty("iana_zones_all").EnumerateArray().Select(z => z.GetString()!)];
            AlsoOn = [.. j.GetProperty("additional_clock_zones").EnumerateArray().Select(z => z.GetString()!)];
            _holidayRule = new() { [Channel.Call] = j.GetProperty("holiday_rule_ai_voice").GetString()!, [Channel.Text] = j.GetProperty("holiday_rule").GetString()! };
            _holidays = Holidays[j.GetProperty("holiday_set").GetString()!];
            _onHolidays = Hours(j.GetProperty("holiday_window"));
            foreach (var day in Enum.GetValues<DayOfWeek>())
            {
                _hours[(Channel.Call, day)] = Hours(j.GetProperty("call_hours").GetProperty(Days[(int)day]));
                _hours[(Channel.Text, day)] = Hours(j.GetProperty("sms_hours").GetProperty(Days[(int)day]));
            }
        }

        public string Code { get; }

        public string[] Zones { get; }

        public string[] AlsoOn { get; }

        public bool Allows(Channel channel, DateOnly day, int minute)
        {
            if (!Inside(_hours[(channel, day.DayOfWeek)], minute) || minute is < 480 or >= 1260) return false;
            return _holidayRule[channel] switch
            {
                "none" => true,
                "prohibited" => !_holidays.Contains(day),
                _ => !_holidays.Contains(day) || Inside(_onHolidays, minute),
            };
        }

        private static bool Inside((int From, int To)? hours, int minute) => hours is { } h && minute >= h.From && minute < h.To;

        private static (int, int)? Hours(JsonElement e) => e.ValueKind == JsonValueKind.Null ? null : (Minute(e[0]), Minute(e[1]));

        private static int Minute(JsonElement e) => (int)TimeSpan.Parse(e.GetString()!, System.Globalization.CultureInfo.InvariantCulture).TotalMinutes;
    }

    private static FrozenSet<DateOnly> DaysOf(JsonElement set)
    {
        var days = new HashSet<DateOnly>();
        var rules = Root.GetProperty("holidays").GetProperty("federal").EnumerateArray().Concat(set.GetProperty("extra").EnumerateArray()).ToList();
        for (var year = FirstYear - 1; year <= LastYear + 2; year++)
            foreach (var rule in rules)
            {
                if (DayIn(rule, year) is not { } day) continue;
                days.Add(day);
                if (day.DayOfWeek == DayOfWeek.Saturday) days.Add(day.AddDays(-1));
                if (day.DayOfWeek == DayOfWeek.Sunday) days.Add(day.AddDays(1));
            }

        return days.ToFrozenSet();
    }

    private static DateOnly? DayIn(JsonElement rule, int year)
    {
        int Of(string name) => rule.GetProperty(name).GetInt32();
        IEnumerable<DateOnly> Month(int month) => Enumerable.Range(1, DateTime.DaysInMonth(year, month)).Select(d => new DateOnly(year, month, d));
        IEnumerable<DateOnly> Weekdays() => Month(Of("month")).Where(d => Days[(int)d.DayOfWeek] == rule.GetProperty("weekday").GetString());
        switch (rule.GetProperty("rule").GetString())
        {
            case "fixed": return new DateOnly(year, Of("month"), Of("day"));
            case "nth": return Weekdays().ElementAt(Of("n") - 1);
            case "last": return Weekdays().Last();
            case "nth_offset": return Weekdays().ElementAt(Of("n") - 1).AddDays(Of("offset"));
            case "easter": return Easter(year).AddDays(Of("offset"));
            case "election":
                if (rule.GetProperty("even_years_only").GetBoolean() && year % 2 == 1) return null;
                return Month(11).Single(d => d.DayOfWeek == DayOfWeek.Tuesday && d.Day is >= 2 and <= 8);
            case "ut_juneteenth":
                return Month(6).Where(d => d.DayOfWeek == DayOfWeek.Monday).MinBy(d => new DateOnly(year, 6, 19).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday
                    ? (d.Day > 19 ? d.Day : 99) : (d.Day <= 19 ? 19 - d.Day : 99));
            default: throw new InvalidOperationException(rule.ToString());
        }
    }

    /// <summary>Easter Sundays of the almanac, not a second computation of the same formula.</summary>
    private static DateOnly Easter(int year) => DateOnly.ParseExact($"{year}-" + year switch
    {
        2023 => "04-09", 2024 => "03-31", 2025 => "04-20", 2026 => "04-05", 2027 => "03-28", 2028 => "04-16", 2029 => "04-01", 2030 => "04-21",
        2031 => "04-13", 2032 => "03-28", 2033 => "04-17", 2034 => "04-09", 2035 => "03-25", 2036 => "04-13", 2037 => "04-05", _ => throw new ArgumentOutOfRangeException(nameof(year)),
    }, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
