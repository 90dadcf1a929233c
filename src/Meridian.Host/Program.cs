using System.CommandLine;
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

var parsed = root.Parse(args.Length > 0 ? args : ["--help"]);
if (parsed.Errors.Count > 0)
{
    foreach (var line in BadUsage.Of(parsed)) Console.Error.WriteLine(line);
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
catch (Exception e) when (MachineTrouble.Of(e, DataFolder.GivenTo(parsed)) is { } trouble)
{
    Console.Error.WriteLine(trouble);
    if (MachineTrouble.Keep(e, DataFolder.GivenTo(parsed), TimeProvider.System) is { } log) Console.Error.WriteLine($"The whole of it is in {log}.");
    return ExitCodes.FoundProblem;
}
