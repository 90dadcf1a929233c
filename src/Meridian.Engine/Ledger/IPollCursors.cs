using NodaTime;

namespace Meridian.Engine.Ledger;

/// <summary>How far each provider has been read.</summary>
public interface IPollCursors
{
    /// <summary>Everything up to here was stored; null: nothing was ever read.</summary>
    Task<Instant?> ReadAsync(string provider);

    /// <summary>Only after the signals are stored. Never moves back.</summary>
    Task MoveAsync(string provider, Instant readUntil);
}
