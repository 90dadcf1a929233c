using System.Text;
using NodaTime;
using Spectre.Console;

namespace Meridian.Host.Dashboard.Terminal;

/// <summary>The live view: drawn about four times a second on the terminal's second screen, with single keys for what a person may do.</summary>
/// <param name="nextKey">A key that was pressed; null: none.</param>
public sealed class LiveScreen(IAnsiConsole console, Func<ConsoleKeyInfo?> nextKey) : ITerminalFace
{
    private const string Enter = "\x1b[?1049h\x1b[?25l\x1b[2J";
    private const string Leave = "\x1b[?25h\x1b[?1049l";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly Duration Frame = Duration.FromMilliseconds(250);
    private static readonly Duration AnswerStays = Duration.FromSeconds(8);

    private volatile NowModel? now;
    private volatile string? trouble;
    private string? typed;                    // not null: somebody types whom they mean
    private bool asksKill;
    private IReadOnlyList<string>? letter;    // not null: somebody reads
    private int page;
    private (string Text, Instant Until)? answer;
    private bool left;

    public void Say(string sentence) => console.WriteLine(sentence);

    public async Task RunAsync(Controls controls, CancellationToken stop)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var looking = LookAsync(controls, done.Token);
        Write(Enter);
        try
        {
            var drawn = Instant.MinValue;
            while (!left && !stop.IsCancellationRequested)
            {
                var pressed = false;
                while (!left && nextKey() is { } key)
                {
                    await PressAsync(controls, key);
                    pressed = true;
                }

                if (pressed || controls.Clocks.MachineNow - drawn >= Frame)
                {
                    Write(Picture(Lines(controls)));
                    drawn = controls.Clocks.MachineNow;
                }

                await Task.Delay(Tick, controls.Clocks.Machine, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            Write(Leave);
            await done.CancelAsync();
            await looking;
        }
    }

    /// <summary>What is on the screen now.</summary>
    internal IReadOnlyList<ScreenLine> Lines(Controls controls)
    {
        var (width, height) = (Math.Max(20, console.Profile.Width), Math.Max(5, console.Profile.Height));
        if (letter is { } text) return Reading(text, width, height);
        if (now is not { } seen) return [new(Cells.Fit("Looking ...", width))];
        return NowScreen.Draw(seen, controls.Speed, Foot(controls), width, height);
    }

    internal async Task PressAsync(Controls controls, ConsoleKeyInfo key)
    {
        if (letter is not null)
        {
            var (width, height) = (Math.Max(20, console.Profile.Width), Math.Max(5, console.Profile.Height));
            if (key.Key is ConsoleKey.Escape or ConsoleKey.Q || (page + 1) * (height - 1) >= Wrapped(letter, width).Count) letter = null;
            else page++;
        }
        else if (typed is not null)
        {
            await TypeAsync(controls, key);
        }
        else if (asksKill)
        {
            asksKill = false;
            Answer(controls, key.Key == ConsoleKey.Y ? await controls.KillAsync() : "Nothing was stopped.");
        }
        else
        {
            switch (char.ToLowerInvariant(key.KeyChar))
            {
                case 'p': Answer(controls, await controls.PauseOrResumeAsync()); break;
                case 'k': asksKill = true; break;
                case 'w': typed = ""; break;
                case 'l': Answer(controls, $"New link: {controls.NewLink()}"); break;
                case 'q': left = true; break;
                default: answer = null; break;
            }
        }
    }

    private async Task TypeAsync(Controls controls, ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Escape: typed = null; break;
            case ConsoleKey.Backspace: typed = typed![..Math.Max(0, typed!.Length - 1)]; break;
            case ConsoleKey.Enter:
                var who = typed!.Trim();
                typed = null;
                if (who.Length == 0) break;
                (letter, page) = (await controls.WhyAsync(who), 0);
                break;
            default:
                if (!char.IsControl(key.KeyChar) && typed!.Length < 200) typed += key.KeyChar;
                break;
        }
    }

    private string Foot(Controls controls)
    {
        if (typed is not null) return $"Why? Type a name, an e-mail address or a phone number, then Enter: {typed}_";
        if (asksKill) return "Stop everything and end live calls?  y: yes  any other key: no";
        if (answer is { } given && controls.Clocks.MachineNow < given.Until) return given.Text;
        if (trouble is { } problem) return $"The database does not answer: {problem}";
        return $"[p]ause [k]ill [w]hy {(controls.LinkIsUsed ? "[l]ink " : "")}[q]uit  {controls.Page}";
    }

    private void Answer(Controls controls, string text) => answer = (text, controls.Clocks.MachineNow + AnswerStays);

    private IReadOnlyList<ScreenLine> Reading(IReadOnlyList<string> text, int width, int height)
    {
        var all = Wrapped(text, width);
        var shown = all.Skip(page * (height - 1)).Take(height - 1).ToList();
        while (shown.Count < height - 1) shown.Add("");
        var more = (page + 1) * (height - 1) < all.Count;
        return [.. shown.Select(l => new ScreenLine(Cells.Fit(l, width))), new(Cells.Fit(more ? "any key: more; q: back" : "any key: back", width), Weight.Bar)];
    }

    private static List<string> Wrapped(IReadOnlyList<string> text, int width) => text.SelectMany(l => Cells.Wrap(l, width)).ToList();

    /// <summary>Reads the engine twice a second; a database that is away is said so, and asked again.</summary>
    private async Task LookAsync(Controls controls, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                now = await controls.LookAsync();
                trouble = null;
            }
            catch (Exception e)
            {
                trouble = e.Message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), controls.Clocks.Machine, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One write a frame, from the upper left, so that nothing flickers and a resized window heals itself.</summary>
    private string Picture(IReadOnlyList<ScreenLine> lines)
    {
        var picture = new StringBuilder("\x1b[H");
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0) picture.Append("\r\n");
            picture.Append(console.ToAnsi(new Text(lines[i].Text, StyleOf(lines[i].Weight)))).Append("\x1b[K");
        }

        return picture.Append("\x1b[J").ToString();
    }

    private static Style StyleOf(Weight weight) => weight switch
    {
        Weight.Bar => new Style(decoration: Decoration.Invert),
        Weight.Heading => new Style(decoration: Decoration.Bold),
        Weight.Alarm => new Style(decoration: Decoration.Bold | Decoration.Underline),
        _ => Style.Plain,
    };

    private void Write(string text)
    {
        console.Profile.Out.Writer.Write(text);
        console.Profile.Out.Writer.Flush();
    }
}
