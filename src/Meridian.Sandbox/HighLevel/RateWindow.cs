using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.HighLevel;

/// <summary>The rate headers, counted on the demo's clock.</summary>
internal sealed class RateWindow(SandboxOptions options)
{
    private readonly Lock gate = new();
    private (long Window, int Used) interval;
    private (long Day, int Used) day;

    /// <summary>Writes what is left. False: more was asked than there is.</summary>
    public bool Stamp(HttpResponse response)
    {
        var now = options.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        int left, leftToday;
        bool within;
        lock (gate)
        {
            interval = interval.Window == now / 10_000 ? (interval.Window, interval.Used + 1) : (now / 10_000, 1);
            day = day.Day == now / 86_400_000 ? (day.Day, day.Used + 1) : (now / 86_400_000, 1);
            within = interval.Used <= options.HighLevelRequestsPerTenSeconds && day.Used <= options.HighLevelRequestsPerDay;
            (left, leftToday) = (Math.Max(0, options.HighLevelRequestsPerTenSeconds - interval.Used), Math.Max(0, options.HighLevelRequestsPerDay - day.Used));
        }
        response.Headers["X-RateLimit-Limit-Daily"] = options.HighLevelRequestsPerDay.ToString();
        response.Headers["X-RateLimit-Daily-Remaining"] = leftToday.ToString();
        response.Headers["X-RateLimit-Interval-Milliseconds"] = "10000";
        response.Headers["X-RateLimit-Max"] = options.HighLevelRequestsPerTenSeconds.ToString();
        response.Headers["X-RateLimit-Remaining"] = left.ToString();
        if (!within && options.HighLevelTurnsAway is { Length: > 0 } seconds) response.Headers.RetryAfter = seconds;
        return within;
    }
}
