namespace Meridian.Engine.Prospecting;

/// <summary>How many people may still be bought: never more than five days of sending lie in stock, for a bought person grows stale.</summary>
public static class SearchBudget
{
    public const int DaysOfStock = 5;

    /// <summary>The larger of what is really sent and what may be sent today: a new install has sent nothing yet, a paused one may send nothing.</summary>
    public static long MayBuy(StockFacts facts) => Math.Max(0, (long)Math.Ceiling(DaysOfStock * Math.Max(facts.SentPerDay, facts.CapToday)) - facts.Stock);
}
