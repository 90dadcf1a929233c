namespace Meridian.Domain.Pacing;

/// <summary>
/// Shares a day's capacity among zone groups when more people are due than can be begun, so that the East, which opens first, does not eat the West's
/// day. Within the shares the window that closes soonest goes first.
/// </summary>
public static class ZoneShares
{
    /// <summary>
    /// Each group's share in proportion to its due people, by largest remainder; a group with anybody due gets at least one while capacity allows.
    /// The shares add up to min(capacity, everybody due) and none exceeds its group's due. On a tie the group named earlier is served.
    /// </summary>
    /// <param name="due">One entry per group, the one that closes first in front.</param>
    public static IReadOnlyDictionary<string, int> Divide(int capacity, IReadOnlyList<(string ZoneGroup, int Due)> due)
    {
        var total = due.Sum(d => (long)Math.Max(0, d.Due));
        if (total <= capacity) return due.ToDictionary(d => d.ZoneGroup, d => Math.Max(0, d.Due));

        var available = Math.Max(0, capacity);
        var everybodyGetsOne = due.Count(d => d.Due > 0) <= available;
        var shares = due.Select(d => Start(d.Due)).ToArray();
        for (var left = available - shares.Sum(); left > 0; left--) shares[MostOwed()]++;
        for (var over = shares.Sum() - available; over > 0; over--) shares[LeastOwed()]--;
        return due.Zip(shares).ToDictionary(x => x.First.ZoneGroup, x => x.Second);

        int Start(int people) => people <= 0 ? 0 : Math.Max(everybodyGetsOne ? 1 : 0, (int)((long)people * available / total));
        long Owed(int i) => (long)Math.Max(0, due[i].Due) * available - shares[i] * total; // what proportion still owes it, times total
        int MostOwed() => Enumerable.Range(0, shares.Length).MaxBy(Owed); // while any are left somebody is owed some, and whoever has all their due is owed none
        int LeastOwed() => Enumerable.Range(0, shares.Length).Where(i => shares[i] > 1).MinBy(Owed);
    }

    /// <summary>
    /// Whether a group may begin one more now. Its own share comes first. A share its group cannot use (nobody due is left, or its window is closed for
    /// the day) rolls on at once, west first. Never more begins than there are shares.
    /// </summary>
    /// <param name="today">Every group, the one that closes first in front, the westernmost last.</param>
    public static bool MayUse(string zoneGroup, IReadOnlyList<ZoneTally> today)
    {
        var at = Enumerable.Range(0, today.Count).Single(i => today[i].ZoneGroup == zoneGroup);
        var group = today[at];
        if (group.Reachable == 0 || today.Sum(g => g.Begun) >= today.Sum(g => g.Share)) return false;
        if (group.Left > 0) return true;
        var rolling = today.Sum(g => g.Unusable) - today.Sum(g => g.Borrowed);
        var wantedFurtherWest = today.Skip(at + 1).Sum(g => g.Wants);
        return rolling > wantedFurtherWest;
    }
}
