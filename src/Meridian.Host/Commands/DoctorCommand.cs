using System.CommandLine;
using Meridian.Engine;
using Meridian.Host.Doctor;
using Spectre.Console;

namespace Meridian.Host.Commands;

/// <summary><c>doctor</c>: what works, what does not, and what to do about it.</summary>
public static class DoctorCommand
{
    public static Command Create()
    {
        var provider = new Argument<string?>("provider") { Description = string.Join(", ", Examination.Providers), Arity = ArgumentArity.ZeroOrOne };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("doctor", "Looks at every account with harmless requests and says what to do about what does not work.") { provider, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var only = parsed.GetValue(provider)?.ToLowerInvariant();
            if (only is not null && !Examination.Providers.Contains(only)) throw new UsageException($"'{only}' is none of {string.Join(", ", Examination.Providers)}");
            var found = await Examination.RunAsync(parsed.GetValue(data)!.FullName, only, new Clocks(TimeProvider.System, TimeProvider.System), cancellation);
            var bad = found.Where(f => !f.Finding.Passed).ToList();
            if (parsed.GetValue(json))
            {
                CommonOptions.Print(found.Select(f => new { f.Provider, f.Finding.Capability, f.Finding.Passed, f.Finding.Found, f.Finding.Fix }));
                return bad.Count == 0 ? ExitCodes.Ok : ExitCodes.FoundProblem;
            }

            if (found.Count == 0) Console.WriteLine($"{only} is not set up: there is nothing to look at.");
            foreach (var (name, finding) in found)
            {
                AnsiConsole.Write(new Markup(finding.Passed ? "[green]works[/] " : "[red]FAILS[/] "));
                Console.WriteLine($"{name,-10} {finding.Capability}: {finding.Found}");
                if (finding.Fix is { } fix) Console.WriteLine($"{"",-17}-> {fix}");
            }

            Console.WriteLine(bad.Count == 0 ? $"All {found.Count} passed." : $"{bad.Count} of {found.Count} need you.");
            return bad.Count == 0 ? ExitCodes.Ok : ExitCodes.FoundProblem;
        });
        return command;
    }
}
