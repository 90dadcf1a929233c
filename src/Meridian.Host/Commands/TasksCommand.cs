using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance;
using Meridian.Engine.HumanCalls;
using Meridian.Host.Composition;
using Meridian.Host.Run;

namespace Meridian.Host.Commands;

/// <summary><c>tasks</c>: the calls that need a person; <c>tasks work</c> goes through them with one key each; <c>tasks dial</c> and <c>tasks done</c> do one.</summary>
public static class TasksCommand
{
    private const int MostShown = 200;

    public static Command Create()
    {
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("tasks", "Lists the calls that need a person: the AI voice may not make them for lack of a written consent.") { data, json };
        command.Subcommands.Add(Work());
        command.Subcommands.Add(Dial());
        command.Subcommands.Add(Done());
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var (tasks, desk) = Open(folder);
            var shown = new List<CallStanding>();
            foreach (var task in await tasks.OpenAsync(MostShown))
                if (await desk.StandingAsync(task) is { } standing) shown.Add(standing);
            if (parsed.GetValue(json))
            {
                CommonOptions.Print(shown.Select(s => new
                {
                    id = s.Task.Id,
                    lead = s.Task.LeadId,
                    name = s.Task.Name,
                    company = s.Task.CompanyName,
                    expires_at = s.Task.ExpiresAt.ToString(),
                    may_dial = s.WhyNot is null,
                    number = s.WhyNot is null || s.Task.BegunAt is not null ? s.Task.AddressId : null,
                    why = s.WhyNot,
                }));
                return ExitCodes.Ok;
            }

            if (shown.Count == 0) Console.WriteLine("Nobody needs to call anybody.");
            foreach (var s in shown)
            {
                Console.WriteLine($"{s.Task.Id}  {Who(s.Task)}  until {s.Task.ExpiresAt}");
                Console.WriteLine(s.Task.BegunAt is not null ? $"  dialling {Number(s.Task)}: say what came of it"
                    : s.WhyNot is null ? $"  may be called now: {Number(s.Task)}"
                    : $"  not now: {s.WhyNot}");
            }

            if (shown.Count > 0) Console.WriteLine("Go through them: meridian tasks work");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Work()
    {
        var data = CommonOptions.Data();
        var command = new Command("work", "One after the other: shows who may be called now, takes the call, and asks with one key what came of it.") { data };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var (tasks, desk) = Open(folder);
            var calls = 0;
            foreach (var task in await tasks.OpenAsync(MostShown))
            {
                cancellation.ThrowIfCancellationRequested();
                if (task.BegunAt is not null && task.Actor != Environment.UserName)
                {
                    Console.WriteLine($"{Who(task)}\n  {task.Actor} is on it since {task.BegunAt}; `meridian tasks done {task.Id}` says what came of it, should they have forgotten.");
                    continue;
                }

                if (task.BegunAt is null)
                {
                    if (await desk.StandingAsync(task) is not { WhyNot: null }) continue;
                    Console.WriteLine($"{Who(task)}\n  [d]ial, [l]ater, [q]uit");
                    var choice = Key("dlq");
                    if (choice == 'q') break;
                    if (choice == 'l') continue;
                    if (await desk.DialAsync(task, Environment.UserName) is { } no)
                    {
                        Console.WriteLine($"  not now: {no}");
                        continue;
                    }
                }

                Console.WriteLine($"  {Number(task)}  {CallOutcomes.Keys}");
                var outcome = CallOutcomes.Read(Key(string.Concat(CallOutcomes.All.Select(o => CallOutcomes.Key(o)))))!.Value;
                await desk.CloseAsync(task, outcome, null, Environment.UserName);
                Console.WriteLine($"  {CallOutcomes.Say(outcome)}");
                calls++;
            }

            Console.WriteLine(calls == 0 ? "Nobody may be called now; `meridian tasks` says why." : $"{calls} done.");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Dial()
    {
        var id = new Argument<string>("id") { Description = "the task's id" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("dial", "Takes a call: prints the number if it may be dialled now.") { id, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var (tasks, desk) = Open(folder);
            var task = await FindAsync(tasks, parsed.GetValue(id)!);
            var no = await desk.DialAsync(task, Environment.UserName);
            if (parsed.GetValue(json)) CommonOptions.Print(new { id = task.Id, number = no is null ? task.AddressId : null, why_not = no });
            else Console.WriteLine(no is null ? $"Dial {Number(task)} now, then: meridian tasks done {task.Id} --outcome WORD" : $"Not now: {no}");
            return no is null ? ExitCodes.Ok : ExitCodes.FoundProblem;
        });
        return command;
    }

    private static Command Done()
    {
        var words = string.Join(", ", CallOutcomes.All.Select(CallOutcomes.Word));
        var id = new Argument<string>("id") { Description = "the task's id" };
        var outcome = new Option<string>("--outcome") { Description = words, Required = true };
        var note = new Option<string?>("--note") { Description = "kept with the task" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("done", "Says what came of a call.") { id, outcome, note, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var said = CallOutcomes.Read(parsed.GetValue(outcome)!) ?? throw new UsageException($"--outcome is '{parsed.GetValue(outcome)}': use one of {words}");
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var (tasks, desk) = Open(folder);
            var task = await FindAsync(tasks, parsed.GetValue(id)!);
            if (!await desk.CloseAsync(task, said, parsed.GetValue(note), Environment.UserName)) throw new UsageException($"what came of {task.Id} was recorded before: {task.Outcome}");
            if (parsed.GetValue(json)) CommonOptions.Print(new { id = task.Id, outcome = CallOutcomes.Word(said) });
            else Console.WriteLine($"{Who(task)}: {CallOutcomes.Say(said)}.");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static (SqlCallTasks Tasks, CallDesk Desk) Open(DataFolder folder)
    {
        var tasks = new SqlCallTasks(folder.Store, folder.Ids);
        var providers = LiveProviders.Create(MeridianSettings.Load(folder.Path), new InstallSecrets("", ""), folder.Clocks, folder.Store);
        return (tasks, new CallDesk(tasks, folder.Facts, new SqlPeopleLedger(folder.Store, folder.Ids), folder.Clocks, providers.Silence));
    }

    private static async Task<CallTask> FindAsync(SqlCallTasks tasks, string id) =>
        await tasks.FindAsync(id) ?? throw new UsageException($"there is no call task '{id}'; `meridian tasks` lists them");

    /// <summary>One of the keys; from a pipe, the first letter of a line. The end of the input quits.</summary>
    private static char Key(string keys)
    {
        while (true)
        {
            var read = Console.IsInputRedirected ? Console.In.ReadLine() is { } line ? line.Length > 0 ? line[0] : ' ' : throw new UsageException("the input ended before the call's outcome; `meridian tasks` shows what is open") : Console.ReadKey(intercept: true).KeyChar;
            if (keys.Contains(char.ToLowerInvariant(read))) return char.ToLowerInvariant(read);
        }
    }

    private static string Who(CallTask t) => $"{(t.Name.Length > 0 ? t.Name : t.LeadId)}{(t.Title is null ? "" : $", {t.Title}")}{(t.CompanyName is null ? "" : $", {t.CompanyName}")}";

    private static string Number(CallTask t) => t.Extension is null ? t.AddressId : $"{t.AddressId} ext. {t.Extension}";
}
