using System.Xml.Linq;
using Xunit;

namespace Meridian.Tests.Tidy;

public class ProjectGraphTests
{
    private static readonly Dictionary<string, string[]> May = new()
    {
        ["Meridian.Domain"] = [],
        ["Meridian.Engine"] = ["Meridian.Domain"],
        ["Meridian.Adapters"] = ["Meridian.Engine"],
        ["Meridian.Sandbox"] = [],
        ["Meridian.Host"] = ["Meridian.Engine", "Meridian.Adapters", "Meridian.Sandbox"],
    };

    [Fact]
    public void Projects_reference_only_what_the_architecture_allows()
    {
        var projects = Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).OfType<string>().Where(n => n.StartsWith("Meridian.", StringComparison.Ordinal)).ToList();
        Assert.Equal(May.Keys.Order(), projects.Order());
        foreach (var project in projects)
        {
            var xml = XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"));
            var references = xml.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)).ToList();
            Assert.True(references.All(r => May[project].Contains(r)), $"{project} references {string.Join(", ", references)}");
        }
    }

    [Fact]
    public void The_engine_cannot_see_a_database_or_an_HTTP_client()
    {
        var names = typeof(Meridian.Engine.Clocks).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToList();
        Assert.DoesNotContain(names, n => n.Contains("Npgsql") || n.Contains("Sqlite") || n.Contains("System.Net.Http") || n.Contains("Dapper") || n.Contains("MailKit"));
    }

    [Fact]
    public void The_sandbox_shares_no_code_with_us()
    {
        var names = typeof(Meridian.Sandbox.OutsideWorld).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToList();
        Assert.DoesNotContain(names, n => n.StartsWith("Meridian", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_domain_is_pure_no_async_no_clock()
    {
        foreach (var file in Repository.Sources("src/Meridian.Domain"))
        {
            var text = File.ReadAllText(file);
            Assert.False(text.Contains("async ") || text.Contains("await ") || text.Contains("TimeProvider"), $"{file} is not pure");
        }
    }
}
