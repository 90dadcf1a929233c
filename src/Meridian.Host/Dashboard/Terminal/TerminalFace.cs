using Spectre.Console;

namespace Meridian.Host.Dashboard.Terminal;

/// <summary>Chooses how this terminal is written to.</summary>
public static class TerminalFace
{
    /// <summary>A live screen where there is one; plain lines into a pipe or file, on a dumb terminal, and for who set NO_COLOR.</summary>
    public static ITerminalFace OfThisTerminal()
    {
        var plain = Console.IsOutputRedirected || Console.IsInputRedirected || !AnsiConsole.Profile.Capabilities.Ansi || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        return plain ? new PlainLines(Console.Out, NextKey, Console.ReadLine) : new LiveScreen(AnsiConsole.Console, NextKey);
    }

    private static ConsoleKeyInfo? NextKey() => !Console.IsInputRedirected && Console.KeyAvailable ? Console.ReadKey(intercept: true) : null;
}
