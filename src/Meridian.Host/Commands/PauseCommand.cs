using System.CommandLine;
using Meridian.Adapters.Sql;

namespace Meridian.Host.Commands;

/// <summary><c>pause</c> and <c>resume</c>: the engine, a campaign, a sender or a person. The kill switch is a condition of every begin.</summary>
public static class PauseCommand
{
    public static Command Create(bool pause)
    {
        var verb = pause ? "pause" : "resume";
        var what = new Argument<string>("what") { Description = "engine, campaign, sender, search or lead", DefaultValueFactory = _ => "engine" };
        what.AcceptOnlyFromAmong("engine", "campaign", "sender", "search", "lead");
        var which = new Argument<string?>("which") { Description = "its id (a sender also by address, a search by name, a lead by e-mail address, phone number or name)", Arity = ArgumentArity.ZeroOrOne };
        var afterRestore = new Option<bool>("--after-restore") { Description = "go on with a database that may be older than what was sent" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command(verb, pause ? "Stops the engine, a campaign, a sender or a person: nothing begins after this commits." : "Lifts a pause.") { what, which, data, json };
        if (!pause) command.Options.Add(afterRestore);
        command.SetAction(async (parsed, cancellation) =>
        {
            var kind = parsed.GetValue(what)!;
            var id = parsed.GetValue(which);
            if (kind != "engine" && id is null) throw new UsageException($"which {kind}? Use: meridian {verb} {kind} ID");
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var pauses = new SqlPauses(folder.Store, folder.Ids);
            var (actor, now) = (Environment.UserName, folder.Clocks.Now);
            var found = true;
            if (kind == "lead") id = await OnePerson.FindAsync(folder, id!);
            switch (kind)
            {
                case "engine" when pause: await pauses.PauseEngineAsync(actor, now); break;
                case "engine" when await new SqlLedgerHead(folder.Store, folder.Ids).GuardedAsync() is { } why && !parsed.GetValue(afterRestore):
                    throw new UsageException($"the engine stopped itself: {why}. Whoever was reached since then would be reached again; when you have looked, use: meridian resume --after-restore");
                case "engine":
                    if (parsed.GetValue(afterRestore)) await new SqlLedgerHead(folder.Store, folder.Ids).AcknowledgeAsync(actor, now);
                    await pauses.ResumeEngineAsync(actor, now);
                    break;
                case "campaign": found = await pauses.SetCampaignAsync(id!, pause, actor, now); break;
                case "sender": found = await pauses.SetSenderAsync(id!, pause, actor, now); break;
                case "search": found = await pauses.SetSearchAsync(id!, pause, actor, now); break;
                default: found = await pauses.SetLeadAsync(id!, pause, actor, now); break;
            }

            if (!found) throw new UsageException(await NoSuchAsync(folder, kind, id!));
            if (parsed.GetValue(json)) CommonOptions.Print(new { verb, what = kind, which = id });
            else Console.WriteLine($"{(pause ? "Paused" : "Resumed")} {kind} {id}".TrimEnd());
            return ExitCodes.Ok;
        });
        return command;
    }

    internal static async Task<string> NoSuchAsync(DataFolder folder, string kind, string id)
    {
        var there = (await new SqlReports(folder.Store).NamesToPauseAsync()).Where(n => n.Kind == kind).Select(n => n.Name is null || n.Name == n.Id ? n.Id : $"{n.Id} ({n.Name})").ToList();
        return $"there is no {kind} '{id}'; {(there.Count == 0 ? $"there is no {kind} at all" : $"there is {string.Join(", ", there)}")}";
    }
}
