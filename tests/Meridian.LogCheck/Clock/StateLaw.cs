using System.Globalization;
using System.Text.Json;

namespace Meridian.LogCheck.Clock;

/// <summary>One row of the rules file: a state's hours for an AI voice and for texts, its holidays, its own clocks, its caps.</summary>
internal sealed record StateLaw(
    string Code, IReadOnlyList<Zone> Clocks, bool BarsVoice, int? MostPerDay, int? HoursBetweenCalls,
    IReadOnlyDictionary<DayOfWeek, (TimeOnly From, TimeOnly To)> CallHours, IReadOnlyDictionary<DayOfWeek, (TimeOnly From, TimeOnly To)> TextHours,
    string HolidaysForCalls, string HolidaysForTexts, (TimeOnly From, TimeOnly To)? HolidayHours, StateHolidays Holidays)
{
    public static StateLaw Read(JsonElement row, JsonElement holidays) => new(
        row.GetProperty("code").GetString()!,
        [.. row.GetProperty("additional_clock_zones").EnumerateArray().Select(z => Zone.Of(z.GetString()!))],
        row.GetProperty("artificial_voice").GetProperty("rule").GetString() == "prohibited" || row.GetProperty("extra_blocks").EnumerateArray().Any(BarsMobiles),
        Number(row.GetProperty("max_attempts_per_24h")), Number(row.GetProperty("min_hours_between_attempts")),
        Week(row.GetProperty("call_hours")), Week(row.GetProperty("sms_hours")),
        row.GetProperty("holiday_rule_ai_voice").GetString()!, row.GetProperty("holiday_rule").GetString()!, Hours(row.GetProperty("holiday_window")),
        new StateHolidays(holidays.GetProperty("sets").GetProperty(row.GetProperty("holiday_set").GetString()!)));

    /// <summary>Why this state forbids a call or a text at this instant, in every one of these zones and on its own clocks; null when it does not.</summary>
    public string? WhyClosed(bool call, DateTimeOffset at, IEnumerable<Zone> zones)
    {
        var (week, rule) = call ? (CallHours, HolidaysForCalls) : (TextHours, HolidaysForTexts);
        foreach (var zone in zones.Concat(Clocks))
        {
            var local = zone.Local(at);
            var time = TimeOnly.FromDateTime(local.DateTime);
            var holiday = Holidays.On(DateOnly.FromDateTime(local.DateTime));
            var open = holiday is null || rule == "none" || (rule == "restricted" && HolidayHours is { } h && time >= h.From && time < h.To);
            if (!open || !week.TryGetValue(local.DayOfWeek, out var hours) || time < hours.From || time >= hours.To)
                return $"{Code} law at {local:ddd yyyy-MM-dd HH:mm:ss} in {zone}{(holiday is null ? "" : $", {holiday}")}";
        }

        return null;
    }

    /// <summary>A bar of mobiles that no consent lifts bars everybody here: no export says which line is none.</summary>
    private static bool BarsMobiles(JsonElement block) =>
        block.GetProperty("channels").EnumerateArray().Any(c => c.GetString() == "voice_ai") && !block.GetProperty("when").GetString()!.Contains("consent", StringComparison.Ordinal);

    private static int? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;

    private static Dictionary<DayOfWeek, (TimeOnly, TimeOnly)> Week(JsonElement days) => Enum.GetValues<DayOfWeek>()
        .Select(d => (Day: d, Hours: Hours(days.GetProperty(d.ToString()[..3].ToLowerInvariant())))).Where(d => d.Hours is not null)
        .ToDictionary(d => d.Day, d => d.Hours!.Value);

    private static (TimeOnly From, TimeOnly To)? Hours(JsonElement pair) =>
        pair.ValueKind == JsonValueKind.Array ? (Time(pair[0]), Time(pair[1])) : null;

    private static TimeOnly Time(JsonElement text) => TimeOnly.ParseExact(text.GetString()!, "HH:mm", CultureInfo.InvariantCulture);
}
