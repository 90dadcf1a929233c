using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Meridian.Host.Commands;

/// <summary>What is said of a command line that cannot be read: what is wrong with it, and which help to look at.</summary>
internal static partial class BadUsage
{
    public static IEnumerable<string> Of(ParseResult parsed)
    {
        var verb = string.Join(' ', Verbs(parsed.CommandResult));
        if (verb.Length == 0 && parsed.UnmatchedTokens is [var unknown, ..]) yield return $"there is no verb '{unknown}'"; // whatever follows belongs to it
        else foreach (var error in parsed.Errors) yield return NoSuchNumber().Replace(error.Message, Number);
        yield return $"Try: meridian {(verb.Length == 0 ? "" : $"{verb} ")}--help";
    }

    private static string Number(Match expected) => expected.Groups[1].Value switch
    {
        "UInt" => ": give a whole number, 0 or more",
        "Int" => ": give a whole number",
        _ => ": give a number",
    };

    private static IEnumerable<string> Verbs(CommandResult of) => of.Parent is CommandResult above ? Verbs(above).Append(of.Command.Name) : [];

    [GeneratedRegex(@" as expected type '[^']*?(UInt|Int|Double|Decimal)[^']*'\.")]
    private static partial Regex NoSuchNumber();
}
