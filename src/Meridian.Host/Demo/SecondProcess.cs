using System.Diagnostics;
using System.Runtime.InteropServices;
using NodaTime;

namespace Meridian.Host.Demo;

/// <summary>
/// A second engine of the same demo: a process of its own on the same database, clock and outside world, taking turns at the same instants as the first.
/// It can be killed, or stopped in the middle of a turn for longer than a permit lives, at moments drawn from the seed.
/// </summary>
internal sealed class SecondProcess : IAsyncDisposable
{
    public const string Holder = "second";

    /// <summary>A permit lives ten seconds: whoever wakes after eleven holds a dead one.</summary>
    private static readonly TimeSpan PastPermits = TimeSpan.FromSeconds(11);

    private const int Stop = 19, Continue = 18; // SIGSTOP and SIGCONT on Linux

    private readonly DemoFolder folder;
    private readonly ulong seed;
    private readonly DemoAddresses addresses;
    private readonly Random chance;
    private readonly Queue<(Instant At, bool Kill)> accidents;
    private Process process = null!;
    private Stopwatch? frozen;
    private Task<string?>? answer;
    private ulong starts;

    public SecondProcess(DemoFolder folder, DemoOptions options, DemoAddresses addresses, Instant from)
    {
        (this.folder, this.addresses) = (folder, addresses);
        seed = options.Seed + folder.Resumes * 0xD1B54A32D192ED03UL;
        chance = new Random((int)(options.Seed % int.MaxValue));
        accidents = new(Enumerable.Range(0, options.Kills + options.Freezes).Select(i => (At: options.Start + Duration.FromSeconds(chance.NextDouble() * options.Days * 0.9 * 86_400), Kill: i < options.Kills)).Where(a => a.At >= from).OrderBy(a => a.At));
        Start();
    }

    public int Killed { get; private set; }

    public int Frozen { get; private set; }

    /// <summary>Turns it took.</summary>
    public int Turns { get; private set; }

    /// <summary>Longest time from a kill to the first turn after it.</summary>
    public TimeSpan LongestRecovery { get; private set; }

    private Stopwatch? recovering;

    /// <summary>Lets it take a turn beside ours; <paramref name="which"/> of the due desks.</summary>
    public void Begin(int which)
    {
        if (answer is not null) return; // still in its last one
        process.StandardInput.WriteLine(which);
        answer = process.StandardOutput.ReadLineAsync();
    }

    /// <summary>Waits for its turn, or lets an accident happen to it. Returns true when its desks must be released.</summary>
    public async Task<bool> EndAsync(Instant now)
    {
        if (answer is null) return false;
        if (frozen is null && accidents.TryPeek(out var accident) && accident.At <= now)
        {
            accidents.Dequeue();
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(chance.NextDouble() * 25), TimeProvider.System));
            if (accident.Kill)
            {
                process.Kill();
                await process.WaitForExitAsync();
                process.Dispose();
                Killed++;
                recovering = Stopwatch.StartNew();
                answer = null;
                Start();
                return true;
            }

            if (kill(process.Id, Stop) != 0) throw new InvalidOperationException("the second process could not be stopped");
            Frozen++;
            frozen = Stopwatch.StartNew();
        }

        if (frozen is not null)
        {
            Thaw();
            if (frozen is not null) return false; // the first one works on alone
        }

        var said = await answer ?? throw new InvalidOperationException($"the second process ended with {process.ExitCode}: {await process.StandardError.ReadToEndAsync()}");
        answer = null;
        if (said == "1") Turns++;
        if (recovering is { } since)
        {
            LongestRecovery = since.Elapsed > LongestRecovery ? since.Elapsed : LongestRecovery;
            recovering = null;
        }

        return false;
    }

    /// <summary>Whatever it holds open while it is stopped ends some day.</summary>
    public void Thaw()
    {
        if (frozen is null || frozen.Elapsed < PastPermits) return;
        if (kill(process.Id, Continue) != 0) throw new InvalidOperationException("the second process could not be woken");
        frozen = null;
    }

    /// <summary>Lets a stopped one finish.</summary>
    public async Task SettleAsync(Instant now)
    {
        while (frozen is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
            Thaw();
        }

        await EndAsync(now);
    }

    public async ValueTask DisposeAsync()
    {
        if (frozen is not null) _ = kill(process.Id, Continue);
        process.StandardInput.Close(); // it leaves when nobody talks to it any more
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(SecondProcess).Assembly.Location);
        foreach (var argument in new[] { "demo-second", "--data", folder.Path, "--ids", $"{seed + ++starts * 0x9E3779B97F4A7C15UL}", "--world", addresses.Write() }) start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
