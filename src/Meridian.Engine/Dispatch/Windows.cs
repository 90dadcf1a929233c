using System.Collections.Concurrent;
using Meridian.Domain.Compliance;
using Meridian.Domain.Leads;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>Contact windows are few: the owner's hours cut with the law of the key's states, made once per key and owner's hours, then shared.</summary>
public static class Windows
{
    private static readonly ConcurrentDictionary<(string Key, Caller Caller, int From, int To, bool Saturdays), ContactWindow> Known = new();

    public static ContactWindow For(Channel channel, ZoneEvidence evidence, OwnerSettings owner) => For(WindowKey.For(channel, evidence.Zones, evidence.States), owner);

    public static ContactWindow For(string key, OwnerSettings owner) => For(key, Caller.Machine, owner);

    /// <summary>For a call that a person dials.</summary>
    public static ContactWindow ForPerson(ZoneEvidence evidence, OwnerSettings owner) => For(WindowKey.For(Channel.Call, evidence.Zones, evidence.States), Caller.Person, owner);

    private static ContactWindow For(string key, Caller caller, OwnerSettings owner) =>
        Known.GetOrAdd((key, caller, owner.HoursFrom, owner.HoursTo, owner.Saturdays), static (k, o) => Make(WindowKey.Parse(k.Key), k.Caller, o), owner);

    private static ContactWindow Make(WindowKey key, Caller caller, OwnerSettings owner)
    {
        if (key.IsAlways) return ContactWindow.Always;
        var hours = ContactHours.On(
            new OpenHours(new LocalTime(owner.HoursFrom, 0), new LocalTime(owner.HoursTo, 0)),
            IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday, IsoDayOfWeek.Friday);
        var owners = new HoursRule("owner", owner.Saturdays ? hours.WithSaturday() : hours, HolidayCalendar.Federal, null, "owner's hours; 5 USC 6103 (holidays)");
        return LawfulHours.Window(key.Channel, key.Zones, key.States, owners, caller);
    }
}
