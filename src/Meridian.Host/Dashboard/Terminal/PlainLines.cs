using NodaTime;

namespace Meridian.Host.Dashboard.Terminal;

/// <summary>The view for pipes, files and terminals without a screen: a line every quarter of an hour of the engine's clock. The keys work, too.</summary>
/// <param name="nextKey">A key that was pressed; null: none.</param>
public sealed class PlainLines(TextWriter output, Func<ConsoleKeyInfo?> nextKey, Func<string?> readLine) : ITerminalFace
{
    private static readonly Duration Quarter = Duration.FromMinutes(15);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    public void Say(string sentence) => output.WriteLine(Cells.Plain(sentence));

    public async Task RunAsync(Controls controls, CancellationToken stop)
    {
        Say($"Page: {controls.Page}");
        var next = controls.Clocks.Now;
        while (!stop.IsCancellationRequested)
        {
            if (nextKey() is { } key && !await PressAsync(controls, char.ToLowerInvariant(key.KeyChar))) return;
            if (controls.Clocks.Now >= next)
            {
                try
                {
                    Say(NowLine.Of(await controls.LookAsync()));
                }
                catch (Exception e)
                {
                    Say($"The database does not answer: {e.Message}");
                }

                next = Instant.FromUnixTimeTicks((controls.Clocks.Now.ToUnixTimeTicks() / Quarter.BclCompatibleTicks + 1) * Quarter.BclCompatibleTicks);
            }

            await Task.Delay(Tick, controls.Clocks.Machine, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> PressAsync(Controls controls, char key)
    {
        switch (key)
        {
            case 'p': Say(await controls.PauseOrResumeAsync()); break;
            case 'k':
                Say("Stop everything? Nothing begins any more and live calls are ended. Type yes:");
                Say(readLine()?.Trim().ToLowerInvariant() is "y" or "yes" ? await controls.KillAsync() : "Nothing was stopped.");
                break;
            case 'w':
                Say("Why? Type a name, an e-mail address or a phone number:");
                if (readLine()?.Trim() is { Length: > 0 } who) foreach (var line in await controls.WhyAsync(who)) Say(line);
                break;
            case 'l': Say($"New link: {controls.NewLink()}"); break;
            case 'q': return false;
        }

        return true;
    }
}
