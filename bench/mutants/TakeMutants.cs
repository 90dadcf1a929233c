using Xunit;

namespace Meridian.Mutants;

/// <summary>
/// The one test Stryker sees. It touches nothing, so Stryker mutates, counts and reports, and leaves the asking to <c>ask.cs</c>; and it puts the mutated
/// assembly it finds beside itself where that program looks for it, because Stryker puts the original back.
/// </summary>
public class TakeMutants
{
    [Fact]
    public void The_mutated_assembly_is_kept()
    {
        if (Environment.GetEnvironmentVariable("MUTATED") is { Length: > 0 } where) File.Copy(Path.Combine(AppContext.BaseDirectory, "Meridian.Domain.dll"), where, overwrite: true);
    }
}
