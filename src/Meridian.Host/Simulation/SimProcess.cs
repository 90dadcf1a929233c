using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Host.Composition;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>The disk of a process: what it could not record survives its death.</summary>
internal sealed class SimJournal : IOutcomeJournal
{
    private readonly List<Outcome> waiting = [];

    public void Append(Outcome outcome) => waiting.Add(outcome);

    public IReadOnlyList<Outcome> Read() => [.. waiting];

    public void Clear(int count) => waiting.RemoveRange(0, count);
}

/// <summary>One running engine: the real composition root and a roll call of its own.</summary>
internal sealed class SimProcess(int number, string name, Node node, Scheduler scheduler)
{
    private static readonly Duration AfterTrouble = Duration.FromSeconds(5);
    private static readonly Duration Longest = Duration.FromHours(1);

    private const int MostTurns = 3;
    private readonly HashSet<(string, string)> taken = [];

    public int Number => number;

    public string Name => name;

    public Node Node => node;

    public bool IsDead { get; set; }

    /// <summary>As <c>run</c> does: what the journal holds first, then its own desks are free, then work.</summary>
    public async Task StartAsync()
    {
        while (true)
        {
            try
            {
                await node.Recorder.ReplayAsync();
                await node.Desks.ReleaseNodeAsync(name);
                await node.Desks.WakeAsync("upkeep", "all", node.Clocks.Now);
                break;
            }
            catch (Exception e) when (e is DatabaseUnreachableException or CommitAnswerLostException)
            {
                await scheduler.DelayAsync(number, "start again", AfterTrouble);
            }
        }

        _ = RollCallAsync();
    }

    /// <summary>Looks for due desks and takes up to three turns side by side, begun in an order of chance.</summary>
    private async Task RollCallAsync()
    {
        while (!IsDead)
        {
            try
            {
                var due = (await node.RollCall.DueAsync(6)).Where(d => !taken.Contains((d.Kind, d.Key))).ToList();
                while (due.Count > 0 && taken.Count < MostTurns)
                {
                    var desk = due[scheduler.Chance.Next(due.Count)];
                    due.Remove(desk);
                    _ = TakeTurnAsync(desk);
                }

                var next = taken.Count > 0 ? null : await node.RollCall.NextDueAsync();
                await scheduler.IdleAsync(number, next is { } at && at < scheduler.Now + Longest ? at : scheduler.Now + Longest);
            }
            catch (Exception e) when (e is DatabaseUnreachableException or CommitAnswerLostException)
            {
                node.RollCall.CountError();
                await scheduler.DelayAsync(number, "rest", AfterTrouble);
            }
        }
    }

    private async Task TakeTurnAsync(DeskRow desk)
    {
        taken.Add((desk.Kind, desk.Key));
        try
        {
            await node.RollCall.TakeTurnAsync(desk, CancellationToken.None);
        }
        catch (Exception e) when (e is DatabaseUnreachableException or CommitAnswerLostException)
        {
            node.RollCall.CountError();
            await scheduler.DelayAsync(number, "rest", AfterTrouble);
        }

        taken.Remove((desk.Kind, desk.Key));
        scheduler.Poke(number);
    }
}

/// <summary>Collects what the safe wrapper caught and nobody simulated: a broken promise of our own.</summary>
internal sealed class SimLog(List<string> broken) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is null or DatabaseUnreachableException or CommitAnswerLostException or LostRaceException) return;
        broken.Add($"{exception.GetType().Name}: {exception.Message}");
    }

    public void Dispose()
    {
    }
}
