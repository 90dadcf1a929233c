using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance;

/// <summary>The hours the law leaves: the federal 8:00-21:00, and every named state's own for the channel, on its holidays and on the clocks its statute names.</summary>
public static class LawfulHours
{
    private static readonly IsoDayOfWeek[] EveryDay = [.. Enum.GetValues<IsoDayOfWeek>().Where(d => d != IsoDayOfWeek.None)];

    private static readonly HoursRule Federal = new(
        "federal law", ContactHours.On(new OpenHours(new LocalTime(8, 0), new LocalTime(21, 0)), EveryDay), HolidayCalendar.None, null, "47 CFR 64.1200(c)(1); 16 CFR 310.4(c) (secondary source)");

    /// <summary>The window of these zones under the owner's rule, if there is one, and the law of these states. A state nobody knows is an error.</summary>
    public static ContactWindow Window(Channel channel, IReadOnlyList<string> zones, IReadOnlyList<string> states, HoursRule? owner, Caller caller = Caller.Machine)
    {
        if (channel == Channel.Email) return ContactWindow.Always;
        var laws = states.Select(s => ContactRulesPack.Current.Jurisdictions[s]).Select(j => (Row: j, Rule: Of(j, channel, caller))).ToList();
        HoursRule[] rules = [.. owner is null ? [] : new[] { owner }, Federal, .. laws.Select(l => l.Rule)];
        return new ContactWindow(zones, rules, [.. laws.SelectMany(l => l.Row.AlsoOnClocks.Select(c => new FixedClock(c, l.Rule)))]);
    }

    /// <summary>One jurisdiction's hours for a channel.</summary>
    public static HoursRule Of(Jurisdiction row, Channel channel, Caller caller = Caller.Machine)
    {
        var (hours, holidays) = (channel, caller) switch
        {
            (Channel.Call, Caller.Machine) => (row.VoiceHours, row.HolidaysForVoice),
            (Channel.Call, _) => (row.LiveHours, row.Holidays),
            _ => (row.TextHours, row.Holidays),
        };
        var calendar = holidays == HolidayLaw.None ? HolidayCalendar.None : row.HolidaySet;
        return new HoursRule($"{row.Code} law", hours, calendar, holidays == HolidayLaw.Restricted ? row.HoursOnHolidays : null, row.Sources);
    }
}
