using Meridian.Engine;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Meridian.Tests.Engine;

public class SeededIdsTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void The_same_seed_at_the_same_instant_gives_the_same_ids_and_another_seed_gives_others()
    {
        var (first, again, other) = (new SeededIds(7, clock), new SeededIds(7, clock), new SeededIds(8, clock));
        var id = first.New("tch");
        Assert.Equal(id, again.New("tch"));
        Assert.NotEqual(id, other.New("tch"));
    }

    [Fact]
    public void Ids_sort_by_birth_even_within_a_millisecond_and_never_repeat()
    {
        var ids = new SeededIds(7, clock);
        var made = Enumerable.Range(0, 10_000).Select(_ => ids.New("tch")).ToList();
        Assert.Equal(made.Order(StringComparer.Ordinal), made);
        Assert.Equal(made.Count, made.Distinct().Count());
    }
}
