using System.Collections.Concurrent;

namespace Meridian.LogCheck.Clock;

/// <summary>A time zone, equal to every other whose clock shows the same from 2026 to 2028, whatever its name.</summary>
internal sealed class Zone : IEquatable<Zone>
{
    private static readonly ConcurrentDictionary<string, Zone> Known = new();
    private readonly TimeZoneInfo _info;
    private readonly string _clock;

    private Zone(string id)
    {
        _info = TimeZoneInfo.FindSystemTimeZoneById(id);
        var from = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        _clock = string.Join(' ', Enumerable.Range(0, 3 * 365).Select(d => (int)_info.GetUtcOffset(from.AddDays(d)).TotalMinutes));
        Id = id;
    }

    public static Zone NewYork => Of("America/New_York");

    public string Id { get; }

    public static Zone Of(string id) => Known.GetOrAdd(id, i => new Zone(i));

    public DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _info);

    public DateOnly Date(DateTimeOffset at) => DateOnly.FromDateTime(Local(at).DateTime);

    public TimeSpan Offset(DateTimeOffset at) => _info.GetUtcOffset(at);

    /// <summary>Noon of a date there, as an instant.</summary>
    public DateTimeOffset Noon(DateOnly date)
    {
        var noon = date.ToDateTime(new TimeOnly(12, 0));
        return new DateTimeOffset(noon, _info.GetUtcOffset(noon));
    }

    public bool Equals(Zone? other) => other is not null && _clock == other._clock;

    public override bool Equals(object? obj) => Equals(obj as Zone);

    public override int GetHashCode() => _clock.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Id;
}
