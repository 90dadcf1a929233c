using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Voice;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.HighLevel;

/// <summary>One calendar of the location: its free times read live, an appointment asked for once.</summary>
public sealed class HighLevelCalendar(HighLevelLocation location, ITextTransport contacts) : ICalendar
{
    private readonly HighLevelOptions options = location.Options;

    public async Task<IReadOnlyList<OffsetDateTime>?> FreeAsync(Instant from, Instant to, string zone, CancellationToken cancellation)
    {
        if (options.CalendarId is not { Length: > 0 } calendar) return null;
        var path = $"/calendars/{Uri.EscapeDataString(calendar)}/free-slots?startDate={from.ToUnixTimeMilliseconds()}&endDate={to.ToUnixTimeMilliseconds()}&timezone={Uri.EscapeDataString(zone)}";
        var exchange = await location.GetAsync(path, options.ConversationsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered { Succeeded: true } answer || JsonReading.TryParse(answer.Body) is not { ValueKind: JsonValueKind.Object } days) return null;
        return [.. days.Properties().SelectMany(day => day.Value.At("slots").Items())
            .Select(slot => OffsetDateTimePattern.ExtendedIso.Parse(slot.Text() ?? ""))
            .Where(parsed => parsed.Success && parsed.Value.ToInstant() >= from).Select(parsed => parsed.Value).OrderBy(slot => slot.ToInstant())];
    }

    public async Task<Booking> BookAsync(TextPerson person, OffsetDateTime start, string title, CancellationToken cancellation)
    {
        if (options.CalendarId is not { Length: > 0 } calendar) return new Booking.NotBooked("highLevel.calendarId is not set");
        if (await contacts.PrepareAsync(person, cancellation).ConfigureAwait(false) is not TextContact.Ready { ContactId: var contact }) return new Booking.NotBooked("HighLevel has no contact for them that may be used");
        var body = new JsonObject
        {
            ["calendarId"] = calendar, ["locationId"] = options.LocationId, ["contactId"] = contact, ["title"] = title,
            ["startTime"] = OffsetDateTimePattern.Rfc3339.Format(start), ["appointmentStatus"] = "confirmed", ["toNotify"] = true,
        };
        var exchange = await location.SendAsync(HttpMethod.Post, "/calendars/events/appointments", options.ConversationsVersion, body, Haste.Urgent, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer)
            return exchange is Exchange.Lost lost ? new Booking.Unknown(lost.Reason) : new Booking.NotBooked("HighLevel could not be reached");
        var said = JsonReading.TryParse(answer.Body) ?? default;
        if (answer.Succeeded) return (said.At("id").Text() ?? said.At("appointment", "id").Text()) is { } id ? new Booking.Booked(id) : new Booking.Unknown("HighLevel's answer has no appointment in it");
        var why = $"HighLevel answered {answer.Status}: {JsonReading.ErrorText(said, answer.Body)}";
        return answer.Status is >= 500 or 408 ? new Booking.Unknown(why) : new Booking.NotBooked(why);
    }
}
