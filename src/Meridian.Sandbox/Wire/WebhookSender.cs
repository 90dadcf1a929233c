using System.Text;

namespace Meridian.Sandbox.Wire;

/// <summary>POSTs one event to the engine and says what came back; null when nothing did. Trying again is the provider's decision.</summary>
internal sealed class WebhookSender(SandboxOptions options) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<int?> PostAsync(Uri to, string json, IReadOnlyDictionary<string, string> headers, TimeSpan timeout, CancellationToken ct)
    {
        using var exchange = options.BeginExchange();
        using var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        // How long a socket may take is the machine's business; the demo's clock stands still while an exchange is open.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(timeout);
        try
        {
            using var response = await http.SendAsync(request, patience.Token);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => http.Dispose();
}
