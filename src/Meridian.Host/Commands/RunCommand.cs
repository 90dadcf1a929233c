using System.CommandLine;
using Meridian.Host.Run;

namespace Meridian.Host.Commands;

/// <summary><c>run</c>: the engine for real, until SIGTERM or Ctrl-C.</summary>
public static class RunCommand
{
    public static Command Create()
    {
        var port = new Option<int?>("--port") { Description = "port for webhooks, pages and health (else PORT, else the settings, else 8080)" };
        var grace = new Option<int>("--grace") { Description = "seconds for what is in the air when it is told to stop", DefaultValueFactory = _ => 25 };
        var data = CommonOptions.Data();
        var command = new Command("run", "Works for real, day and night, until it is stopped.") { port, grace, data };
        command.SetAction(async (parsed, cancellation) =>
        {
            var seconds = parsed.GetValue(grace);
            if (seconds is < 1 or > 600) throw new UsageException($"--grace is {seconds}: give 1 to 600 seconds");
            if (parsed.GetValue(port) is < 0 or > 65535) throw new UsageException($"--port is {parsed.GetValue(port)}: give 1 to 65535, or 0 for one that is free");
            var engine = new LiveEngine(parsed.GetValue(data)!.FullName, parsed.GetValue(port), TimeSpan.FromSeconds(seconds), Console.WriteLine);
            return await engine.RunAsync(cancellation) ? ExitCodes.Ok : ExitCodes.FoundProblem;
        });
        return command;
    }
}
