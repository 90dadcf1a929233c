using NodaTime;

namespace Meridian.Engine.Checks;

/// <summary>Keeps what checks found, and their incidents.</summary>
public interface ICheckBook
{
    /// <summary>Writes the findings of one provider; a failed capability opens an incident, a passed one closes it. Wakes the senders' desks.</summary>
    Task KeepAsync(string provider, IReadOnlyList<CheckFinding> findings, Instant at);
}
