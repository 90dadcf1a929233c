using NodaTime;

namespace Meridian.Domain.Time;

/// <summary>
/// When a person may be reached: inside the hours, and on no holiday, in <b>every</b> zone they may be in. No zone known means never open: unknown
/// is a hold, not UTC. Nothing steps through time: each zone names its next stretch and the latest of them is tried again.
/// </summary>
public sealed class ContactWindow
{
    /// <summary>How far ahead an opening is looked for.</summary>
    public static readonly Duration Horizon = Duration.FromDays(21);

    private readonly ZoneHours[] _zones; // the candidate zones first, then the statutes' own clocks

    /// <summary>Throws when a zone is not an IANA zone of a place.</summary>
    public ContactWindow(IReadOnlyList<string> zones, ContactHours hours, HolidayCalendar holidays)
        : this(zones, [new HoursRule("owner", hours, holidays, null, "owner's hours")], [])
    {
    }

    /// <summary>Open while every rule is in every zone, and every fixed clock's rule on that clock. Throws when a zone is not an IANA zone of a place.</summary>
    /// <param name="rules">The owner's first, then the law's; at least one.</param>
    public ContactWindow(IReadOnlyList<string> zones, IReadOnlyList<HoursRule> rules, IReadOnlyList<FixedClock> clocks)
    {
        Zones = CanonicalZone.All(zones);
        Hours = rules.Select(r => r.Hours).Aggregate((a, b) => a.Intersect(b));
        Sources = [.. rules.Concat(clocks.Select(c => c.Rule)).Select(r => r.Source).Distinct(StringComparer.Ordinal)];
        _zones = Zones.Count == 0 ? [] : [.. Zones.Select(z => new ZoneHours(z, rules)), .. clocks.Select(c => new ZoneHours(c.Zone, [c.Rule]))];
    }

    private ContactWindow()
    {
        (Zones, Hours, _zones, Sources, IsAlways) = ([], new(new Dictionary<IsoDayOfWeek, OpenHours>()), [], [], true);
    }

    /// <summary>E-mail's window: open day and night.</summary>
    public static ContactWindow Always { get; } = new();

    /// <summary>True when no clock closes it.</summary>
    public bool IsAlways { get; }

    /// <summary>Canonical zones, ordinal order.</summary>
    public IReadOnlyList<string> Zones { get; }

    /// <summary>What all rules leave of the week, the same in every zone; holidays and fixed clocks narrow it further.</summary>
    public ContactHours Hours { get; }

    /// <summary>What the window rests on, the owner's hours first.</summary>
    public IReadOnlyList<string> Sources { get; }

    /// <summary>True when the person may be reached at this instant.</summary>
    public bool IsOpen(Instant at) => IsAlways || (_zones.Length > 0 && _zones.All(z => z.Stretch(at, at) is not null));

    /// <summary>The instant itself when open, else the next opening; null when there is none within <see cref="Horizon"/>.</summary>
    public Instant? NextOpening(Instant at)
    {
        if (IsAlways) return at;
        if (_zones.Length == 0) return null;
        var limit = at + Horizon;
        var candidate = at;
        while (true)
        {
            var latest = candidate;
            foreach (var zone in _zones)
            {
                if (zone.Stretch(candidate, limit) is not { } stretch) return null;
                latest = Instant.Max(latest, stretch.Start);
            }
            if (latest == candidate) return candidate;
            candidate = latest; // the other zones are asked again at the later instant
        }
    }

    /// <summary>End of the open stretch around this instant (at most <see cref="Horizon"/> away); null when it is not open or never closes.</summary>
    public Instant? Closes(Instant at)
    {
        if (IsAlways || !IsOpen(at)) return null;
        var limit = at + Horizon;
        var end = at;
        while (IsOpen(end) && end < limit) end = _zones.Min(z => z.Stretch(end, end)!.Value.End);
        return Instant.Min(end, limit);
    }

    /// <summary>The local time in each zone, and what closes it there; for display.</summary>
    public IReadOnlyList<LocalHere> LocalTimes(Instant at) => [.. _zones.Take(Zones.Count).Select(z => z.Here(at))];

    /// <summary>One sentence that says why the window is open or closed at this instant.</summary>
    public string Explain(Instant at)
    {
        if (IsAlways) return "this channel has no hours: it may go day and night";
        if (_zones.Length == 0) return "no time zone is known, so no hour is known to be lawful";
        var closed = _zones.Select(z => z.Here(at)).Where(l => !l.IsOpen).ToList();
        if (closed.Count > 0) return string.Join("; ", closed.Select(l => l.ClosedBecause));
        return $"it is {string.Join(" and ", LocalTimes(at))}; hours are {Hours}";
    }
}
