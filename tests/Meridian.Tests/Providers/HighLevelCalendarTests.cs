using System.Text.Json.Nodes;
using Meridian.Adapters.HighLevel;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Voice;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class HighLevelCalendarTests
{
    private const string Slots = """{"2026-11-18":{"slots":["2026-11-18T10:00:00-05:00","2026-11-18T09:00:00-05:00"]},"2026-11-17":{"slots":["2026-11-17T16:00:00-05:00"]},"traceId":"x"}""";
    private static readonly TextPerson Ann = new("led_1", "Ann", "Lee", "ann@people.example", "+13125550117", "Acme");

    [Fact]
    public async Task Free_times_are_read_live_in_their_order_and_an_appointment_is_asked_for_once()
    {
        await using var highLevel = Location(new Reply(200, """{"id":"apt_1","calendarId":"cal_1"}"""));
        var calendar = Calendar(highLevel.BaseUrl);
        var free = await calendar.FreeAsync(Instant.FromUtc(2026, 11, 17, 20, 0), Instant.FromUtc(2026, 11, 24, 20, 0), "America/New_York", default);
        Assert.Equal(["2026-11-17T16:00:00-05", "2026-11-18T09:00:00-05", "2026-11-18T10:00:00-05"], free!.Select(f => NodaTime.Text.OffsetDateTimePattern.GeneralIso.Format(f)));
        Assert.Equal(new Booking.Booked("apt_1"), await calendar.BookAsync(Ann, free![1], "Call with Ann Lee", default));
        var body = JsonNode.Parse(highLevel.Requests[^1].Body)!;
        Assert.Equal(("cal_1", "loc_1", "con_1", "2026-11-18T09:00:00-05:00"), ((string?)body["calendarId"], (string?)body["locationId"], (string?)body["contactId"], (string?)body["startTime"]));
        Assert.Single(highLevel.Requests, r => r.Path == "/calendars/events/appointments");
    }

    [Theory]
    [InlineData(400, """{"message":"The slot you have selected is no longer available.","statusCode":400}""", "NotBooked")]
    [InlineData(401, """{"message":"The token is not authorized for this scope."}""", "NotBooked")]
    [InlineData(422, """{"message":["startTime must be a date"],"error":"Unprocessable Entity","statusCode":422}""", "NotBooked")]
    [InlineData(500, "", "Unknown")]
    [InlineData(200, "{}", "Unknown")]
    [InlineData(200, "<html>", "Unknown")]
    [InlineData(0, "", "Unknown")]
    public async Task Every_answer_to_a_booking_is_classed_by_what_may_be_in_the_calendar(int status, string body, string expected)
    {
        await using var highLevel = Location(status == 0 ? Reply.Drop : new Reply(status, body));
        Assert.Equal(expected, (await Calendar(highLevel.BaseUrl).BookAsync(Ann, Instant.FromUtc(2026, 11, 18, 14, 0).WithOffset(Offset.FromHours(-5)), "t", default)).GetType().Name);
        Assert.Single(highLevel.Requests, r => r.Path == "/calendars/events/appointments");
    }

    [Fact]
    public async Task A_calendar_that_cannot_be_read_has_no_free_times_rather_than_all()
    {
        await using var highLevel = new ScriptedHttp(new Reply(500, "{}"));
        Assert.Null(await Calendar(highLevel.BaseUrl).FreeAsync(Instant.FromUtc(2026, 11, 17, 20, 0), Instant.FromUtc(2026, 11, 24, 20, 0), "America/New_York", default));
    }

    private static ScriptedHttp Location(Reply booking) => new(asked => asked.Path switch
    {
        "/contacts/upsert" => new Reply(200, """{"contact":{"id":"con_1","phone":"+13125550117","dnd":false,"dndSettings":{}}}"""),
        "/calendars/events/appointments" => booking,
        _ => new Reply(200, Slots),
    });

    private static HighLevelCalendar Calendar(Uri baseUrl)
    {
        var location = Locations.Of(new HighLevelOptions { BaseUrl = baseUrl, Token = "t", LocationId = "loc_1", CalendarId = "cal_1" });
        return new HighLevelCalendar(location, new HighLevelTexts(location));
    }
}
