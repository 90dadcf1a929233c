using System.CommandLine;
using Meridian.Domain.Compliance.Pack;

namespace Meridian.Host.Commands;

/// <summary><c>version</c>: the build and the rule pack it carries.</summary>
public static class VersionCommand
{
    public static Command Create()
    {
        var json = CommonOptions.Json();
        var command = new Command("version", "Prints the version of the program and of its rule pack.") { json };
        command.SetAction(parsed =>
        {
            var pack = ContactRulesPack.Current;
            var version = typeof(VersionCommand).Assembly.GetName().Version?.ToString(3) ?? "0";
            if (parsed.GetValue(json)) CommonOptions.Print(new { version, rule_pack = pack.Version, rules_as_of = pack.AsOf.ToString("uuuu-MM-dd", null) });
            else Console.WriteLine($"Meridian {version}, US contact rules {pack.Version} as of {pack.AsOf:uuuu-MM-dd}");
            return ExitCodes.Ok;
        });
        return command;
    }
}
