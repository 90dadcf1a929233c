using Meridian.Domain.Time;
using NodaTime;

namespace Meridian.Domain.Compliance.Pack;

/// <summary>Reads the states' holiday sets: the federal days and each state's own.</summary>
internal static class HolidayReading
{
    private enum Day { Mon = 1, Tue, Wed, Thu, Fri, Sat, Sun }

    private enum Base { Federal }

    public static IReadOnlyDictionary<string, HolidayCalendar> Sets(PackNode n)
    {
        n.PassOver("cite", "easter", "election", "ut_juneteenth");
        var federal = n.Objects("federal", Rule);
        return n.Table("sets", (_, set) =>
        {
            set.PassOver("cite");
            set.Word<Base>("include");
            return new HolidayCalendar([.. federal, .. set.Objects("extra", Rule)]);
        });
    }

    private static HolidayRule Rule(PackNode n)
    {
        n.PassOver("id");
        var name = n.Text("name");
        return n.Text("rule") switch
        {
            "fixed" => HolidayRule.Fixed(name, n.Number("month"), n.Number("day")),
            "nth" => HolidayRule.Nth(name, n.Number("month"), n.Number("n"), Weekday(n)),
            "last" => HolidayRule.Last(name, n.Number("month"), Weekday(n)),
            "nth_offset" => HolidayRule.Nth(name, n.Number("month"), n.Number("n"), Weekday(n)).Moved(n.Number("offset")),
            "easter" => HolidayRule.Easter(name, n.Number("offset")),
            "election" => HolidayRule.Election(name, n.Flag("even_years_only")),
            "ut_juneteenth" => HolidayRule.UtahJuneteenth(name),
            var other => throw n.Wrong("rule", $"a rule this build can compute, not '{other}'"),
        };
    }

    private static IsoDayOfWeek Weekday(PackNode n) => (IsoDayOfWeek)n.Word<Day>("weekday");
}
