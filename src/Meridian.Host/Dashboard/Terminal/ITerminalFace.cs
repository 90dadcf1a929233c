namespace Meridian.Host.Dashboard.Terminal;

/// <summary>How a terminal shows the engine: a live screen, or plain lines.</summary>
public interface ITerminalFace
{
    /// <summary>Returns when the person leaves or <paramref name="stop"/> is set. The terminal is left as it was found.</summary>
    Task RunAsync(Controls controls, CancellationToken stop);

    void Say(string sentence);
}
