using Meridian.Engine;
using Meridian.Engine.Desks;
using Meridian.Host.Composition;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Meridian.Host.Run;

/// <summary>The turn runner with somebody who watches it: a loop that has not looked for work for five minutes is left behind and a new one starts.</summary>
public sealed class SupervisedLoop(Node node, Clocks clocks, ILoggerFactory logs)
{
    private volatile LocalTurnRunner runner = new(node.RollCall, clocks, logs.CreateLogger<LocalTurnRunner>());

    /// <summary>When the loop last looked for due desks, on the machine's clock.</summary>
    public Instant LastBeat => runner.LastLook;

    public void Poke() => runner.Poke();

    public async Task RunAsync(TimeSpan hung, TimeSpan every, Action restarted, CancellationToken stopping)
    {
        var leave = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var task = runner.RunAsync(leave.Token);
        var left = new List<Task>();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await Task.WhenAny(task, Task.Delay(every, clocks.Machine, stopping));
            }
            catch (OperationCanceledException)
            {
                break;
            }

            if (stopping.IsCancellationRequested) break;
            if (!task.IsCompleted && clocks.MachineNow - runner.LastLook < Duration.FromTimeSpan(hung)) continue;
            restarted();
            left.Add(task);
            _ = leave.CancelAsync(); // it begins nothing more; what it has in the air is waited for at the end
            leave = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            runner = new LocalTurnRunner(node.RollCall, clocks, logs.CreateLogger<LocalTurnRunner>());
            task = runner.RunAsync(leave.Token);
        }

        await Task.WhenAll([.. left, task]);
    }
}
