using Meridian.Domain.Pacing;
using Meridian.Engine.Checks;
using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Prospecting;

/// <summary>
/// A saved search's desk: a free page every ten minutes, then people bought in batches of ten while stock, credits and money allow. What the source
/// refuses costs only this desk its time.
/// </summary>
public sealed class ProspectingTurn(IReadOnlyList<IProspectSource> sources, IProspectBook book, IPeopleLedger people, IOwner owner, Capabilities capabilities, Clocks clocks) : ITurn
{
    public static readonly Duration Every = Duration.FromMinutes(10);
    private static readonly Duration StartsAnew = Duration.FromDays(1);
    private static readonly Duration AfterCredits = Duration.FromDays(1);
    private static readonly Duration AfterTrouble = Duration.FromMinutes(5);
    private static readonly Duration Unfinished = Duration.FromMinutes(15);

    /// <summary>Enough found and unbought people: searching on would only show what we may not buy yet.</summary>
    private const int EnoughFound = 500;

    private const int BatchSize = 10;
    private const int MostBatchesPerTurn = 5;

    public string Kind => "search";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var search = await book.SearchAsync(key) ?? throw new InvalidOperationException($"search {key} does not exist");
        if (search.PausedAt is not null) return new TurnResult(TurnResult.Asleep, "paused");
        if (sources.FirstOrDefault(s => s.Name == search.Source) is not { } source) return new TurnResult(clocks.Now + AfterTrouble, $"{search.Source} is not set up");
        if (capabilities.WhyNot("search") is { } unproved) return new TurnResult(clocks.Now + AfterTrouble, unproved);
        await book.FinishBoughtAsync(clocks.Now - Unfinished, clocks.Now);
        await book.ForgetUnfinishedAsync(clocks.Now - Unfinished, clocks.Now);

        var (found, refused) = await SearchAsync(search, source, cancellation);
        if (refused is not null) return refused;

        var (bought, stop) = await BuyAsync(search, source, cancellation);
        var did = $"{found}; {bought}";
        return stop is null ? new TurnResult(clocks.Now + Every, did) : stop with { Did = $"{did}; {stop.Did}" };
    }

    private async Task<(string Did, TurnResult? Stop)> SearchAsync(SavedSearch search, IProspectSource source, CancellationToken cancellation)
    {
        var now = clocks.Now;
        if (search.LastSearchedAt + Every > now) return ("searched a moment ago", null);
        if (search.ExhaustedAt is { } end && end + StartsAnew > now) return ("everybody it shows is known", null);
        if (await book.BacklogAsync(search.Id) >= EnoughFound) return ("enough people are found", null);

        var page = await source.SearchAsync(search.Filter, search.Page, cancellation);
        if (page.Refusal is { } refusal) return ("", await RefusedAsync(search, refusal));
        var last = page.People.Count == 0 || search.Page >= source.MostPages || (long)search.Page * search.Filter.PerPage >= page.Total;
        var added = await book.KeepPageAsync(search, page, last, clocks.Now);
        return ($"page {search.Page}: {added} new of {page.Total}", null);
    }

    private async Task<(string Did, TurnResult? Stop)> BuyAsync(SavedSearch search, IProspectSource source, CancellationToken cancellation)
    {
        var leads = 0;
        for (var batch = 0; batch < MostBatchesPerTurn; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = clocks.Now;
            var settings = await owner.SettingsAsync();
            var allowed = SearchBudget.MayBuy(await book.StockAsync(now));
            if (allowed == 0) return ($"{leads} became leads; five days of stock are there", null);

            var limits = new PurchaseLimits(Pace.DayOf(now, settings.Zone), settings.DailyCredits, settings.CreditUsd, (long)(settings.DailyBudgetUsd * 1_000_000m));
            if (await book.TryOrderAsync(search, limits, (int)Math.Min(BatchSize, allowed), now) is not { } purchase)
            {
                await AlertIfNobodyIsLeftAsync(search);
                return ($"{leads} became leads; nobody is left to buy, or the day's credits or money are used up", null);
            }

            // From here on it may be paid: being told to stop no longer counts.
            var reply = await source.EnrichAsync(purchase.ExternalIds, CancellationToken.None);
            if (reply.Refusal is { Trouble: SourceTrouble.Unknown } unknown)
            {
                await book.ForgetAsync(purchase, unknown.Reason, clocks.Now);
                await people.OpenIncidentAsync("purchase-unknown", purchase.Id, $"{unknown.Reason}; {purchase.ExternalIds.Count} people count as bought and are not asked for again", clocks.Now);
                return ($"{leads} became leads", new TurnResult(clocks.Now + AfterTrouble, unknown.Reason));
            }

            if (reply.Refusal is { } refusal)
            {
                await book.GiveBackAsync(purchase, limits, clocks.Now);
                return ($"{leads} became leads", await RefusedAsync(search, refusal));
            }

            leads += await book.KeepBoughtAsync(purchase, limits, reply, clocks.Now);
        }

        return ($"{leads} became leads", new TurnResult(clocks.Now + Duration.FromSeconds(1), "more to buy"));
    }

    private async Task<TurnResult> RefusedAsync(SavedSearch search, SourceRefusal refusal)
    {
        var now = clocks.Now;
        switch (refusal.Trouble)
        {
            case SourceTrouble.RateLimited:
                return new TurnResult(Later(refusal.Until, now), refusal.Reason);
            case SourceTrouble.OutOfCredits:
                // Credits come back by themselves, or the owner buys some: it rests a day, and `resume search` asks at once.
                await people.OpenIncidentAsync("out-of-credits", search.Source, $"{refusal.Reason}; it is asked again in a day, or at once by: meridian resume search \"{search.Name}\"", now);
                return new TurnResult(now + AfterCredits, refusal.Reason);
            case SourceTrouble.Invalid:
                await people.OpenIncidentAsync("search-refused", search.Id, refusal.Reason, now);
                await book.PauseAsync(search.Id, refusal.Reason, now);
                return new TurnResult(TurnResult.Asleep, refusal.Reason);
            case SourceTrouble.Account:
                await people.OpenIncidentAsync("source-account", search.Source, refusal.Reason, now);
                return new TurnResult(now + AfterTrouble, refusal.Reason);
            default:
                return new TurnResult(now + AfterTrouble, refusal.Reason);
        }
    }

    /// <summary>The longer of the SOP's five minutes and the source's own word.</summary>
    private static Instant Later(Instant? until, Instant now) => until > now + AfterTrouble ? until.Value : now + AfterTrouble;

    /// <summary>Nobody is left to work although a search has run: the owner hears of it at once.</summary>
    private async Task AlertIfNobodyIsLeftAsync(SavedSearch search)
    {
        var stock = await book.StockAsync(clocks.Now);
        if (stock.Stock == 0) await people.OpenIncidentAsync("zero-leads", search.Source, $"nobody is left to e-mail after the search '{search.Name}' has run: widen it, raise the day's credits, or import a file", clocks.Now);
    }
}
