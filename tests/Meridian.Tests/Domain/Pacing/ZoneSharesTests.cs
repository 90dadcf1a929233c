using CsCheck;
using Meridian.Domain.Pacing;
using Xunit;

namespace Meridian.Tests.Domain.Pacing;

public class ZoneSharesTests
{
    private static readonly Gen<(int Capacity, (string ZoneGroup, int Due)[] Due)> Mornings =
        Gen.Select(Gen.Int[0, 300], Gen.Int[0, 120].Array[1, 8]).Select((capacity, due) => (capacity, due.Select((d, i) => ($"zone{i}", d)).ToArray()));

    [Fact]
    public void Shares_follow_the_people_due() =>
        Assert.Equal([50, 30, 15, 5], Divide(100, 500, 300, 150, 50));

    [Fact]
    public void The_smallest_zone_gets_one_when_there_is_one_to_give()
    {
        Assert.Equal([9, 1], Divide(10, 1000, 1));
        Assert.Equal([8, 1, 1], Divide(10, 1000, 1, 1));
        Assert.Equal([1, 0], Divide(1, 1000, 1));
        Assert.Equal([0, 0], Divide(0, 5, 5));
        Assert.Equal([5, 0, 3], Divide(100, 5, 0, 3));
        Assert.Equal([1, 1, 1], Divide(3, 1000, 1, 1));
        Assert.Equal([1, 0, 1], Divide(2, 1000, 0, 1)); // a zone without anybody due needs none
    }

    /// <summary>Three small zones get one each; of the two that give, the smaller one was owed less.</summary>
    [Fact]
    public void What_the_smallest_get_is_given_by_whoever_has_most_too_much() => Assert.Equal([2, 1, 1, 1, 1], Divide(6, 100, 60, 1, 1, 1));

    [Fact]
    public void Nobody_begins_more_than_all_shares_together()
    {
        ZoneTally[] today = [new("east", 1, 1, 5), new("central", 1, 2, 5), new("pacific", 1, 0, 5)];
        Assert.False(ZoneShares.MayUse("pacific", today));
        Assert.True(ZoneShares.MayUse("pacific", [today[0], today[1] with { Begun = 1 }, today[2]]));
        Assert.Throws<InvalidOperationException>(() => ZoneShares.MayUse("atlantis", today));
    }

    [Fact]
    public void What_was_taken_from_others_shares_does_not_roll_on_again()
    {
        ZoneTally[] today = [new("east", 5, 3, 0), new("central", 3, 4, 9), new("mountain", 3, 4, 9), new("pacific", 2, 0, 2)];
        Assert.False(ZoneShares.MayUse("mountain", today)); // two roll on, two were taken
        Assert.True(ZoneShares.MayUse("mountain", [today[0] with { Share = 4 }, today[1] with { Share = 4, Due = 0, Begun = 3 }, today[2], today[3]])); // one rolls on from each of two, one was taken
    }

    [Fact]
    public void Shares_add_up_to_what_can_be_begun_and_nobody_is_starved() =>
        Mornings.Sample(m =>
        {
            var shares = ZoneShares.Divide(m.Capacity, m.Due);
            var total = m.Due.Sum(d => d.Due);
            var groups = m.Due.Count(d => d.Due > 0);
            Assert.Equal(Math.Min(m.Capacity, total), shares.Values.Sum());
            foreach (var (group, due) in m.Due)
            {
                Assert.InRange(shares[group], 0, due);
                if (due > 0 && m.Capacity >= groups) Assert.True(shares[group] >= 1);
                if (total > 0 && m.Capacity < total) Assert.True(shares[group] < (double)due * m.Capacity / total + 1 || shares[group] == 1);
            }
        });

    [Fact]
    public void A_day_uses_all_its_capacity_and_no_more_whoever_asks_when() =>
        Gen.Select(Mornings, Gen.Int[0, 1_000_000]).Sample((m, seed) =>
        {
            var shares = ZoneShares.Divide(m.Capacity, m.Due);
            var today = m.Due.Select(d => new ZoneTally(d.ZoneGroup, shares[d.ZoneGroup], 0, d.Due)).ToArray();
            var chance = new Random(seed);
            while (true)
            {
                if (chance.Next(20) == 0) Change(chance.Next(today.Length), t => t with { Due = t.Due / 2 });           // people opt out
                if (chance.Next(60) == 0) Change(chance.Next(today.Length), t => t with { ClosedForToday = true });     // 18:00
                var may = Enumerable.Range(0, today.Length).Where(i => ZoneShares.MayUse(today[i].ZoneGroup, today)).ToArray();
                if (may.Length == 0) break;
                Change(may[chance.Next(may.Length)], t => t with { Begun = t.Begun + 1, Due = t.Due - 1 });
            }
            Assert.True(today.Sum(t => t.Begun) <= today.Sum(t => t.Share));
            Assert.True(today.Sum(t => t.Begun) == today.Sum(t => t.Share) || today.All(t => t.Reachable == 0), "capacity left, and people to use it on");

            void Change(int i, Func<ZoneTally, ZoneTally> to) => today[i] = to(today[i]);
        });

    [Fact]
    public void A_group_that_begins_only_its_own_is_never_robbed() =>
        Gen.Select(Mornings, Gen.Int[0, 1_000_000]).Sample((m, seed) =>
        {
            // The last zone opens late: everybody else goes first, as far as they may; its share is still there.
            var shares = ZoneShares.Divide(m.Capacity, m.Due);
            var today = m.Due.Select(d => new ZoneTally(d.ZoneGroup, shares[d.ZoneGroup], 0, d.Due)).ToArray();
            var chance = new Random(seed);
            while (Enumerable.Range(0, today.Length - 1).Where(i => ZoneShares.MayUse(today[i].ZoneGroup, today)).ToArray() is { Length: > 0 } may)
            {
                var i = may[chance.Next(may.Length)];
                today[i] = today[i] with { Begun = today[i].Begun + 1, Due = today[i].Due - 1 };
            }
            Assert.Equal(Math.Min(today[^1].Share, today[^1].Due), Math.Min(today[^1].Due, today.Sum(t => t.Share) - today.Sum(t => t.Begun)));
        });

    [Fact]
    public void A_share_nobody_can_use_rolls_to_the_west_first()
    {
        ZoneTally[] today = [new("east", 10, 4, 0), new("central", 10, 10, 50), new("pacific", 10, 10, 3), new("hawaii", 2, 0, 2)];
        Assert.False(ZoneShares.MayUse("east", today));                        // nobody due
        Assert.True(ZoneShares.MayUse("pacific", today));                      // six roll on, three wanted here
        Assert.True(ZoneShares.MayUse("central", today));                      // the other three
        Assert.True(ZoneShares.MayUse("hawaii", today));                       // its own
        today[2] = today[2] with { Due = 6 };
        Assert.False(ZoneShares.MayUse("central", today));                     // the west wants all six
    }

    [Fact]
    public void A_closed_window_gives_its_share_away_and_takes_none()
    {
        ZoneTally[] today = [new("east", 10, 4, 30, ClosedForToday: true), new("central", 10, 10, 5)];
        Assert.False(ZoneShares.MayUse("east", today));
        Assert.True(ZoneShares.MayUse("central", today));
        Assert.False(ZoneShares.MayUse("central", [today[0] with { ClosedForToday = false }, today[1]]));
    }

    private static int[] Divide(int capacity, params int[] due)
    {
        (string ZoneGroup, int Due)[] groups = [.. due.Select((d, i) => ($"zone{i}", d))];
        var shares = ZoneShares.Divide(capacity, groups);
        return [.. groups.Select(g => shares[g.ZoneGroup])];
    }
}
