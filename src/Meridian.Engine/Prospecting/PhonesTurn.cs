using Meridian.Domain.Compliance;
using Meridian.Domain.Pacing;
using Meridian.Engine.Checks;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.HumanCalls;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Prospecting;

/// <summary>
/// Buys the phones of people whom a person may call, and looks for what the webhook did not bring. Off by default: a phone is bought only for
/// somebody whose call is permitted but for the number itself.
/// </summary>
public sealed class PhonesTurn(
    IReadOnlyList<IProspectSource> sources, IPhoneBook book, IFacts facts, IOwner owner, ICallTasks tasks, IPeopleLedger people, Capabilities capabilities, Func<string, Uri?> deliverTo, Clocks clocks) : ITurn
{
    private const string Incident = "phones-refused";
    private const int BatchSize = 10;
    private const int MostLookedAt = 200;
    private static readonly Duration Every = Duration.FromMinutes(10);
    private static readonly Duration Resting = Duration.FromHours(1);
    private static readonly Duration FirstLook = Duration.FromMinutes(5);
    private static readonly Duration Unfinished = Duration.FromMinutes(15);

    /// <summary>Apollo keeps a result for thirty days.</summary>
    private static readonly Duration GivesUp = Duration.FromDays(30);

    /// <summary>Whom somebody else's order is fetching, and what needs the owner first, is not asked again sooner.</summary>
    private static readonly Duration AskAgain = Duration.FromDays(1);

    /// <summary>When a source that refused is asked for phones again; looking for what was ordered goes on meanwhile.</summary>
    private readonly Dictionary<string, Instant> buysAgain = new(StringComparer.Ordinal);

    private string after = "";

    public string Kind => "phones";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var did = new List<string>();
        Instant? rest = null;
        foreach (var source in sources)
        {
            var (collected, open, wait) = await CollectAsync(source, cancellation);
            if (collected > 0) did.Add($"{collected} numbers came");
            rest = wait ?? rest;
            var settings = await owner.SettingsAsync();
            if (!settings.BuyPhones || wait is not null)
            {
                if (open) rest ??= clocks.Now + Every;
                continue;
            }

            if (Rests(source) is { } until) did.Add($"{source.Name} refused lately; it is asked again at {until}");
            else did.Add(capabilities.WhyNot("search") ?? await BuyAsync(source, settings, cancellation));
            rest = Sooner(rest, open ? clocks.Now + Every : Rests(source) ?? clocks.Now + Every);
        }

        return new TurnResult(rest ?? clocks.Now + Resting, did.Count == 0 ? "nothing to buy" : string.Join("; ", did));
    }

    private Instant? Rests(IProspectSource source) => buysAgain.TryGetValue(source.Name, out var again) && again > clocks.Now ? again : null;

    private static Instant Sooner(Instant? one, Instant other) => one < other ? one.Value : other;

    private async Task<(int Numbers, bool Open, Instant? Wait)> CollectAsync(IProspectSource source, CancellationToken cancellation)
    {
        var numbers = 0;
        var orders = await book.OpenAsync(source.Name, clocks.Now);
        foreach (var order in orders)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = clocks.Now;
            if (order.OrderedAt is null && order.LookAt is null && order.AskedAt + Unfinished < now)
            {
                // The process ended, or the answer was lost: it may have been paid. The webhook may still bring it; nothing is asked again.
                await people.OpenIncidentAsync("purchase-unknown", order.Id, "nobody knows whether the phones of this order were sold; they count as bought and are not asked for again", now);
                await book.LookAgainAsync(order.Id, order.AskedAt + GivesUp);
                continue;
            }

            if (order.AskedAt + GivesUp < now)
            {
                await book.CloseAsync(order.Id, "nothing came in thirty days", now);
                continue;
            }

            if (order.RequestId is null || order.LookAt is null || order.LookAt > now) continue;
            var reply = await source.CollectPhonesAsync(order.RequestId, cancellation);
            if (reply.Refusal is { Trouble: SourceTrouble.RateLimited } limit) return (numbers, true, limit.Until ?? now + Every);
            if (reply.Refusal is { Trouble: SourceTrouble.Invalid } never) await book.CloseAsync(order.Id, never.Reason, now);
            else if (reply.Pending || reply.Refusal is not null) await book.LookAgainAsync(order.Id, now + (order.AskedAt + Resting < now ? Resting : FirstLook));
            else numbers += await book.KeepPhonesAsync(order.Id, reply.Phones, reply.Credits, now) ?? 0;
        }

        return (numbers, orders.Count > 0, null);
    }

    private async Task<string> BuyAsync(IProspectSource source, OwnerSettings settings, CancellationToken cancellation)
    {
        var wanted = new List<WantedPhone>();
        await book.AskAgainAsync(source.Name, clocks.Now - AskAgain);
        var lists = await tasks.ListsAsync();
        var candidates = await book.CandidatesAsync(source.Name, after, MostLookedAt);
        after = candidates.Count < MostLookedAt ? "" : after;
        foreach (var candidate in candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            if (wanted.Count == BatchSize) break;
            if (candidates.Count == MostLookedAt) after = candidate.TouchId; // the next turn goes on from here
            if (await facts.LeadAsync(candidate.LeadId) is not { } lead || await facts.CampaignAsync(candidate.CampaignId) is not { } campaign) continue;
            if (campaign.Sequence.Find(candidate.StepId) is not { } step) continue;
            var judged = Judge.Of(lead, campaign, step, null, clocks.Now, candidate.TouchId).Facts;
            if (judged.Address is not null) continue;
            var verdict = HumanCallPolicy.JudgeBeforeBuying(judged with { Number = lists.For(judged.Evidence.States) }, clocks.Now);
            if (verdict.Ruling is Ruling.Park or Ruling.Refuse) continue;
            wanted.Add(new WantedPhone(candidate.ExternalId, candidate.LeadId, verdict.Findings.First(f => f.Rule == nameof(Domain.Compliance.Rules.DoNotCallLists)).Sentence));
        }

        if (wanted.Count == 0) return "nobody's phone is worth buying";
        var limits = new PurchaseLimits(Pace.DayOf(clocks.Now, settings.Zone), settings.DailyCredits, settings.CreditUsd, (long)(settings.DailyBudgetUsd * 1_000_000m));
        if (await book.TryOrderAsync(source.Name, wanted, limits, settings.PhoneCredits + 1, clocks.Now) is not { } order) return "the day's credits or money are used up, or somebody else asks for one of them";
        if (deliverTo(order.Id) is not { } address)
        {
            await book.GiveBackAsync(order.Id, limits, 0, clocks.Now);
            return "there is no public address to deliver phones to";
        }

        // From here on it may be paid: being told to stop no longer counts.
        var reply = await source.OrderPhonesAsync(order.ExternalIds, address, CancellationToken.None);
        switch (reply.Refusal)
        {
            case { Trouble: SourceTrouble.Unknown } unknown:
                await people.OpenIncidentAsync("purchase-unknown", order.Id, $"{unknown.Reason}; the phones of {order.ExternalIds.Count} people count as bought and are not asked for again", clocks.Now);
                await book.OrderedAsync(order.Id, null, 0, clocks.Now + GivesUp, clocks.Now);
                return unknown.Reason;
            case { } refusal:
                await book.GiveBackAsync(order.Id, limits, 0, clocks.Now);
                return await RefusedAsync(source, refusal);
        }

        await people.CloseIncidentAsync(Incident, source.Name, clocks.Now);
        if (reply.AlreadyUnderWay)
        {
            // Nothing comes for this order; whoever ordered them outside of us will have them, and we ask again then.
            await book.UnderWayAsync(order.Id, limits, reply.Credits, clocks.Now);
            return "their phones are being fetched already";
        }

        await book.OrderedAsync(order.Id, reply.RequestId, reply.Credits, clocks.Now + FirstLook, clocks.Now);
        return $"{order.ExternalIds.Count} phones ordered";
    }

    /// <summary>As a search's desk does: what only the owner can mend is told once, with its remedy, and not repeated meanwhile.</summary>
    private async Task<string> RefusedAsync(IProspectSource source, SourceRefusal refusal)
    {
        var now = clocks.Now;
        switch (refusal.Trouble)
        {
            case SourceTrouble.RateLimited:
                buysAgain[source.Name] = refusal.Until > now + Every ? refusal.Until.Value : now + Every;
                break;
            case SourceTrouble.OutOfCredits:
                await people.OpenIncidentAsync("out-of-credits", source.Name, $"{refusal.Reason}; phones are asked for again in a day", now);
                buysAgain[source.Name] = now + AskAgain;
                break;
            case SourceTrouble.Account:
                await people.OpenIncidentAsync(Incident, source.Name, $"no phone was bought: {refusal.Reason}; use a key whose scope and plan may enrich people with phones, or set owner.buyPhones to false; it is asked again in a day, or at the next start", now);
                buysAgain[source.Name] = now + AskAgain;
                break;
            case SourceTrouble.Invalid:
                await people.OpenIncidentAsync(Incident, source.Name, $"no phone was bought: {refusal.Reason}; owner.publicUrl must be an https address that the internet reaches, for phones are delivered there; else set owner.buyPhones to false; it is asked again in a day, or at the next start", now);
                buysAgain[source.Name] = now + AskAgain;
                break;
        }

        return refusal.Reason;
    }
}
