using System.Collections.Concurrent;
using Meridian.Domain.Leads;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>Contact windows are few: made once per key and owner's hours, then shared.</summary>
public static class Windows
{
    private static readonly ConcurrentDictionary<(string Key, int From, int To, bool Saturdays), ContactWindow> Known = new();

    public static ContactWindow For(Channel channel, ZoneEvidence evidence, OwnerSettings owner) => For(WindowKey.For(channel, evidence.Zones, evidence.States), owner);

    public static ContactWindow For(string key, OwnerSettings owner) => Known.TryGetValue((key, owner.HoursFrom, owner.HoursTo, owner.Saturdays), out var known) ? known : For(WindowKey.Parse(key), key, owner);

    private static ContactWindow For(WindowKey parsed, string key, OwnerSettings owner) =>
        Known.GetOrAdd((key, owner.HoursFrom, owner.HoursTo, owner.Saturdays), _ => Make(parsed, owner));

    private static ContactWindow Make(WindowKey key, OwnerSettings owner)
    {
        if (key.IsAlways) return ContactWindow.Always;
        var hours = ContactHours.On(
            new OpenHours(new LocalTime(owner.HoursFrom, 0), new LocalTime(owner.HoursTo, 0)),
            IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday, IsoDayOfWeek.Friday);
        return new ContactWindow(key.Zones, owner.Saturdays ? hours.WithSaturday() : hours, HolidayCalendar.Federal);
    }
}
