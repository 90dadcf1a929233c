using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;

namespace Meridian.Tests.Ledger;

/// <summary>Where the database is always there, nothing is journalled.</summary>
internal sealed class NoJournal : IOutcomeJournal
{
    public void Append(Outcome outcome) => throw new InvalidOperationException("the database is there");

    public IReadOnlyList<Outcome> Read() => [];

    public void Clear(int count)
    {
    }
}
