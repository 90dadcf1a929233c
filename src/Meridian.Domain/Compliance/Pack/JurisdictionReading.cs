using Meridian.Domain.Time;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Domain.Compliance.Pack;

/// <summary>Reads one row of the pack, and refuses a row that contradicts itself.</summary>
internal static class JurisdictionReading
{
    private static readonly (string Name, IsoDayOfWeek Day)[] Week =
    [
        ("mon", IsoDayOfWeek.Monday), ("tue", IsoDayOfWeek.Tuesday), ("wed", IsoDayOfWeek.Wednesday), ("thu", IsoDayOfWeek.Thursday),
        ("fri", IsoDayOfWeek.Friday), ("sat", IsoDayOfWeek.Saturday), ("sun", IsoDayOfWeek.Sunday),
    ];

    private enum SundayRule { SameAsWeekday, Prohibited, Restricted }

    public static Jurisdiction Read(PackNode n, IReadOnlyDictionary<string, HolidayCalendar> holidaySets)
    {
        n.PassOver("kind", "iana_zones_all", "split", "split_notes", "dst_notes", "informal_zone_notes", "informal_zones", "stricter_than_federal", "email_note");
        var (voice, live) = (Hours(n, "call_hours"), Hours(n, "live_call_hours"));
        SundaysAgree(n, "sunday_rule", live);
        SundaysAgree(n, "sunday_rule_ai_voice", voice);
        var (holidays, forVoice) = (n.Word<HolidayLaw>("holiday_rule"), n.Word<HolidayLaw>("holiday_rule_ai_voice"));
        var onHolidays = n.TextsOrNull("holiday_window") is { } window ? Stretch(n, "holiday_window", window) : null;
        if (onHolidays is null && (holidays == HolidayLaw.Restricted || forVoice == HolidayLaw.Restricted)) throw n.Wrong("holiday_window", "given where holidays are restricted");
        var set = n.Text("holiday_set");
        return new Jurisdiction(
            n.Text("code"), n.Text("name"), CanonicalZone.All(n.Texts("iana_zones")), Clocks(n),
            voice, live, Hours(n, "sms_hours"), n.Word<Certainty>("hours_bind_b2b"),
            holidays, forVoice, onHolidays, holidaySets.GetValueOrDefault(set) ?? throw n.Wrong("holiday_set", $"a key of holidays.sets, not '{set}'"),
            n.Flag("emergency_ban"), n.NumberOrNull("max_attempts_per_24h"), n.NumberOrNull("min_hours_between_attempts"), n.TextOrNull("attempt_scope"),
            n.Object("artificial_voice", v => new VoiceLaw(v.Word<VoiceRule>("rule"), v.Word<Certainty>("covers_business_lines"), v.Text("note"))),
            n.Object("sms", t => new TextLaw(t.Word<TextRule>("rule"), t.TextOrNull("note"))),
            n.Objects("extra_blocks", Block),
            n.TextOrNull("identification"), n.Flag("area_code_presumption"),
            n.TextOrNull("state_dnc_list"), n.Flag("reassigned_numbers_check_required"), n.Number("suppression_min_years"),
            n.Object("registration", r => new Registration(r.Word<RegistrationStatus>("status"), r.TextOrNull("cite"), r.Word<Evidence>("evidence"))),
            n.Object("recording_consent", r => new RecordingLaw(r.Word<RecordingConsent>("type"), r.Text("cite"), r.Word<Evidence>("evidence"), r.Flag("announce_at_start"))),
            n.Object("ai_disclosure", d => new DisclosureLaw(d.Word<DisclosureStatus>("status"), d.TextOrNull("cite"), d.TextOrNull("effective"), d.WordOrNull<Evidence>("evidence"), d.Text("policy"))),
            n.Objects("citations", c => new Citation(c.Text("cite"), c.Text("point"), c.Word<Evidence>("evidence"), c.Has("source") ? c.Text("source") : null)),
            n.Word<Confidence>("confidence"), n.TextOrNull("note"));
    }

    private static ExtraBlock Block(PackNode b)
    {
        var block = new ExtraBlock(b.Text("id"), b.Text("when"), b.Texts("channels"), b.Text("text"), b.Text("cite"), b.Word<Evidence>("evidence"));
        return block.IsKnown ? block : throw b.Wrong("id", $"a block this build can judge (…-MOBILE-BAN for voice_ai or voice_live, when '{ExtraBlock.Always}' or '{ExtraBlock.WithoutConsent}')");
    }

    /// <summary>A list of days and their hours; null is a closed day.</summary>
    private static ContactHours Hours(PackNode n, string name) => n.Object(name, week => new ContactHours(Week
        .Select(d => (d.Day, Hours: week.TextsOrNull(d.Name) is { } hours ? Stretch(week, d.Name, hours) : null))
        .Where(d => d.Hours is not null).ToDictionary(d => d.Day, d => d.Hours!)));

    private static OpenHours Stretch(PackNode n, string name, IReadOnlyList<string> hours)
    {
        if (hours.Count != 2) throw n.Wrong(name, "two times, or null for a closed day");
        var times = hours.Select(h => LocalTimePattern.CreateWithInvariantCulture("HH':'mm").Parse(h)).ToList();
        return times.All(t => t.Success) && times[0].Value < times[1].Value ? new OpenHours(times[0].Value, times[1].Value) : throw n.Wrong(name, "two times such as 08:00 and 21:00, the earlier first");
    }

    private static IReadOnlyList<string> Clocks(PackNode n)
    {
        var clocks = n.Texts("additional_clock_zones");
        return clocks.All(c => DateTimeZoneProviders.Tzdb.GetZoneOrNull(c) is not null) ? clocks : throw n.Wrong("additional_clock_zones", "a list of IANA zones");
    }

    private static void SundaysAgree(PackNode n, string name, ContactHours hours)
    {
        var rule = n.Word<SundayRule>(name);
        if (rule == SundayRule.Prohibited != hours[IsoDayOfWeek.Sunday] is null) throw n.Wrong(name, $"in agreement with the hours, which are {hours}");
    }
}
