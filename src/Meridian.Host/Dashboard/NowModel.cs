using Meridian.Adapters.Sql;
using NodaTime;

namespace Meridian.Host.Dashboard;

/// <summary>One look at the whole engine: the same for the terminal and the page. Instants are the engine's.</summary>
/// <param name="OwnerZone">IANA zone in which times are shown and the day is counted.</param>
/// <param name="InTheAir">Touches begun and not closed.</param>
/// <param name="Spent">US dollars set aside or settled today, of <paramref name="Budget"/>.</param>
/// <param name="Errors">Caught since the process started.</param>
public sealed record NowModel(
    Instant At, string OwnerZone, bool Paused, IReadOnlyList<DeskGlance> Desks, IReadOnlyList<ZoneGlance> Zones, IReadOnlyList<NextTouch> Next, IReadOnlyList<LastTouch> Last,
    IReadOnlyList<Target> Today, long Replies, long OptOuts, long InTheAir, decimal Spent, decimal Budget, long Errors, IReadOnlyList<IncidentLine> Incidents)
{
    public LocalDateTime OwnerTime => Local(At);

    public long Restarts => Desks.Sum(d => d.Restarts);

    public IReadOnlyList<DeskGlance> Late => Desks.Where(d => d.IsStale).ToList();

    /// <summary>The owner's clock at this instant.</summary>
    public LocalDateTime Local(Instant at) => at.InZone(DateTimeZoneProviders.Tzdb[OwnerZone]).LocalDateTime;

    /// <summary>In a few words: is it alive, and may it begin anything?</summary>
    public string Standing => Paused ? "PAUSED: nothing begins" : Late.Count > 0 ? $"{Late.Count} DESKS LATE" : "RUNNING";
}
