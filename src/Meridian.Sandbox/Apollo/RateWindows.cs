using System.Globalization;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.Apollo;

/// <summary>Three windows an endpoint, each opened by its first request, counted on the world's clock; a null limit is a window without end.</summary>
internal sealed class RateWindows(TimeProvider clock)
{
    private static readonly (string Word, string Limit, string Name, TimeSpan Length)[] Windows =
    [
        ("minute", "x-rate-limit-minute", "minute", TimeSpan.FromMinutes(1)), ("hour", "x-rate-limit-hourly", "hourly", TimeSpan.FromHours(1)),
        ("day", "x-rate-limit-24-hour", "24-hour", TimeSpan.FromDays(1)),
    ];

    private readonly Lock gate = new();
    private readonly Dictionary<(string Endpoint, int Window), (DateTimeOffset From, int Used)> counts = [];

    /// <summary>Counts the request and stamps the headers; null when it may pass.</summary>
    public Answer? Refuse(HttpResponse response, string endpoint, int?[] limits)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            Answer? refusal = null;
            for (var i = 0; i < Windows.Length; i++)
            {
                var count = Count(endpoint, i, now);
                if (limits[i] is not { } most || count.Used < most) continue;
                refusal = ApolloErrors.TooMany(endpoint, most, Windows[i].Word, nested: endpoint.EndsWith("api_search", StringComparison.Ordinal));
                // The longest full window decides.
                response.Headers.RetryAfter = Number((int)Math.Ceiling((count.From + Windows[i].Length - now).TotalSeconds));
            }

            for (var i = 0; i < Windows.Length; i++)
            {
                var counted = Count(endpoint, i, now);
                if (refusal is null) counts[(endpoint, i)] = counted = (counted.From, counted.Used + 1);
                Stamp(response, i, limits[i], counted.Used);
            }

            return refusal;
        }
    }

    private (DateTimeOffset From, int Used) Count(string endpoint, int window, DateTimeOffset now) =>
        counts.TryGetValue((endpoint, window), out var count) && now < count.From + Windows[window].Length ? count : (now, 0);

    private static void Stamp(HttpResponse response, int window, int? most, int used)
    {
        var (_, limit, name, _) = Windows[window];
        response.Headers[limit] = most is null ? "" : Number(most.Value);
        if (most is null) return;
        response.Headers[$"x-{name}-usage"] = Number(used);
        response.Headers[$"x-{name}-requests-left"] = Number(Math.Max(0, most.Value - used));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
