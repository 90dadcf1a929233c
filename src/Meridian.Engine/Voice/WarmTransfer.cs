using NodaTime;

namespace Meridian.Engine.Voice;

/// <summary>Whether a person of the owner's takes over a conversation that begins now: in the owner's own hours, in the owner's zone.</summary>
public static class WarmTransfer
{
    public static string? To(OwnerSettings owner, Instant now)
    {
        if (owner.TransferTo is not { Length: > 0 } number) return null;
        var here = now.InZone(DateTimeZoneProviders.Tzdb[owner.Zone]);
        var works = here.DayOfWeek is not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday) || (here.DayOfWeek == IsoDayOfWeek.Saturday && owner.Saturdays);
        return works && here.Hour >= owner.HoursFrom && here.Hour < owner.HoursTo ? number : null;
    }
}
