using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Meridian.Host;
using Meridian.Host.Commands;

Console.OutputEncoding = System.Text.Encoding.UTF8;
var root = new RootCommand("Meridian reaches people politely: lawful calls, e-mails and texts in each person's own local hours.");
Command[] commands =
[
    InitCommand.Create(), RunCommand.Create(), WebhooksCommand.Create(), DemoCommand.Create(), DemoSecondCommand.Create(), ImportCommand.Create(), WhyCommand.Create(), PreviewCommand.Create(), ShadowCommand.Create(), StatusCommand.Create(), OptOutCommand.Create(), ConsentsCommand.Create(), SignalsCommand.Create(), TasksCommand.Create(), PullCommand.Create(), DncCommand.Create(), EvidenceCommand.Create(), EraseCommand.Create(), LegalHoldCommand.Create(), CounselCommand.Create(), SimulateCommand.Create(), DoctorCommand.Create(), TestOnMeCommand.Create(),
    PauseCommand.Create(pause: true), PauseCommand.Create(pause: false), KillCommand.Create(), VerifyLedgerCommand.Create(), MigrateCommand.Create(), VersionCommand.Create(),
];
foreach (var command in commands) root.Subcommands.Add(command);

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    var verb = string.Join(' ', Verbs(parsed.CommandResult));
    foreach (var error in parsed.Errors) Console.Error.WriteLine(Regex.Replace(error.Message, @" as expected type '[^']*(Int|Double|Decimal)[^']*'\.", ": give a number"));
    Console.Error.WriteLine($"Try: meridian {(verb.Length == 0 ? "" : $"{verb} ")}--help");
    return ExitCodes.BadUsage;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(11) });
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return ExitCodes.BadUsage;
}
catch (OperationCanceledException)
{
    return ExitCodes.FoundProblem;
}

static IEnumerable<string> Verbs(CommandResult of) => of.Parent is CommandResult above ? Verbs(above).Append(of.Command.Name) : [];
