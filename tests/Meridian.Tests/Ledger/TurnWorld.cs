using Meridian.Engine;
using Microsoft.Extensions.Time.Testing;
using NodaTime;

namespace Meridian.Tests.Ledger;

/// <summary>A ledger and one clock that a test moves, the engine's and the machine's: what the world of a single desk stands on.</summary>
public abstract class TurnWorld(LedgerWorld ledger) : IAsyncDisposable
{
    public LedgerWorld Ledger => ledger;

    public FakeTimeProvider Clock { get; } = new(LedgerWorld.Now.ToDateTimeOffset());

    public Clocks Clocks => new(Clock, Clock);

    public Instant Now => Clocks.Now;

    public ValueTask DisposeAsync() => ledger.DisposeAsync();
}
