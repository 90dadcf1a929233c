using Meridian.Adapters.Sql;
using Meridian.Domain.Pacing;
using Meridian.Domain.Time;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using NodaTime;
using ContactWindows = Meridian.Engine.Dispatch.Windows;

namespace Meridian.Host.Dashboard;

/// <summary>An offer that comes soon. A forecast in the order in which Dispatch looks; the rules are asked only when it is begun.</summary>
/// <param name="Expected">When a sender, the window and the offer itself are ready.</param>
/// <param name="Short">Why then, in a few characters.</param>
/// <param name="Because">Why this one, and why then, in a sentence.</param>
public sealed record NextTouch(string LeadId, string Channel, string Who, string? Place, string? Company, Instant Expected, string Short, string Because)
{
    /// <summary>The next touches over all pools.</summary>
    public static async Task<IReadOnlyList<NextTouch>> ReadAsync(SqlReports reports, IFacts facts, IReadOnlyList<SlotLine> slots, OwnerSettings owner, Instant now, int count)
    {
        var all = new List<NextTouch>();
        foreach (var pool in slots.GroupBy(s => s.PoolId))
        {
            var senders = pool.Where(s => s.PausedAt is null && s.CampaignPausedAt is null).Select(s => new FreeSlot(s, now)).ToList();
            if (senders.Count == 0) continue;
            foreach (var waiting in await InOrderAsync(reports, facts, pool.Key, owner, now, count))
            {
                var sender = senders.MinBy(s => s.At > waiting.Ready ? s.At : waiting.Ready)!;
                all.Add(Of(waiting, sender, now));
                sender.Take(all[^1].Expected);
            }
        }

        return all.OrderBy(n => n.Expected).ThenBy(n => n.LeadId, StringComparer.Ordinal).Take(count).ToList();
    }

    /// <summary>The offers of one pool as the picker would take them: the window that closes soonest first, then priority, then the oldest.</summary>
    private static async Task<IReadOnlyList<Waiting>> InOrderAsync(SqlReports reports, IFacts facts, string pool, OwnerSettings owner, Instant now, int count)
    {
        var windows = (await facts.WindowsWithOffersAsync(pool))
            .Select(w => (Offers: w, Window: ContactWindows.For(w.WindowKey, owner)))
            .SelectMany(w => w.Offers.Dues().Select(d => (w.Offers.WindowKey, w.Window, d.Priority, Ready: w.Window.NextOpening(Instant.Max(d.Due, now)))))
            .Where(w => w.Ready is not null)
            .Select(w => (w.WindowKey, w.Window, w.Priority, Ready: w.Ready!.Value, Closes: w.Window.Closes(w.Ready.Value) ?? Instant.MaxValue))
            .OrderBy(w => w.Ready).ThenBy(w => w.Closes).ThenBy(w => w.WindowKey, StringComparer.Ordinal).ThenBy(w => w.Priority)
            .Take(count);
        var waiting = new List<Waiting>();
        foreach (var w in windows)
            foreach (var offer in await reports.OffersAsync(pool, w.WindowKey, w.Priority, count))
                if (w.Window.NextOpening(Instant.Max(offer.DueAt, now)) is { } ready) waiting.Add(new Waiting(offer, w.Window, ready, w.Window.Closes(ready)));
        return waiting.OrderBy(w => w.Ready).ThenBy(w => w.Closes ?? Instant.MaxValue).ThenBy(w => w.Offer.WindowKey, StringComparer.Ordinal).ThenBy(w => w.Offer.Priority).ThenBy(w => w.Offer.DueAt)
            .Take(count).ToList();
    }

    private static NextTouch Of(Waiting waiting, FreeSlot sender, Instant now)
    {
        var (offer, ready) = (waiting.Offer, waiting.Ready);
        var expected = Instant.Max(Instant.Max(sender.At, ready), now);
        var place = waiting.Window.IsAlways ? null : CanonicalZone.Place(waiting.Window.Zones[0]);
        string Local(Instant at) => $"{at.InZone(CanonicalZone.Rules(waiting.Window.Zones[0])).LocalDateTime:ddd HH:mm}";
        var because = new List<string>();
        if (offer.DueAt > now) because.Add("its step is not due before that");
        if (!waiting.Window.IsAlways && !waiting.Window.IsOpen(now)) because.Add($"the window opens {Local(ready)} in {place}");
        else if (waiting.Closes is { } closes) because.Add($"the window closes {Local(closes)} in {place}, the soonest to close goes first");
        else because.Add("e-mail may go at any hour");
        if (sender.At > ready) because.Add(sender.IsFull ? $"{sender.Address} has had its day" : $"{sender.Address} has its next slot then");
        because.Add($"priority {offer.Priority}");
        var hour = waiting.Window.IsAlways ? null : Local(waiting.Window.IsOpen(now) ? waiting.Closes!.Value : ready)[^5..];
        return new NextTouch(
            offer.LeadId, offer.Channel, Person.Name(offer.FirstName, offer.LastName, offer.Company), offer.State, offer.Company, expected,
            sender.At > ready && sender.IsFull ? "day is full" : hour is null ? offer.DueAt > now ? "not yet due" : "any hour" : waiting.Window.IsOpen(now) ? $"until {hour}" : $"opens {hour}",
            string.Join("; ", because));
    }

    private sealed record Waiting(OfferLine Offer, ContactWindow Window, Instant Ready, Instant? Closes);

    /// <summary>When a sender can begin again, as its offers are given out on paper.</summary>
    private sealed class FreeSlot(SlotLine sender, Instant now)
    {
        private Instant slot = Instant.Max(sender.NextSlotAt, now);
        private long left = Math.Max(0, WarmUp.CapOn(Pace.DayOf(now, sender.Zone), sender.WarmSince, (int)sender.DailyCap) - sender.BegunToday);

        public string Address => sender.Address;

        public bool IsFull => left == 0;

        public Instant At => IsFull ? Instant.Max(slot, Pace.DayEnds(Pace.DayOf(now, sender.Zone), sender.Zone)) : slot;

        public void Take(Instant at)
        {
            if (left > 0) left--;
            slot = at + Duration.FromSeconds(sender.GapSeconds);
        }
    }
}
