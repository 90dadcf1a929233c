namespace Meridian.Adapters.Http;

/// <summary>
/// Makes the one <see cref="HttpClient"/> of a provider. It never retries, follows no redirect (a redirected POST may become a GET) and keeps no
/// cookies. Its own timeout is off: every exchange is bounded by its adapter, on the machine's clock.
/// </summary>
public static class ProviderHttp
{
    /// <param name="timeout">How long connecting may take; at most 10 s, a permit's life.</param>
    public static HttpClient Create(TimeSpan timeout)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = timeout < TimeSpan.FromSeconds(10) ? timeout : TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = System.Net.DecompressionMethods.All,
        };
        return new HttpClient(handler, disposeHandler: true)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = 64 << 20,
        };
    }
}
