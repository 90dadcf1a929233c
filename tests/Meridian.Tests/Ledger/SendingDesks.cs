using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Engine.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Ledger;

/// <summary>The desk that sends and the one that looks after what was sent, put together as the engine does it.</summary>
internal sealed record SendingDesks(DispatchTurn Dispatch, UpkeepTurn Upkeep)
{
    /// <param name="store">The world's own, or one in which the test has a hand.</param>
    /// <param name="outside">Every provider in one.</param>
    public static SendingDesks On<T>(LedgerWorld world, SqlStore store, T outside, Clocks clocks, IChance chance, IDoNotDisturb? crm = null)
        where T : IMailTransport, ICallTransport, ITextTransport, ISentMail
    {
        var (facts, ledger, people) = (new SqlFacts(store, world.Ids), new SqlTouchLedger(store, world.Ids), new SqlPeopleLedger(store, world.Ids));
        var recorder = new OutcomeRecorder(ledger, new NoJournal(), NullLogger<OutcomeRecorder>.Instance);
        var fence = new Fence(ledger, recorder, world.Ids, clocks, new PolicyVersion(world.Policy));
        var handOver = new HandOver(outside, outside, outside, recorder, people, facts, clocks, crm);
        return new(
            new DispatchTurn(facts, ledger, new Picker(facts), fence, handOver, chance, clocks, new DispatchOptions(), Capabilities.Unasked()),
            new UpkeepTurn(facts, ledger, outside, outside, outside, recorder, people, facts, clocks));
    }
}
