using System.Runtime.CompilerServices;
using Meridian.Domain.Pacing;
using Meridian.Domain.Senders;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>
/// The SOP's zone flow without a clock table: of the windows that have offers and are open, the one that closes soonest goes first; when the
/// day's capacity is smaller than what is due, each zone group has its share. The cost does not grow with the number of leads.
/// </summary>
public sealed class Picker(IFacts facts)
{
    private const int MostPerProbe = 20;

    /// <summary>Due offers in the order in which they should be looked at. Hints: each is read again under its revision.</summary>
    public async IAsyncEnumerable<OfferHint> DueAsync(Sender sender, LocalDate today, OwnerSettings owner, Clocks clocks, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var now = clocks.Now;
        var offers = await facts.WindowsWithOffersAsync(sender.PoolId);
        var windows = offers.Select(o => (Key: o.WindowKey, Window: Windows.For(o.WindowKey, owner))).ToList();
        var open = offers
            .Where(o => o.Dues().Any(d => d.Due <= now))
            .Select(o => (Offers: o, Window: Windows.For(o.WindowKey, owner)))
            .Select(o => (o.Offers, Closes: o.Window.IsAlways ? Instant.MaxValue : o.Window.Closes(now)))
            .Where(o => o.Closes is not null)
            .OrderBy(o => o.Closes).ThenBy(o => o.Offers.WindowKey, StringComparer.Ordinal)
            .Select(o => o.Offers)
            .ToList();
        if (open.Count == 0) yield break;

        var shares = sender.Channel == Channel.Email ? null : await SharesAsync(sender, today, windows, now);
        foreach (var window in open)
        {
            var group = ZoneGroup.Of(WindowKey.Parse(window.WindowKey).Zones, now);
            if (shares is not null && shares.Any(t => t.ZoneGroup == group) && !ZoneShares.MayUse(group, shares)) continue;
            foreach (var (priority, _) in window.Dues().Where(d => d.Due <= now))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var hint in await facts.DueAsync(sender.PoolId, window.WindowKey, priority, now, MostPerProbe)) yield return hint;
            }
        }
    }

    /// <summary>The first instant at or after <paramref name="from"/> at which an offer is due in an open window; null when there are no offers.</summary>
    public async Task<Instant?> NextWorkAsync(Sender sender, OwnerSettings owner, Instant from)
    {
        Instant? next = null;
        foreach (var offers in await facts.WindowsWithOffersAsync(sender.PoolId))
        {
            var due = offers.Dues().Min(d => d.Due);
            var at = due > from ? due : from;
            if (at >= next) continue;
            var window = Windows.For(offers.WindowKey, owner);
            if (!window.IsAlways)
            {
                if (window.NextOpening(at) is not { } opens) continue;
                at = opens;
            }

            if (next is null || at < next) next = at;
        }

        return next;
    }

    /// <summary>
    /// Today's shares. They are made from whole-day figures (begun + still due, begun + still possible), so beginning a touch does not move
    /// them, while an import or an opt-out does.
    /// </summary>
    private async Task<IReadOnlyList<ZoneTally>> SharesAsync(Sender sender, LocalDate today, IReadOnlyList<(string Key, ContactWindow Window)> windows, Instant now)
    {
        var dayEnds = Pace.DayEnds(today, sender.Zone);
        var due = (await facts.DueByZoneAsync(sender.PoolId, dayEnds)).ToDictionary(z => z.ZoneGroup, z => (int)z.Due);
        var days = (await facts.ZoneDaysAsync(sender.PoolId, today)).ToDictionary(z => z.ZoneGroup);
        var groups = ZoneGroup.EastToWest(due.Keys.Union(days.Keys), now);
        var begun = groups.ToDictionary(g => g, g => (int)(days.GetValueOrDefault(g)?.Begun ?? 0));

        var left = await CapacityLeftAsync(sender.PoolId, windows, dayEnds, now);
        var shares = ZoneShares.Divide(begun.Values.Sum() + left, groups.Select(g => (g, begun[g] + due.GetValueOrDefault(g))).ToList());
        var changed = groups.Where(g => days.GetValueOrDefault(g)?.Share != shares[g]).Select(g => new ZoneDay { ZoneGroup = g, Share = shares[g], Begun = begun[g] }).ToList();
        if (changed.Count > 0) await facts.KeepZoneDaysAsync(sender.PoolId, today, changed);

        var closed = windows.GroupBy(w => ZoneGroup.Of(WindowKey.Parse(w.Key).Zones, now))
            .ToDictionary(g => g.Key, g => g.All(w => !(w.Window.NextOpening(now) < dayEnds)));
        return groups.Select(g => new ZoneTally(g, shares[g], begun[g], due.GetValueOrDefault(g), closed.GetValueOrDefault(g, true))).ToList();
    }

    /// <summary>What the pool's senders can still begin today: cap left, or pace × open time left, whichever is less.</summary>
    private async Task<int> CapacityLeftAsync(string poolId, IReadOnlyList<(string Key, ContactWindow Window)> windows, Instant dayEnds, Instant now)
    {
        var lastClose = windows.Select(w => w.Window.NextOpening(now) is { } o ? w.Window.Closes(o) : null).Where(c => c is not null).Select(c => c!.Value).Where(c => c <= dayEnds + Duration.FromHours(12)).DefaultIfEmpty(now).Max();
        var firstOpen = windows.Select(w => w.Window.NextOpening(now)).Where(o => o is not null).Select(o => o!.Value).DefaultIfEmpty(now).Min();
        var end = lastClose < dayEnds ? lastClose : dayEnds;
        var seconds = Math.Max(0, (end - (firstOpen > now ? firstOpen : now)).TotalSeconds);
        var capacity = 0;
        foreach (var id in await facts.SendersOfPoolAsync(poolId))
        {
            if (await facts.SenderAsync(id, now) is not { Sender.PausedAt: null } s) continue;
            var cap = Math.Max(0, WarmUp.CapOn(s.Today, s.Sender.WarmSince, s.Sender.DailyCap) - (int)s.BegunToday);
            var pace = s.Sender.GapSeconds == 0 ? int.MaxValue : (int)(seconds / (s.Sender.GapSeconds * (1 + Pace.MostJitter / 2))) + 1;
            capacity += Math.Min(cap, pace);
        }

        return capacity;
    }
}
