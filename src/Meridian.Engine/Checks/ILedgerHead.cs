using NodaTime;

namespace Meridian.Engine.Checks;

/// <summary>How far this ledger reaches, and the guard against going on with one that is older than what was sent.</summary>
public interface ILedgerHead
{
    /// <summary>From where a provider's record must agree with ours: <paramref name="overlap"/> before the last call begun, but nothing before a person last said that it is right. Null: neither.</summary>
    Task<Instant?> CompareFromAsync(Duration overlap);

    /// <summary>Those of the touches that were never begun here.</summary>
    Task<IReadOnlyList<string>> UnknownAsync(IReadOnlyCollection<string> touchIds);

    /// <summary>Pauses the engine, once, and says why; a person resumes it.</summary>
    Task GuardAsync(string why, Instant now);
}
