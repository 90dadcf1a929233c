using Spectre.Console;
using Spectre.Console.Rendering;

namespace Meridian.Tests.Host;

/// <summary>A terminal at which somebody types these lines; an empty one is Enter.</summary>
internal sealed class TypedConsole : IAnsiConsole, IAnsiConsoleInput, IDisposable
{
    private readonly StringWriter written = new();
    private readonly IAnsiConsole console;
    private readonly Queue<ConsoleKeyInfo> keys;

    public TypedConsole(params string[] lines)
    {
        console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(written) });
        console.Profile.Capabilities.Ansi = true; // choices are drawn over each other
        console.Profile.Width = 200;
        keys = new(lines.SelectMany(l => l.Select(c => new ConsoleKeyInfo(c, default, false, false, false)).Append(new ConsoleKeyInfo('\r', ConsoleKey.Enter, false, false, false))));
    }

    public string Written => written.ToString();

    public Profile Profile => console.Profile;

    public IAnsiConsoleCursor Cursor => console.Cursor;

    public IAnsiConsoleInput Input => this;

    public IExclusivityMode ExclusivityMode => console.ExclusivityMode;

    public RenderPipeline Pipeline => console.Pipeline;

    public void Clear(bool home) => console.Clear(home);

    public void Write(IRenderable renderable) => console.Write(renderable);

    public void WriteAnsi(Action<AnsiWriter> action) => console.WriteAnsi(action);

    public void Dispose() => written.Dispose();

    public bool IsKeyAvailable() => keys.Count > 0;

    public ConsoleKeyInfo? ReadKey(bool intercept) => keys.Count > 0 ? keys.Dequeue() : throw new InvalidOperationException($"a question more than there are answers:\n{Written}");

    public Task<ConsoleKeyInfo?> ReadKeyAsync(bool intercept, CancellationToken cancellationToken) => Task.FromResult(ReadKey(intercept));
}
