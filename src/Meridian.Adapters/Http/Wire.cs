using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Http;

/// <summary>
/// Makes one request and says what became of it. Being stopped counts only until the request has left; after that its own timeout bounds the
/// wait, because giving up early would turn a sure answer into an unknown one.
/// </summary>
internal sealed class Wire(HttpClient http, TimeProvider machine, TimeSpan timeout)
{
    public Task<Exchange> GetAsync(Uri uri, Action<HttpRequestHeaders> headers, CancellationToken cancellation) =>
        ExchangeAsync(HttpMethod.Get, uri, headers, null, cancellation);

    /// <summary>A GET that costs money: the handler repeats a plain one by itself when a connection breaks, an asked-for body stops it.</summary>
    public Task<Exchange> GetOnceAsync(Uri uri, Action<HttpRequestHeaders> headers, CancellationToken cancellation) =>
        ExchangeAsync(HttpMethod.Get, uri, headers, new OnceContent([], null), cancellation);

    public Task<Exchange> SendAsync(
        HttpMethod method, Uri uri, Action<HttpRequestHeaders> headers, JsonObject body, SendPermit? permit, CancellationToken cancellation) =>
        ExchangeAsync(method, uri, headers, new OnceContent(Encoding.UTF8.GetBytes(body.ToJsonString()), permit), cancellation);

    /// <summary>A body that is not JSON.</summary>
    public Task<Exchange> SendAsync(
        HttpMethod method, Uri uri, Action<HttpRequestHeaders> headers, byte[] body, MediaTypeHeaderValue type, SendPermit? permit, CancellationToken cancellation) =>
        ExchangeAsync(method, uri, headers, new OnceContent(body, permit, type), cancellation);

    private async Task<Exchange> ExchangeAsync(
        HttpMethod method, Uri uri, Action<HttpRequestHeaders> headers, OnceContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, uri) { Content = content };
        headers(request.Headers);
        using var limit = new CancellationTokenSource(timeout, machine);
        using var stop = cancellation.Register(() => StopUnlessLeft(limit, content));
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (content is { Denied: true })
        {
            _ = e;
            return new Exchange.NotPermitted();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return content is { Left: true }
                ? new Exchange.Lost($"the request left and no answer came back: {Plain(e)}")
                : new Exchange.NeverLeft($"{(content is null ? "no answer came back" : "the request never left")}: {Plain(e)}", cancellation.IsCancellationRequested);
        }

        using (response) return await ReadAsync(response, limit.Token).ConfigureAwait(false);
    }

    private static async Task<Exchange> ReadAsync(HttpResponseMessage response, CancellationToken limit)
    {
        string? body;
        try
        {
            body = await response.Content.ReadAsStringAsync(limit).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            body = null;
        }

        return new Exchange.Answered((int)response.StatusCode, body, RetryAfter(response.Headers)) { Rate = RateHeaders.Of(response.Headers) };
    }

    private static void StopUnlessLeft(CancellationTokenSource limit, OnceContent? content)
    {
        if (content is not { Left: true }) limit.Cancel();
    }

    /// <summary>Seconds only: a date would need to trust the provider's clock against ours.</summary>
    private static TimeSpan? RetryAfter(HttpResponseHeaders headers) => headers.RetryAfter?.Delta;

    private static string Plain(Exception e) => e switch
    {
        HttpRequestException http => $"{http.HttpRequestError}, {http.InnerException?.Message ?? http.Message}",
        OperationCanceledException => "time ran out",
        _ => e.Message,
    };
}
