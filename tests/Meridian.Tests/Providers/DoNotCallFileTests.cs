using Meridian.Adapters.DoNotCall;
using Xunit;

namespace Meridian.Tests.Providers;

public class DoNotCallFileTests
{
    [Theory]
    [InlineData("202,5550123\n202,5550124\n703,5550125")]
    [InlineData("phone\n2025550123\n(202) 555-0124\n1-703-555-0125\n")]
    [InlineData("\"202\",\"5550123\"\r\n\"202\",\"5550124\"\r\n\r\n\"703\",\"5550125\"")]
    public void Every_shape_the_registries_use_is_read(string text)
    {
        var (numbers, faults) = DoNotCallFile.Read(new StringReader(text));
        Assert.Empty(faults);
        Assert.Equal(["+12025550123", "+12025550124"], numbers["202"].Order());
        Assert.Equal(["+17035550125"], numbers["703"]);
    }

    [Theory]
    [InlineData("2025550123\n20255501", "line 2", "ten digits")]
    [InlineData("202,5550123,2026-11-01,D", "line 1", "change list")]
    [InlineData("0005550123", "line 1", "area code 000")]
    [InlineData("2025550123\nJane Doe", "line 2", "Jane Doe")]
    public void A_line_that_cannot_be_read_is_named_with_its_fix(string text, string line, string what)
    {
        var fault = Assert.Single(DoNotCallFile.Read(new StringReader(text)).Faults);
        Assert.StartsWith(line, fault);
        Assert.Contains(what, fault);
    }
}
