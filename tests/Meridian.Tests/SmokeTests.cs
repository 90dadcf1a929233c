using Xunit;
namespace Meridian.Tests;
public class SmokeTests { [Fact] public void It_runs() => Assert.Equal(2, 1 + 1); }
