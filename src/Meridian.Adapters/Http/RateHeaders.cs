using System.Globalization;
using System.Net.Http.Headers;

namespace Meridian.Adapters.Http;

/// <summary>What an answer's <c>X-RateLimit-*</c> headers say is left; null where it does not say.</summary>
/// <param name="Most">Requests in one interval.</param>
internal sealed record RateHeaders(int? Most, TimeSpan? Interval, int? Left, long? LeftToday)
{
    /// <summary>Null: there are none.</summary>
    public static RateHeaders? Of(HttpResponseHeaders headers)
    {
        var rate = new RateHeaders(
            (int?)Number(headers, "X-RateLimit-Max"), Number(headers, "X-RateLimit-Interval-Milliseconds") is { } ms and > 0 ? TimeSpan.FromMilliseconds(ms) : null,
            (int?)Number(headers, "X-RateLimit-Remaining"), Number(headers, "X-RateLimit-Daily-Remaining"));
        return rate is { Most: null, Interval: null, Left: null, LeftToday: null } ? null : rate;
    }

    private static long? Number(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue ? number : null;
}
