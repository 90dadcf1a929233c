using System.CommandLine;
using Meridian.Adapters.Sql;

namespace Meridian.Host.Commands;

/// <summary><c>kill</c>: the engine is paused and every call in the air is ended. <c>resume</c> takes it back.</summary>
public static class KillCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("kill", "Stops everything: nothing begins after this commits, and the running engine ends every live call. `resume` goes on.") { data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            await new SqlPauses(folder.Store, folder.Ids).KillAsync(Environment.UserName, folder.Clocks.Now);
            if (parsed.GetValue(json)) CommonOptions.Print(new { verb = "kill" });
            else Console.WriteLine("Stopped: nothing begins any more, and the running engine ends every live call. `meridian resume` goes on.");
            return ExitCodes.Ok;
        });
        return command;
    }
}
