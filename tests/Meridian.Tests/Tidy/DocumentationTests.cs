using System.Text.RegularExpressions;
using Xunit;

namespace Meridian.Tests.Tidy;

public partial class DocumentationTests
{
    [Theory]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("STYLE.md")]
    public void Every_name_in_backticks_exists_in_the_code(string document)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, document));
        var code = string.Join('\n', Repository.Sources("src").Select(File.ReadAllText)
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.sql", SearchOption.AllDirectories).Select(File.ReadAllText))
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).Select(f => Path.GetFileNameWithoutExtension(f)!)));
        var names = Backticks().Matches(text).Select(m => m.Groups[1].Value).Where(n => Identifier().IsMatch(n)).Distinct().ToList();
        Assert.NotEmpty(names);
        var missing = names.Where(n => !Regex.IsMatch(code, $@"\b{Regex.Escape(n)}\b")).ToList();
        Assert.True(missing.Count == 0, $"{document} names what does not exist: {string.Join(", ", missing)}");
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("ARCHITECTURE.md")]
    public void Every_linked_file_exists(string document)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, document));
        foreach (Match link in Links().Matches(text))
        {
            var target = link.Groups[1].Value;
            if (target.StartsWith("http", StringComparison.Ordinal)) continue;
            Assert.True(Path.Exists(Path.Combine(Repository.Root, target)), $"{document} links to {target}, which does not exist");
        }
    }

    [Fact]
    public void Every_package_version_has_its_reason_beside_it()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "Directory.Packages.props")).Where(l => l.Contains("<PackageVersion"));
        Assert.All(lines, l => Assert.Contains("<!--", l));
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Backticks();

    [GeneratedRegex(@"^[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)*$")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Links();
}
