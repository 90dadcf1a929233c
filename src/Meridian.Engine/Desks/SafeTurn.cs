using Microsoft.Extensions.Logging;
using NodaTime;

namespace Meridian.Engine.Desks;

/// <summary>The SOP's safe wrapper: catches everything, logs it, counts it, and lets the desk go on.</summary>
public sealed partial class SafeTurn(IReadOnlyDictionary<string, ITurn> turns, Clocks clocks, ILogger<SafeTurn> log)
{
    private static readonly Duration FirstBackOff = Duration.FromSeconds(5);
    private static readonly Duration LongestBackOff = Duration.FromMinutes(5);
    private readonly Queue<Instant> recent = new();
    private readonly Lock gate = new();
    private long errors;

    /// <summary>Errors caught since this process started.</summary>
    public long Errors => Interlocked.Read(ref errors);

    /// <summary>Of them, in the last hour of the machine's clock. More than ten alert the owner.</summary>
    public long ErrorsLastHour
    {
        get
        {
            lock (gate)
            {
                while (recent.TryPeek(out var oldest) && oldest < clocks.MachineNow - Duration.FromHours(1)) recent.Dequeue();
                return recent.Count;
            }
        }
    }

    /// <summary>Takes the turn; an exception becomes a result that comes back after a growing rest.</summary>
    public async Task<(TurnResult Result, bool Failed)> TakeAsync(string kind, string key, long failuresBefore, CancellationToken cancellation)
    {
        try
        {
            return (await turns[kind].TakeAsync(key, cancellation), false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (new TurnResult(clocks.Now, "stopped"), false);
        }
        catch (Exception e)
        {
            CountError();
            LogRecovered(log, kind.ToUpperInvariant(), key, e.Message, e);
            var rest = Duration.FromSeconds(FirstBackOff.TotalSeconds * Math.Pow(2, Math.Min(failuresBefore, 10)));
            return (new TurnResult(clocks.Now + (rest < LongestBackOff ? rest : LongestBackOff), $"error: {e.GetType().Name}: {e.Message}"), true);
        }
    }

    /// <summary>For what goes wrong around a turn: claiming and finishing it, looking for due desks.</summary>
    public void CountError()
    {
        Interlocked.Increment(ref errors);
        lock (gate)
        {
            recent.Enqueue(clocks.MachineNow);
            if (recent.Count > 1000) recent.Dequeue();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "[{Desk}] ERROR (auto-recovered): {Problem} ({Key})")]
    private static partial void LogRecovered(ILogger log, string desk, string key, string problem, Exception e);
}
