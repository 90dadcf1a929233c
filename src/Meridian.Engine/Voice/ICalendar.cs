using Meridian.Engine.Dispatch;
using NodaTime;

namespace Meridian.Engine.Voice;

/// <summary>The owner's calendar, into which a conversation may book a meeting.</summary>
public interface ICalendar
{
    /// <summary>Free beginnings, earliest first, with the offset of the asked zone. Null: the calendar could not be read, or there is none.</summary>
    Task<IReadOnlyList<OffsetDateTime>?> FreeAsync(Instant from, Instant to, string zone, CancellationToken cancellation);

    /// <summary>Books once; never repeats by itself.</summary>
    Task<Booking> BookAsync(TextPerson person, OffsetDateTime start, string title, CancellationToken cancellation);
}

/// <summary>What became of a booking.</summary>
public abstract record Booking
{
    public sealed record Booked(string Reference) : Booking;

    /// <summary>Proved that nothing was booked.</summary>
    public sealed record NotBooked(string Reason) : Booking;

    /// <summary>The request left and no answer came: a person looks.</summary>
    public sealed record Unknown(string Reason) : Booking;
}
