using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.HighLevel;

/// <summary>The rate headers, counted on the demo's clock. The sandbox counts and says so, but turns nobody away.</summary>
internal sealed class RateWindow(TimeProvider clock)
{
    private const int Most = 100;
    private const int MostDaily = 200_000;
    private readonly Lock gate = new();
    private (long Window, int Used) interval;
    private (long Day, int Used) day;

    public void Stamp(HttpResponse response)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        int left, leftToday;
        lock (gate)
        {
            interval = interval.Window == now / 10_000 ? (interval.Window, interval.Used + 1) : (now / 10_000, 1);
            day = day.Day == now / 86_400_000 ? (day.Day, day.Used + 1) : (now / 86_400_000, 1);
            (left, leftToday) = (Math.Max(0, Most - interval.Used), Math.Max(0, MostDaily - day.Used));
        }
        response.Headers["X-RateLimit-Limit-Daily"] = MostDaily.ToString();
        response.Headers["X-RateLimit-Daily-Remaining"] = leftToday.ToString();
        response.Headers["X-RateLimit-Interval-Milliseconds"] = "10000";
        response.Headers["X-RateLimit-Max"] = Most.ToString();
        response.Headers["X-RateLimit-Remaining"] = left.ToString();
    }
}
