using System.Text.RegularExpressions;
using Meridian.Sandbox;
using Meridian.Sandbox.Scripts;
using Meridian.Tests.Tidy;
using Xunit;

namespace Meridian.Tests.Sandbox;

/// <summary>
/// One sentence for each thing the real providers were seen to do that a simulator must do too, and for what our adapters make of it. docs/sandbox.md
/// says which sentence is for which; what another class shows already is not repeated here.
/// </summary>
public sealed partial class SandboxChecklistTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>A test or an option that is renamed must be renamed there.</summary>
    [Fact]
    public void The_table_of_the_checklist_names_tests_and_options_that_exist()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "sandbox.md"));
        var tests = typeof(SandboxChecklistTests).Assembly.GetTypes().SelectMany(type => type.GetMethods().Select(method => (Class: type.Name, Test: method.Name))).ToHashSet();
        var named = Regex.Matches(document, @"`(?:(\w+)\.)?(\w+_\w+_\w+)`").Select(m => (Class: m.Groups[1].Success ? m.Groups[1].Value : nameof(SandboxChecklistTests), Test: m.Groups[2].Value)).Where(n => n.Test != "opt_out").ToList();
        Assert.True(named.Count > 50);
        Assert.All(named, name => Assert.Contains(name, tests));
        Assert.All(tests.Where(t => t.Class == nameof(SandboxChecklistTests) && t.Test.Contains('_', StringComparison.Ordinal) && !t.Test.StartsWith("The_table", StringComparison.Ordinal) && !t.Test.StartsWith("get_", StringComparison.Ordinal)), test => Assert.Contains(test, named));
        var options = typeof(SandboxOptions).GetProperties().Select(p => p.Name).ToHashSet();
        foreach (Match option in Regex.Matches(document, "`((?:Apollo|Vapi|HighLevel|Mailgun|MailApp|Graph)[A-Z]\\w+)`")) Assert.Contains(option.Groups[1].Value, options);
    }

    private static FaultScript Script(string entries) => FaultScript.Read($"{{ \"faults\": [{entries}] }}");

    private static string Error(string provider, string request, string name, string when = "") => $"{{ \"provider\": \"{provider}\", \"request\": \"{request}\"{when}, \"then\": \"error\", \"error\": \"{name}\" }}";
}
