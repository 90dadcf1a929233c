using NodaTime;

namespace Meridian.Engine.Prospecting;

/// <summary>The store of searches and prospects. A person is bought at most once: that it is asked is written before the paid request leaves.</summary>
public interface IProspectBook
{
    Task<SavedSearch?> SearchAsync(string searchId);

    /// <summary>Keeps a page of a search and moves its cursor. Returns how many were new.</summary>
    Task<int> KeepPageAsync(SavedSearch search, SearchReply page, bool exhausted, Instant now);

    /// <summary>Found and not yet bought.</summary>
    Task<long> BacklogAsync(string searchId);

    /// <summary>Takes up to <paramref name="most"/> found people and sets credits and money for them aside, all or nothing. Null: nobody is left, or a budget is used up.</summary>
    Task<Purchase?> TryOrderAsync(SavedSearch search, PurchaseLimits limits, int most, Instant now);

    /// <summary>The source charged nothing: the people are found again, credits and money are given back.</summary>
    Task GiveBackAsync(Purchase purchase, PurchaseLimits limits, Instant now);

    /// <summary>Keeps all that was bought and settles what it cost in one commit, then makes leads of it. Returns how many people became leads.</summary>
    Task<int> KeepBoughtAsync(Purchase purchase, PurchaseLimits limits, EnrichReply reply, Instant now);

    /// <summary>Makes leads of what an earlier process bought and kept but did not finish, without asking again.</summary>
    Task<int> FinishBoughtAsync(Instant boughtBefore, Instant now);

    /// <summary>Nobody knows what became of the request: it counts as bought, its people are never asked for again by themselves.</summary>
    Task ForgetAsync(Purchase purchase, string reason, Instant now);

    /// <summary>Purchases whose answer no process kept are forgotten likewise, with an incident.</summary>
    Task<int> ForgetUnfinishedAsync(Instant askedBefore, Instant now);

    /// <summary>The source wants no more of it until a person looks.</summary>
    Task PauseAsync(string searchId, string reason, Instant now);

    Task<StockFacts> StockAsync(Instant now);
}

/// <summary>A saved search and how far it is.</summary>
public sealed record SavedSearch(string Id, string Name, string Source, SearchFilter Filter, int Page, Instant? LastSearchedAt, Instant? ExhaustedAt, Instant? PausedAt);

/// <summary>What may be spent on a day.</summary>
/// <param name="Day">The owner's day.</param>
/// <param name="BudgetMicro">All channels together, millionths of a dollar.</param>
public sealed record PurchaseLimits(LocalDate Day, int Credits, decimal CreditUsd, long BudgetMicro)
{
    public long Micro(decimal credits) => (long)decimal.Ceiling(credits * CreditUsd * 1_000_000m);
}

/// <summary>People about to be bought in one request.</summary>
public sealed record Purchase(string Id, string Source, IReadOnlyList<string> ExternalIds, LocalDate Day);

/// <summary>What the stock rule looks at.</summary>
/// <param name="Stock">People who can be e-mailed and have not been yet.</param>
/// <param name="CapToday">What our mailboxes may send today, warm-up included.</param>
/// <param name="SentPerDay">What was really sent a day over the last three days on which anything was.</param>
public sealed record StockFacts(long Stock, long CapToday, double SentPerDay);
