using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Meridian.Sandbox.Wire;

/// <summary>POSTs one event to the engine and says what came back; null when nothing did. Trying again is the provider's decision.</summary>
internal sealed class WebhookSender(SandboxOptions options) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<int?> PostAsync(Uri to, string json, IReadOnlyDictionary<string, string> headers, TimeSpan timeout, CancellationToken ct, Func<HttpResponseMessage, CancellationToken, Task>? read = null)
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
            if (read is not null) await read(response, patience.Token);
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

    /// <summary>The same, and what came back as JSON; null when nothing of use did.</summary>
    public async Task<JsonObject?> AskAsync(Uri to, string json, IReadOnlyDictionary<string, string> headers, TimeSpan timeout, CancellationToken ct)
    {
        string? said = null;
        await PostAsync(to, json, headers, timeout, ct, async (response, patience) => said = response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync(patience) : null);
        try
        {
            return said is null ? null : JsonNode.Parse(said) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Dispose() => http.Dispose();
}
