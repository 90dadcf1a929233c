using System.Globalization;
using System.Text.Json.Nodes;

namespace Meridian.Sandbox.Apollo;

/// <summary>What the account has spent. The log's lines are the account: each carries its credits as outcome.</summary>
internal sealed class Credits(SandboxOptions options)
{
    private readonly Lock gate = new();
    private decimal used;

    public decimal Used
    {
        get
        {
            lock (gate) return used;
        }
    }

    /// <summary>Spends all or nothing. <paramref name="write"/> puts it into the log before anybody is answered.</summary>
    public bool TrySpend(decimal amount, Action write)
    {
        lock (gate)
        {
            if (amount > 0 && used + amount > options.ApolloCredits) return false;
            write();
            used += amount;
            return true;
        }
    }

    public void Recall(LogLine line)
    {
        if (line is { Provider: "apollo", Kind: "enrich" or "phone_order" or "phones", Outcome: { } spent }) used += decimal.Parse(spent, CultureInfo.InvariantCulture);
    }

    public JsonObject Usage(DateTimeOffset now)
    {
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return new JsonObject
        {
            ["credit_usage_stats"] = new JsonObject { ["lead_credit"] = Row(options.ApolloCredits, Used), ["direct_dial_credit"] = Row(0, 0), ["export_credit"] = Row(0, 0) },
            ["current_credit_cycle"] = new JsonObject { ["start_date"] = Stamp.Text(month), ["end_date"] = Stamp.Text(month.AddMonths(1)) },
        };
    }

    /// <summary>The part of the profile that speaks of money.</summary>
    public void AddTo(JsonObject profile)
    {
        var spent = Used;
        profile["num_credits_remaining"] = options.ApolloCredits - spent;
        profile["effective_num_lead_credits"] = options.ApolloCredits;
        profile["num_lead_credits_used"] = spent;
        profile["total_unified_credits_used"] = spent;
    }

    private static JsonObject Row(decimal limit, decimal consumed) => new() { ["limit"] = limit, ["consumed"] = consumed, ["left_over"] = limit - consumed };
}
