using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Engine;
using NodaTime;
using ContactWindows = Meridian.Engine.Dispatch.Windows;

namespace Meridian.Host.Dashboard;

/// <summary>One zone of the strip: its clock, and whether a person who is there for sure may be called and texted now.</summary>
/// <param name="Turns">Local time at which it closes (when open) or opens (when closed); null: not within three weeks.</param>
/// <param name="Holiday">Why it is closed all day, if that is why.</param>
public sealed record ZoneGlance(string Name, LocalDateTime Local, bool IsOpen, LocalDateTime? Turns, string? Holiday)
{
    private static readonly (string Name, string Zone)[] Strip =
    [
        ("Eastern", "America/New_York"), ("Central", "America/Chicago"), ("Mountain", "America/Denver"), ("Arizona", "America/Phoenix"),
        ("Pacific", "America/Los_Angeles"), ("Alaska", "America/Anchorage"), ("Hawaii", "Pacific/Honolulu"),
    ];

    public static IReadOnlyList<ZoneGlance> All(OwnerSettings owner, Instant now) => Strip.Select(z => Of(z.Name, z.Zone, owner, now)).ToList();

    /// <summary>In words: <c>open until 18:00</c>, <c>closed until Tue 08:00</c>.</summary>
    public string Standing => Turns is not { } turns
        ? IsOpen ? "open" : "closed"
        : $"{(IsOpen ? "open" : "closed")} until {(turns.Date == Local.Date ? "" : $"{turns:ddd} ")}{turns:HH:mm}{(Holiday is { } day ? $", {day}" : "")}";

    private static ZoneGlance Of(string name, string zone, OwnerSettings owner, Instant now)
    {
        var window = ContactWindows.For(WindowKey.For(Channel.Call, [zone], []), owner);
        var here = window.LocalTimes(now)[0];
        var turns = here.IsOpen ? window.Closes(now) : window.NextOpening(now);
        return new ZoneGlance(name, here.Time, here.IsOpen, turns?.InZone(CanonicalZone.Rules(zone)).LocalDateTime, here.IsOpen ? null : here.Holiday?.ToString());
    }
}
