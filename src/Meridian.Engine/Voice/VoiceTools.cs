using System.Globalization;
using Meridian.Domain.Leads;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Engine.Voice;

/// <summary>
/// What the voice agent may ask of us in the middle of a call. Its request is stored as a signal first; the answer is one sentence it says or follows.
/// An opt-out is acted on by the inbox, like every other; here it is only promised, and only after it was stored.
/// </summary>
public sealed class VoiceTools(ISignals signals, IFacts facts, IOwner owner, IPeopleLedger people, ICalendar? calendar, Clocks clocks)
{
    public const string DoNotCall = "do_not_call";
    public const string CallBack = "request_callback";
    public const string FindTimes = "find_times";
    public const string BookMeeting = "book_meeting";

    private const int Offered = 4;
    private static readonly Duration Ahead = Duration.FromDays(7);
    private static readonly Duration Notice = Duration.FromHours(1);
    private static readonly OffsetDateTimePattern Spoken = OffsetDateTimePattern.Create("dddd d MMMM h:mm tt", CultureInfo.InvariantCulture, default);

    /// <param name="fresh">False: the provider repeats a request that was stored before; nothing is done twice.</param>
    public async Task<string> AnswerAsync(VoiceToolCall call, bool fresh, CancellationToken cancellation)
    {
        switch (call.Name)
        {
            case DoNotCall:
                return "It is noted: nobody of us will contact them again. Apologise, say goodbye and end the call.";
            case CallBack:
                return "It is noted: a person will call back. Thank them and end the call.";
            case FindTimes:
                return await FindAsync(cancellation);
            case BookMeeting:
                return fresh ? await BookAsync(call, cancellation) : "That is being booked; the invitation comes by e-mail.";
            default:
                return $"There is no tool named {call.Name}.";
        }
    }

    private async Task<string> FindAsync(CancellationToken cancellation)
    {
        var slots = await SlotsAsync(cancellation);
        return slots.Count == 0
            ? "The calendar shows no free time. Offer that a person calls back, with request_callback."
            : $"Free: {string.Join("; ", slots.Take(Offered).Select(s => $"{Spoken.Format(s)} (start {OffsetDateTimePattern.Rfc3339.Format(s)})"))}. Book with exactly that start.";
    }

    private async Task<string> BookAsync(VoiceToolCall call, CancellationToken cancellation)
    {
        if (await signals.FindTouchAsync(call.TouchId, call.CallId) is not { } touch || await facts.LeadAsync(touch.LeadId) is not { } lead)
            return "It cannot be booked in this call. Offer that a person calls back, with request_callback.";
        var slots = await SlotsAsync(cancellation);
        if (OffsetDateTimePattern.ExtendedIso.Parse(call.Arguments.GetValueOrDefault("start") ?? "") is not { Success: true, Value: var start } || !slots.Any(s => s.ToInstant() == start.ToInstant()))
            return $"That time is not free. {await FindAsync(cancellation)}";

        var email = lead.Addresses.FirstOrDefault(a => a.Kind == AddressKind.Email)?.AddressId;
        var person = new TextPerson(lead.Lead.Id, lead.Lead.FirstName, lead.Lead.LastName, email, touch.AddressId ?? "", lead.Lead.CompanyName);
        var now = clocks.Now;
        switch (await calendar!.BookAsync(person, start, $"Call with {(lead.Lead.FullName.Length > 0 ? lead.Lead.FullName : touch.AddressId)}", CancellationToken.None))
        {
            case Booking.Booked booked:
                await people.StopAsync(touch.LeadId, $"booked a meeting on {Spoken.Format(start)} ({booked.Reference})", new Reaction(Channel.Call, Disposition.Interested), now);
                return $"Booked for {Spoken.Format(start)}. Thank them, say goodbye and end the call.";
            case Booking.NotBooked no:
                await people.OpenIncidentAsync("meeting-not-booked", touch.TouchId, $"somebody on the phone wanted to meet on {Spoken.Format(start)} and it could not be booked: {no.Reason}; please write to them", now);
                return "It could not be booked now. Say that a person will write to arrange it.";
            case var unknown:
                await people.OpenIncidentAsync("meeting-unknown", touch.TouchId, $"somebody on the phone wanted to meet on {Spoken.Format(start)}; whether it is in the calendar is not known ({(unknown as Booking.Unknown)?.Reason}); please look", now);
                return "Say that the invitation comes by e-mail, and that a person will make sure of it.";
        }
    }

    private async Task<IReadOnlyList<OffsetDateTime>> SlotsAsync(CancellationToken cancellation)
    {
        if (calendar is null) return [];
        var now = clocks.Now;
        return await calendar.FreeAsync(now + Notice, now + Ahead, (await owner.SettingsAsync()).Zone, cancellation) ?? [];
    }
}

/// <summary>One request of the voice agent.</summary>
/// <param name="Id">The provider's id of the request; its answer goes back under it.</param>
public sealed record VoiceToolCall(string Id, string Name, IReadOnlyDictionary<string, string> Arguments, string? TouchId, string? CallId, string? FromE164);
